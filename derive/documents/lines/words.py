"""What the words before a formula say about it: a condition, an alternative, or a conclusion."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_FAR = 160
_SENTENCE = re.compile(r"[.!?。！？；;]\s|[。！？；]|\n[ \t]*\n|\n[ \t]*(?:[-*+#>]|\d+[.)])[ \t]|```")
_OVER = re.compile(r"[.!?。！？]\s*\n\s*$")       # the sentence above a display has ended
_CONDITION = re.compile(
    r"(?:\b(?:if|when|whenever|where|suppose|supposing|assume|assuming|provided|unless|such that|"
    r"satisf(?:y|ies|ying)|requires?|requiring|(?<!\bwe )(?<!\balso )need|set|setting|let|letting|take|taking|choose|"
    r"choosing|with|for|(?<!\bare )(?<!\bis )at|ensure|as long as|until|iff|once|in case|condition)"
    r"(?:\s+(?:that|we have|we set|both|either|and only if|say|the condition))?|"
    r"如果|假如|若|当|假设|假定|设|令|取|满足|要求|需要|须|应|应有|使得?|当且仅当|除非|条件|时取|选择|即当|令其|在|设置|设置为|设为|设定|使用|采用)"
    r"\s*[:：,，]?\s*$", re.IGNORECASE)
_ASKED = re.compile(
    r"(?:\b(?:if|when|suppose|assume|assuming|provided|unless|satisf(?:y|ies|ying)|requires?|"
    r"(?<!\bwe )(?<!\balso )need|ensure|the condition)(?:\s+(?:that|we have))?|"
    r"如果|假如|若|假设|假定|满足|要求|需要|当且仅当|除非|条件)"
    r"\s*[:：,，]?\s*$", re.IGNORECASE)
_FULFILS = re.compile(r"(?:satisf(?:y|ies|ying)|obeys?|满足)\s*[:：,，]?\s*$", re.IGNORECASE)
_SAID_OF_A_THING = re.compile(     # the weighted variant satisfies; 乘积的转置满足: no name is asked to
    r"(?:^|\$\$\s*\n|[,;:，；：])(?!\s*(?:(?:if|when|where|suppose|assume|let|that|which|with|for|find|choose|it|he|"
    r"who|one)\b|若|设|当|令|如果|假设|假定|使|需|要求|取|求|找))"
    r"(?:[^$,;:，；：`\\]{2,60}|(?<=\n))(?:satisfies|obeys|(?<![需要应该须以])满足)\s*[:：]?\s*$|"
    r"(?:^|\$\$\s*\n)\s*(?:and\s+|并)?(?:(?:it|它|其)\s*(?:also\s+|还|也)?)?(?:satisfies|满足)\s*[:：]?\s*$",
    re.IGNORECASE)
_EXPLAINS = re.compile(r"(?:\bwhere|其中|这里|此处)\s*[:：,，]?\s*$", re.IGNORECASE)
_INTRODUCES = re.compile(
    r"(?:\b(?:let|letting|set|setting|take|taking|with|write|put|define|denote)|令|设|取|记|定义|写)"
    r"(?:\s+(?:us|we))?\s*[:：,，]?\s*$", re.IGNORECASE)
_ALTERNATIVE = re.compile(
    r"\b(?:or|alternatively|alternative|instead|another|variant|(?<!each )(?<!of the )(?<!in the )other|sometimes|"
    r"modified|version|also\s+for)\b|"
    r"或|另一种|变体|变种|也可(?!以?(?:[用由以][^。，,]{0,12})?(?:写|表示|表达|记|看|得|求|算))|改为|"
    r"换成(?![^。]{0,20}(?:写法|形式|记号))|替换", re.IGNORECASE)
_CONCLUSION = re.compile(
    r"\b(?:therefore|hence|thus|so|because|i\.e\.|that is|equivalent(?:ly)?|simplif\w+|gives?|yields?|becomes?|obtain|"
    r"rewrit\w+|written|equals?|conclude|follows|find|get|have)\b|"
    r"因此|所以|故|即|等价|化简|可得|得|从而|也就是|改写|写成|写作|于是", re.IGNORECASE)


_ZERO = r"(?:zero|\$?\s*0(?!\d))"
_SOLVED = re.compile(       # … the gradient to zero, setting this to zero, 令梯度为零
    rf"\b(?:gradients?|derivatives?)\b(?:[^.$]|\$[^$]{{0,30}}\$){{0,60}}?"
    rf"\b(?:(?<!\bsum )(?<!\bsums )to|equals?|is|be)\s+{_ZERO}|"
    rf"\bset(?:ting)?\s+(?:it|this|them|these|both)\s+(?:equal\s+)?to\s+{_ZERO}|"
    r"\b(?:gradients?|derivatives?)\b[^.$]{0,40}\bvanish|\bnormal equations?\b|\bminimi[sz]ers?\b|"
    r"(?<!\bwithout )\bsolv(?:ing|ed)\b|"
    r"\b(?:optimal|optimum|closed[- ]form|least[- ]squares solution)\b|"
    rf"(?:梯度|导数|其|上式)(?:[^。$]|\$[^$]{{0,30}}\$){{0,12}}?(?<!和)(?:为|等于|=)\s*(?:零|\$?\s*0(?!\d))|"
    r"正规方程|法方程|解得|最优解|极小点|极值点|闭式解", re.IGNORECASE)
_CASE = re.compile(         # if the loss is positive, 当间隔被违反时
    r"\b(?:if|when(?:ever)?|unless|provided(?: that)?|as long as)\s+[^$.,]{1,60}?\b(?:is|are|has|have|lies?|does|do)\b"
    r"[^$.,]{1,40}(?:[,:]|then\b|$)|(?:\botherwise\b|\belse\b|否则)[^$}\\]{0,40}$|"
    r"(?:若|如果|当)(?![^$。]*[忘漏错误])[^$。,，]{2,30}(?:时|[,，])", re.IGNORECASE)
_NEGATED = re.compile(r"(?:\b(?:not|never|rather than|instead of|as opposed to|wrongly|mistaken(?:ly)?)|"
                      r"\b(?:common|frequent|typical|usual|popular)\s+(?:slip|mistake|error|pitfall)s?\b[^.$]{0,60}|"
                      r"常见(?:的)?(?:错误|误解|失误|笔误)[^。$]{0,30}|"
                      r"(?:而|并|但)?不(?:是|等于|应(?:该|当)?(?:是|写成|为)?)|而非|并非|误(?:写(?:成|为|作)|作|以为))"
                      r"\s*[:：,，]?\s*$", re.IGNORECASE)
_EXAMPLE = re.compile(      # consider the function, as a simple example, for; 考虑函数
    r"(?:\b(?:functions?|consider|objective|case of|problem of|such as|"
    r"examples?(?:,? (?:for|let|take|with))?|e\.g\.,?)|"
    r"函数|考虑|例如|比如|目标|为例)\s*[:：,，]?\s*$", re.IGNORECASE)
_FUNCTION = re.compile(r"\bfunctions?\b|函数", re.IGNORECASE)      # we thus arrive at the first attention function
_SAME = re.compile(r"rewrit|re-?express|writ(?:e|ten)|simplif|equivalent|equals?\b|same|becomes?|expand|complet|factor|"
                   r"改写|写成|写作|化简|等价|等于|展开|配方|变为|变成|即", re.IGNORECASE)
_BOTH = re.compile(r"\$[^$]{1,80}\$\s*(?:,?\s*and|,?\s*且|并且|和|与|、)\s*$")     # if $b = 0$ and $c = 1$


@dataclass(frozen=True)
class Words:
    """`condition`: the formula, inside a sentence, is something that is assumed or asked for there (if b = 0); `asked`:
    so is one that stands alone; `explains`: it says what a name above means (where x̄ = …); `introduces`: it may give a
    name another form from here on (let p = σ(θ)); `alternative`: it stands beside another one (or e = s·h);
    `conclusion`: it is said to follow; `negated`: the sentence denies it; `fulfils`: something satisfies it; `solved`:
    the sentence speaks of where a gradient is zero; `case`: in words, it tells a case from others;
    `of_a_thing`: what satisfies it is told in words; `example`: it is one that the sentence looks at (the function)."""

    condition: bool = False
    asked: bool = False
    explains: bool = False
    introduces: bool = False
    alternative: bool = False
    conclusion: bool = False
    negated: bool = False
    fulfils: bool = False
    solved: bool = False
    case: bool = False
    of_a_thing: bool = False
    example: bool = False


def words_before(text: str, at: int) -> Words:
    """What the sentence in front of position `at` says about the formula that begins there."""
    before = text[max(0, at - _FAR):at].rstrip("$\\[( \t")
    sentence = before
    for found in _SENTENCE.finditer(before):
        if found.end() < len(before.rstrip()):
            sentence = before[found.end():]
    sentence = sentence.rstrip("`$\\[( \t\r\n*_")
    first = _BOTH.sub("", sentence)
    if first != sentence and _ASKED.search(first):
        sentence = first
    over = _OVER.search(before)
    example = _EXAMPLE.search(sentence) or (not over and _FUNCTION.search(sentence) and not _SAME.search(sentence))
    said = [*(bool(p.search(sentence)) for p in (_CONDITION, _ASKED, _EXPLAINS, _INTRODUCES, _ALTERNATIVE,
                                                 _CONCLUSION, _NEGATED, _FULFILS)),
            *(not over and bool(p.search(sentence)) for p in (_SOLVED, _CASE, _SAID_OF_A_THING))]
    return replace(Words(*said), example=bool(example))

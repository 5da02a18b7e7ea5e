"""What only sheets say, in English and Chinese, and both languages side by side. Rows only."""

from __future__ import annotations

from collections.abc import Callable

from cli.words import heading, phrase, rule, verdict, way

Words = dict[str, str]      # {"en", "zh"}

ROWS: dict[str, tuple[str, str]] = {
    "sheet": ("Formula sheet", "公式表"),
    "catalogue": ("Deep learning, derived", "深度学习公式推导"),
    "contents": ("Contents", "目录"),
    "section": ("Section", "章节"),
    "helpers": ("Forward computation", "前向计算"),
    "gradients": ("Gradients", "梯度"),
    "moments": ("Expectations and variances", "期望与方差"),
    "conventions": ("Conventions", "约定"),
    "assumptions": ("Assumptions", "假设"),
    "derivation": ("Derivation", "推导"),
    "mistakes": ("Common mistakes", "常见错误"),
    "stated wrongly": ("Stated wrongly, and corrected", "常见的错误表述与更正"),
    "as stated": ("as it is commonly stated", "常见表述"),
    "correction": ("correct is", "正确式"),
    "corrected": ("corrected", "已更正"),
    "appendix": ("How this sheet was checked", "本表如何核对"),
    "made by": ("made by", "生成命令"),
    "date": ("date", "日期"),
    "versions": ("versions", "版本"),
    "entry": ("entry", "条目"),
    "entries": ("entries", "个条目"),
    "proofs made": ("proofs made", "证明完成于"),
    "numbers made": ("numbers made", "数值完成于"),
    "sizes": ("sizes", "大小"),
    "seeds": ("seeds", "随机种子"),
    "steps": ("steps proved", "步已证明"),
    "exactly": ("exactly", "完全一致"),
    "by its results": ("through what is derived from it", "通过由其导出的结果"),
    "no evidence": ("nothing was run", "尚未运行"),
    "legend": ("What the marks mean", "标记的含义"),
    "proved is": ("equal for all sizes, by a proof", "对一切大小成立，有证明"),
    "verified is": ("equal to 50 digits in exact arithmetic at every input tried",
                    "在所有试验输入上以精确算术核对至 50 位"),
    "agrees is": ("a definition: what is derived from it agrees with other people's code",
                  "定义：由其导出的结果与他人的实现一致"),
    "observed is": ("seen in other people's code", "在他人的代码中观察到"),
    "refuted is": ("false, with the input that shows it", "不成立，附有反例"),
    "not run is": ("not verified: nothing was compared yet", "未核对：尚未与参考实现比较"),
    "search": ("Search", "搜索"),
    "nothing found": ("nothing found", "没有找到"),
    "found": ("found", "条结果"),
    "skip": ("Skip to the formulas", "跳到公式"),
    "key steps": ("key steps", "关键步骤"),
    "rerun": ("Run the checks again", "重新运行核对"),
    "source": ("Source", "出处"),
    "see": ("see", "见"),
    "related": ("Related entries", "相关条目"),
    "home": ("All entries", "全部条目"),
    "graph": ("Computation and its gradients", "计算图与梯度"),
    "otherwise": ("otherwise", "其他情形"),
    "formula": ("formula", "公式"),
    "left out": ("left out, because not verified", "未核对，已略去"),
}
# The marks of a sheet are short; the legend says what they mean.
MARKS: dict[str, tuple[str, str]] = {
    "verified": ("verified", "已核对"), "agrees": ("agrees", "一致"), "not run": ("not verified", "未核对"),
}
LANGUAGES = ("en", "zh")


def word(key: str) -> Words:
    return dict(zip(LANGUAGES, ROWS[key]))


def both(look_up: Callable[[str, str], str], key: str) -> Words:
    """A row of the other commands' words, in both languages."""
    return {language: look_up(key, language) for language in LANGUAGES}


def heading_words(key: str) -> Words:
    return both(heading, key)


def phrase_words(key: str) -> Words:
    return both(phrase, key)


def rule_words(key: str) -> Words:
    return both(rule, key)


def verdict_words(key: str) -> Words:
    return dict(zip(LANGUAGES, MARKS[key])) if key in MARKS else both(verdict, key)


def way_words(key: str) -> Words:
    return both(way, key)


def plain(text: str) -> Words:
    """A text that is the same in both languages."""
    return dict.fromkeys(LANGUAGES, text)


def joined(parts: list[Words], separator: str = ", ") -> Words:
    return {language: separator.join(part[language] for part in parts) for language in LANGUAGES}


def say(words: Words, language: str) -> str:
    """In the sheet's language; with `both`, English and Chinese, once where they are the same."""
    if language != "both":
        return words[language]
    return words["en"] if words["en"] == words["zh"] else f"{words['en']} / {words['zh']}"

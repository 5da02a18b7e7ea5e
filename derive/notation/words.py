"""What the pages say besides formulas, in English and Chinese. Rows only; importing this costs nothing.

A key without a row is shown as it is: a new rule prints its own name, never an error.
"""

from __future__ import annotations

LANGUAGES = ("en", "zh")

RULES: dict[str, tuple[str, str]] = {
    "chain_rule": ("chain rule: sum over everything that uses this name", "链式法则：对用到该量的每一处求和"),
    "total": ("chain rule: sum over everything on the right side that changes", "链式法则：对右边每个会变的量求和"),
    "jacobian": ("differentiate each output by each input", "每个输出对每个输入求导"),
    "differentiate": ("differentiate the right sides", "对各等式右边求导"),
    "contract": ("a sum over a Kronecker delta picks one member", "对克罗内克 δ 求和只留下一项"),
    "substitute": ("put in a definition or an earlier result", "代入定义或前面的结果"),
    "fold": ("write values of the forward pass by their names", "前向已算出的值用其名字表示"),
    "factor": ("take out the common factor", "提取公因子"),
    "expand": ("multiply out", "展开"),
    "vanish": ("this sum is zero, so the term vanishes", "这个和为零，该项消失"),
    "known_sum": ("this sum is known by its definition", "这个和由定义可知"),
    "absorb": ("ReLU(u) step(u) = ReLU(u)", "ReLU(u) step(u) = ReLU(u)"),
    "assume": ("use an assumption", "使用假设"),
    "variance": ("Var[X] = E[X²] − E[X]², Cov[X, Y] = E[XY] − E[X] E[Y]",
                 "Var[X] = E[X²] − E[X]²，Cov[X, Y] = E[XY] − E[X] E[Y]"),
    "linearity": ("E is linear: sums, and what is not random, come out", "期望是线性的：和与非随机的量提到外面"),
    "coincide": ("tell indices that coincide from those that do not", "区分相同与不同的下标"),
    "independence": ("independent: E[XY] = E[X] E[Y]", "独立：E[XY] = E[X] E[Y]"),
    "moments": ("put in the declared means and variances", "代入已知的均值与方差"),
    "integral": ("integrate over the density", "对密度积分"),
    "count": ("add up equal terms", "相同的项相加"),
    "cases": ("split into cases at the ends of the range", "在取值范围的两端分情形"),
}

VERDICTS: dict[str, tuple[str, str]] = {
    "proved": ("proved", "已证明"),
    "verified": ("verified to 50 digits at every input tried", "在所有试验输入上核对至 50 位"),
    "refuted": ("refuted", "已反驳"),
    "refuted claim": ("refuted", "已反驳"),
    "undecided": ("undecided", "未能判定"),
    "not shown": ("not shown", "未能证明"),
    "not run": ("not run", "未运行"),
    "passed": ("passed", "通过"),
    "failed": ("FAILED", "未通过"),
    "skipped": ("skipped", "跳过"),
    "agrees": ("agrees with the references", "与参考实现一致"),
    "observed": ("observed", "已观察到"),
    "unsupported": ("unsupported", "无法解读"),
    "defined": ("defined", "已定义"),
    "declared": ("declared", "已声明"),
}

WAYS: dict[str, tuple[str, str]] = {
    "normal form": ("normal form", "标准形"),
    "sign of the gap": ("the sign of the gap between the sides", "两边之差的符号"),
    "common denominator": ("common denominator", "通分"),
    "sums aligned at their ends": ("sums aligned at their ends", "对齐求和的端点"),
    "sums cut where others end": ("sums cut where others end", "在其他求和的端点处切分求和"),
    "products aligned at their ends": ("products aligned at their ends", "对齐连乘的端点"),
    "conditions split where others end": ("conditions split where others end", "在其他条件的端点处切分"),
    "case by case": ("case by case", "分情形"),
    "functions written by exp": ("functions written by exp", "函数用 exp 表示"),
    "exact integral": ("exact integral", "精确积分"),
    "exact arithmetic": ("exact arithmetic", "精确算术"),
}

HEADINGS: dict[str, tuple[str, str]] = {
    "source": ("Source", "出处"),
    "section": ("Section", "章节"),
    "forward": ("Forward computation", "前向计算"),
    "derivation": ("Derivation, step by step", "逐步推导"),
    "results": ("Gradients", "梯度"),
    "moments": ("Expectations, variances and covariances", "期望、方差与协方差"),
    "claims": ("Closed forms of the textbook", "教科书中的闭式"),
    "own claims": ("Claims of the document", "文档中的断言"),
    "mistakes": ("Common mistakes", "常见错误"),
    "conventions": ("Conventions", "约定"),
    "assumptions": ("Assumptions", "假设"),
    "verdict": ("Verdict", "结论"),
    "entries": ("Entries", "条目"),
}

PHRASES: dict[str, tuple[str, str]] = {
    "uses": ("uses", "用到"),
    "by": ("by", "依据"),
    "why": ("why", "原因"),
    "as stated": ("false as it is commonly stated", "常见表述有误"),
    "counterexample": ("counterexample", "反例"),
    "with sizes": ("sizes", "大小"),
    "right value": ("true value", "正确值"),
    "shapes": ("shapes", "形状"),
    "left side": ("left side", "左边"),
    "right side": ("right side", "右边"),
    "wrong value": ("wrong value", "错误值"),
    "none": ("none", "无"),
    "inferred": ("not declared, read from use", "未声明，由用法推断"),
    "damaged claim": ("damaged closed forms", "被破坏的闭式"),
    "damaged step": ("damaged steps", "被破坏的步骤"),
    "damaged definition": ("damaged definitions", "被破坏的定义"),
    "killed": ("noticed", "被发现"),
    "equivalent": ("proved equal to the right one", "已证明与正确式等价"),
    "without a value": ("without a value", "无定义值"),
    "passed a false line": ("a false line passed", "错误的一行被通过"),
    "survived": ("not noticed", "未被发现"),
    "sign": ("sign", "符号"),
    "a factor left out": ("a factor left out", "漏掉一个因子"),
    "a number": ("a number", "数值"),
    "a summand left out": ("a summand left out", "漏掉一项"),
    "a power": ("a power", "幂次"),
    "a sum left out": ("a sum left out", "漏掉求和"),
    "transposed": ("transposed", "转置"),
    "another operand": ("another operand", "另一个量"),
    "an index shifted": ("an index shifted", "下标错位"),
    "another function": ("another function", "另一个函数"),
    "the place of ε": ("the place of ε", "ε 的位置"),
    "1/(n − 1) for 1/n": ("1/(n − 1) for 1/n", "1/(n − 1) 代替 1/n"),
    "1 added": ("1 added", "多加 1"),
    "a condition left out": ("a condition left out", "漏掉条件"),
    "the relation turned round": ("the relation turned round", "不等号反向"),
    "steps proved": ("steps proved", "步已证明"),
    "claims shown": ("closed forms shown", "个闭式成立"),
    "mistakes refuted": ("mistakes refuted", "个错误被反驳"),
    "error": ("relative error", "相对误差"),
    "against": ("against", "对照"),
    "seeds": ("seeds", "随机种子"),
    "dtype": ("dtype", "数值类型"),
    "device": ("device", "设备"),
    "versions": ("versions", "版本"),
    "made": ("made", "完成于"),
    "symbolic": ("Symbolic", "符号部分"),
    "numeric": ("Numeric", "数值部分"),
    "from cache": ("from the cache", "来自缓存"),
    "numbers not run": ("numbers not run", "数值部分未运行"),
    "not run with": ("numbers not run, because these are not installed:", "数值部分未运行，因为未安装："),
    "install": ("install with", "安装命令："),
    "then": ("then", "然后"),
    "run again": ("run again", "重新运行"),
    "comparisons": ("comparisons", "次比较"),
    "observations": ("observations", "次观察"),
    "seen": ("seen", "观察到"),
    "not seen": ("expected by mistake, and not seen", "被误以为会出现，并未观察到"),
    "source": ("source", "出处"),
    "inputs": ("inputs", "输入"),
    "arriving": ("the gradient that comes from outside at", "从外部传入的梯度，位于"),
    "facts": ("facts", "个事实"),
    "all": ("all", "全部"),
    "derivative of": ("derivative by", "对下式求导："),
    "file": ("file", "个文件"),
    "files": ("files", "个文件"),
    "statement": ("statement", "条陈述"),
    "statements": ("statements", "条陈述"),
    "definitions": ("definitions and declarations", "条定义与声明"),
    "verified": ("verified", "已核对"),
    "nothing failed": ("Nothing failed", "没有失败项"),
    "reading": ("reading", "解读方式"),
    "correction": ("correct is", "正确式"),
    "note": ("note", "注"),
    "not refuted": ("marked as wrong on purpose, and not refuted", "标记为故意写错，但未被反驳"),
    "wrong on purpose": ("wrong on purpose", "故意写错"),
    "claim": ("claim", "断言"),
    "definition": ("definition", "定义"),
    "update": ("update", "更新"),
    "derivative": ("derivative", "导数"),
    "declaration": ("declaration", "声明"),
    "assumption": ("assumption", "假设"),
    "condition": ("condition", "条件"),
    "formula": ("formula", "公式"),
    "read as": ("read as", "解读为"),
    "known mistake": ("a known mistake", "常见错误"),
    "looks like": ("looks like", "看起来像"),
    "a guess": ("a guess, no verdict", "仅为猜测，并非结论"),
    "but": ("but", "但"),
    "stands where": ("stands where", "出现在了"),
    "does": (" does", " 的位置"),
    "instead of": ("instead of", "代替"),
    "more": ("too many:", "多出"),
    "some members only": ("The answer speaks of some members only, not of the whole range.",
                          "该答案只涉及部分下标，而非整个范围。"),
    "code": ("code", "代码"),
    "block": ("block of code", "代码块"),
    "directive": ("code and formula", "代码与公式"),
    "code ok": ("ok", "运行正常"),
    "code agrees": ("agrees", "一致"),
    "code error": ("error", "出错"),
    "code differs": ("differs", "不一致"),
    "code not run": ("not run", "未运行"),
    "code open": ("not compared", "未能比较"),
    "code unreadable": ("no Python", "不是 Python 代码"),
    "code gives": ("the code gives", "代码给出"),
    "formula gives": ("the formula gives", "公式给出"),
    "rule refuted": ("An equation that does not hold; an input shows it.", "不成立的等式，附有反例。"),
    "rule undecided": ("An equation that is neither shown nor refuted.", "既未证明也未反驳的等式。"),
    "rule unsupported": ("A formula that cannot be read.", "无法解读的公式。"),
    "rule not-refuted": ("Marked as wrong on purpose, and not refuted.", "标记为故意写错，但未被反驳。"),
    "rule code": ("Code that fails, or differs from its formula.", "代码出错，或与其公式不一致。"),
    "rule reading": ("Holds under the reading that is named.", "在所述解读方式下成立。"),
}


def rule(key: str, language: str = "en") -> str:
    """What a step's rule says, as half a sentence; an unknown key is shown as it is."""
    return _look_up(RULES, key, language)


def verdict(key: str, language: str = "en") -> str:
    return _look_up(VERDICTS, key, language)


def way(key: str, language: str = "en") -> str:
    """How something was decided: `normal form`, `induction on t`."""
    start, _, letter = key.partition(" on ")
    if start == "induction" and language == "zh":
        return f"对 {letter} 归纳"
    return _look_up(WAYS, key, language)


def heading(key: str, language: str = "en") -> str:
    return _look_up(HEADINGS, key, language)


def phrase(key: str, language: str = "en") -> str:
    return _look_up(PHRASES, key, language)


def _look_up(rows: dict[str, tuple[str, str]], key: str, language: str) -> str:
    row = rows.get(key)
    if row is None:
        return key.replace("_", " ")
    return row[LANGUAGES.index(language)] if language in LANGUAGES else row[0]

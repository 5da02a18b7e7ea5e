"""Reasons of verdicts in Chinese: sentences with places that differ, {}, in English and Chinese. Rows only.

A sentence without a row stays as it is. What stands in a place is put in as it is, unless it is a sentence with a row
itself, such as a shape.
"""

from __future__ import annotations

import re
from functools import cache

ROWS: tuple[tuple[str, str], ...] = (
    # what it rests on
    ("it rests on line {}: {}", "它依赖第 {} 行：{}"),
    ("it rests on cell {}, line {}: {}", "它依赖第 {} 个单元第 {} 行：{}"),
    ("line {}, on which it rests, could not be read", "它所依赖的第 {} 行无法解读"),
    ("this claim: {}", "此断言：{}"),
    # names and letters
    ("{} is not defined", "{} 没有定义"),
    ("{} is not defined; {} is", "{} 没有定义；有定义的是 {}"),
    ("{} is not defined; {} are", "{} 没有定义；有定义的是 {}"),
    ("{} is not defined by what could be read", "在能够解读的内容中，{} 没有定义"),
    ("{} is defined, but not by what could be read", "{} 有定义，但不在能够解读的内容之中"),
    ("{} is defined further down", "{} 在下文才定义"),
    ("{} is defined by itself: {}", "{} 由自身定义：{}"),
    ("{} is defined twice; a name is given once", "{} 定义了两次；一个名字只能定义一次"),
    ("{} is declared twice, with different shapes", "{} 声明了两次，形状不同"),
    ("1 may be the vector of ones", "1 可能是全一向量"),
    ("{} may be one of the {}", "{} 可能是诸 {} 之一"),
    ("a law of one member of a family cannot be read yet", "尚不能解读一族量中某一个的分布"),
    ("{} has a law that could not be read", "{} 的分布未能解读"),
    ("the text sets {}", "文中设定了 {}"),
    ("the text assumes {}", "文中假设 {}"),
    ("{} may define {} anew, or be wrong", "{} 可能重新定义了 {}，也可能是错的"),
    ("{} may be observed", "{} 可能是观测值"),
    ("{} would be an input", "{} 会被当作输入"),
    ("{} would be an input: its definition holds a gradient", "{} 会被当作输入：它的定义含有梯度"),
    ("the gradient {} would be an input", "梯度 {} 会被当作输入"),
    ("{} is a Jacobian, and a name of one cannot be read yet", "{} 是雅可比矩阵，其名字尚不能解读"),
    ("{} may be a size: declare it, {} ∈ ℕ, or {} ∈ ℝ", "{} 可能是一个大小：请声明 {} ∈ ℕ 或 {} ∈ ℝ"),
    ("{} may be the length of an axis: declare the shapes", "{} 可能是某个维度的长度：请声明各形状"),
    ("{} may be the length that does not fit", "{} 可能正是不相符的那个长度"),
    ("the determinant of a derivative cannot be read yet; give the Jacobian a name, and say what it is",
     "尚不能解读导数的行列式；请给雅可比矩阵一个名字，并说明它是什么"),
    ("{} is an index here, and a number elsewhere", "{} 在此处是下标，在别处是数"),
    ("{} is neither a letter with a range nor a size", "{} 既不是有取值范围的下标，也不是大小"),
    ("{} has the index {}, which is missing here", "{} 带有下标 {}，此处缺失"),
    ("{} has {} indices, not {}", "{} 有 {} 个下标，而不是 {} 个"),
    ("{} has one index, not {}", "{} 有一个下标，而不是 {} 个"),
    ("{} with one index may be a row or a column", "只带一个下标的 {} 可能是行，也可能是列"),
    ("{} has a number in the text above", "上文给 {} 指定了数值"),
    ("the letter {} stands on the right side only; sum over it", "下标 {} 只出现在右边；请对它求和"),
    ("nothing tells the range of {}", "没有说明 {} 的取值范围"),
    ("nothing tells the range of {} in {}; write {}", "没有说明 {1} 中 {0} 的取值范围；请写 {2}"),
    ("the sum over {} has no range in the names under it; write its bounds",
     "对 {} 的求和无法由其中的量得知范围；请写出上下限"),
    ("the sum over {} has the ranges {} in the names under it; write its bounds",
     "对 {} 的求和由其中的量得出不同的范围 {}；请写出上下限"),
    ("the sum over {} has the ranges {}", "对 {} 的求和有不同的范围 {}"),
    ("{} may leave its range {}: {}", "{} 可能超出范围 {}：{}"),
    ("{} may leave its range {}", "{} 可能超出范围 {}"),
    ("{} leaves its range {}, and it fails also where all members exist", "{} 超出范围 {}，且在各量都存在时也不成立"),
    ("{} leaves its range {}: {}", "{} 超出范围 {}：{}"),
    ("{}…{} and {}…{}", "{}…{} 与 {}…{}"),
    ("{} is no function that is known here; define it: {}", "{} 不是此处已知的函数；请定义：{}"),
    ("an index on the left of a definition is a letter, or a letter and a number",
     "定义左边的下标应是字母，或字母加数字"),
    ("{} is used with {} indices and with {}; declare its shape", "{} 有时带 {} 个下标，有时带 {} 个；请声明其形状"),
    ("{} is an arbitrary function here: nothing says what it is", "{} 在此处是任意函数：没有说明它是什么"),
    ("{} stands for products that are not written out", "{} 表示没有写出的乘积"),
    ("{} is a number here, and an index there", "{} 在此处是数，在彼处是下标"),
    ("{} and the {} may be different things", "{} 与诸 {} 可能不是一回事"),
    ("{} may be that of the last layer", "{} 可能是最后一层的量"),
    ("it may be about {}", "可能说的是 {}"),
    ("it may be meant of any one {}", "可能是对任意一个 {} 说的"),
    # what other sections say
    ("not shown without {}, which does not fit it", "去掉与它不相符的 {} 之后也未能证明"),
    ("not shown by what its section says, which other sections do not fit",
     "仅凭本节未能证明，而其他各节与它不相符"),
    ("what begins this chain could not be read", "这一串等式的开头无法解读"),
    ("what stands on its right is computed from nothing", "右边的量没有由任何式子给出"),
    ("a value that it has at some sizes only", "仅在某些大小时取此值"),
    ("equal as far as its {} decimals tell", "在所写的 {} 位小数内相等"),
    ("its sentence assumes something in words", "所在句子用文字作了假设"),
    # derivatives
    ("{} has no influence on {}", "{} 对 {} 没有影响"),
    ("{} has no influence on {} by what could be read", "就能够解读的内容而言，{} 对 {} 没有影响"),
    ("{} is 0: {} does not depend on {}", "{} 为 0：{} 不依赖 {}"),
    ("{} is not defined: nothing to differentiate by", "{} 没有定义：无从求导"),
    ("{} is declared, but stands in no definition: nothing to differentiate by",
     "{} 已声明，但不出现在任何定义中：无从求导"),
    ("the gradient of a formula in a definition; write it out", "定义中出现公式的梯度；请写出其表达式"),
    ("∇ needs one name below it", "∇ 下面需要一个名字"),
    ("a derivative is of a name and by a name", "导数是一个名字对一个名字的导数"),
    ("a derivative of or by a matrix; give its indices", "矩阵的导数或对矩阵的导数；请写出下标"),
    ("a derivative by {}, of which an inverse or a determinant is made",
     "对 {} 求导，而逆矩阵或行列式由它构成"),
    # shapes
    ("a column of {}", "长为 {} 的列向量"), ("a row of {}", "长为 {} 的行向量"), ("a matrix {} × {}", "{} × {} 矩阵"),
    ("a scalar", "标量"), ("a number", "数"),
    ("a column", "列向量"), ("a row", "行向量"),
    ("{} and {} have no product; it holds with the transpose of the vector", "{}与{}不能相乘；向量转置后等式成立"),
    ("{} and {} have no product; it holds with diag of the vector", "{}与{}不能相乘；把向量写成 diag 则成立"),
    ("{} and {} have no product; it holds with what this document writes elsewhere: {}",
     "{}与{}不能相乘；写上本文别处所用的 {} 则成立"),
    ("{} and {} have no product", "{}与{}不能相乘"),
    ("the sides have different shapes: a number is no vector", "两边形状不同：数不是向量"),
    ("the sides have different shapes: {} and {}", "两边形状不同：{}与{}"),
    ("the sides have different shapes: {} against {}", "两边形状不同：{} 对 {}"),
    ("a sum of different shapes: {} and {}", "形状不同者相加：{}与{}"),
    ("a sum of different shapes: {} against {}", "形状不同者相加：{} 对 {}"),
    ("a matrix product: {} against {}", "矩阵乘积：{} 对 {}"),
    ("an elementwise product: {} and {}", "逐元素乘积：{}与{}"),
    ("an elementwise product: {} against {}", "逐元素乘积：{} 对 {}"),
    ("two columns side by side have no product", "两个并列的列向量不能相乘"),
    ("two columns side by side have no product; write ⊙, or a transpose",
     "两个并列的列向量不能相乘；请写 ⊙ 或转置"),
    ("two columns side by side have no product; write ⊙, or a transpose: {} beside {}",
     "两个并列的列向量不能相乘；请写 ⊙ 或转置：{}与{}"),
    ("two columns side by side have no product; it holds with ⊙ or a transpose between them",
     "两个并列的列向量不能相乘；在其间写 ⊙ 或转置则成立"),
    ("two columns side by side have no product; it holds with what this document writes elsewhere: {}",
     "两个并列的列向量不能相乘；写上本文别处所用的 {} 则成立"),
    ("a power of a matrix; write {} for its entries", "矩阵的幂；各元素的幂请写 {}"),
    ("a power of {} may be taken entry by entry", "{} 的幂可能是逐元素的幂"),
    ("nothing here tells the size of this vector or matrix", "此处无从得知该向量或矩阵的大小"),
    ("it is not told how {} and {} belong together", "没有说明 {} 与 {} 有何关系"),
    # what is no claim
    ("a condition of the text, which is no claim", "文中的条件，并非断言"),
    ("a condition of the text", "文中的条件"),
    ("a condition on its inputs: it holds for some of them only", "对输入的条件：只对其中一部分成立"),
    ("its sentence speaks of a case", "该句只讲一种情形"),
    ("a condition: where the gradient is zero", "条件：梯度为零之处"),
    ("it may be meant where the gradient is zero", "可能是指梯度为零之处"),
    ("a value that it has at some inputs only", "只在某些输入处取得的值"),
    ("0 = … asks for something", "0 = … 是在求解"),
    ("it does not hold for every function", "并非对所有函数都成立"),
    ("it is no claim when it is read with what it rests on", "连同其依据一起解读时，它不是断言"),
    ("nothing tells how the names in it are drawn: write {}", "没有说明其中的量服从什么分布：请写 {}"),
    ("the text calls {} {}: say so in a directive", "文中称 {} 为 {}：请在指令中写明"),
    ("it may hold where the entries of {} sum to one: say so in a directive",
     "若 {} 的各分量之和为一，可能成立：请在指令中写明"),
    ("an operation, about which no claims can be read yet", "一种运算，关于它的断言尚不能解读"),
    ("claims are tested where it holds", "仅在其成立处检验断言"),
    ("redefined", "重新定义"),
    ("an arbitrary loss is tried as {}", "以 {} 代替任意损失函数来试验"),
    # what cannot be read
    ("{} of a single argument, its greatest or least entry, cannot be read",
     "无法解读只有一个参数的 {}（最大或最小分量）"),
    ("only assumptions such as ε > 0, 0 < β < 1, p < q, ρ > 1 + ε, n ≥ 2 and ranges of letters can be read",
     "只能解读诸如 ε > 0、0 < β < 1、p < q、ρ > 1 + ε、n ≥ 2 的假设以及下标的取值范围"),
    ("the condition behind this equation could not be read", "无法解读此等式之后的条件"),
    ("a function that is defined for some values only; define it by cases", "只在部分取值处定义的函数；请分情形定义"),
    ("the values for which this is stated do not occur", "此处所说的取值不会出现"),
    ("the text assumes something of {}, to which the input need not keep", "文中对 {} 有假设，该输入未必满足"),
    ("the input is none of those with {}", "该输入不满足 {}"),
    ("too few inputs had the values for which it is stated", "取到所述取值的输入太少"),
    ("an equation and an inequality in one line cannot be read; write two lines",
     "等式与不等式写在一行无法解读；请分两行写"),
    ("the set '{}' cannot be read; write {}", "集合“{}”无法解读；请写 {}"),
    ("the character '{}' has no meaning here", "字符“{}”在此没有含义"),
    ("the command {} is not known", "不认识命令 {}"),
    ("put parentheses around the argument of {}", "请给 {} 的自变量加上括号"),
    ("a prime stands behind a function or belongs to a name", "撇号应在函数之后，或属于名字"),
    ("what the dots stand for cannot be told from the members beside them; write Σ or ∏",
     "无法由两旁的项得知省略号代表什么；请写 Σ 或 ∏"),
    # how it was found
    ("{} inputs had no defined value and do not count", "{} 组输入处无定义，不计入"),
    ("{} members at {}", "{} 个分量，取 {}"),
    ("{} members at {}; {}", "{} 个分量，取 {}；{}"),
    ("with {}", "其中 {}"),
    ("{} at its kink", "{} 在折点处"),
    # readings
    ("numerator layout: the gradient is transposed", "分子布局：梯度取转置"),
    ("numerator layout: gradients are rows", "分子布局：梯度为行向量"),
    ("denominator layout: Jacobians are transposed", "分母布局：雅可比矩阵取转置"),
    ("the power of a matrix is taken entry by entry", "矩阵的幂逐元素取"),
    ("A^T is a power", "A^T 是幂"),
    ("a row of a matrix is a column vector", "矩阵的一行是列向量"),
    ("W_j is the column j of W", "W_j 是 W 的第 j 列"),
    ("immediate partial derivatives, by one equation", "直接偏导数，只经过一个等式"),
    ("the factors of the product stand with the last one first", "连乘中的因子从最后一个写起"),
    ("{} is a row or a column of {}", "{} 是 {} 的一行或一列"),
    ("for whole numbers", "对整数成立"),
    ("members that do not exist are left out", "略去不存在的项"),
    ("given {}", "给定 {}"),
    ("{} symmetric", "{} 对称"),
)
_LONGEST = 2_000        # characters that are looked at


def reason(text: str, language: str) -> str:
    """A reason in this language."""
    if language != "zh" or len(text) > _LONGEST:
        return text
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            return chinese.format(*(reason(part, language) for part in found.groups()))
    return text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those with the most words first: they say more of the sentence."""
    rows = sorted(ROWS, key=lambda row: -len(row[0].replace("{}", "")))
    return tuple((re.compile("(.+?)".join(map(re.escape, english.split("{}")))), chinese) for english, chinese in rows)

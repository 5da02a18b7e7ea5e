"""What pages write beside the grammar's own spelling: ||x||, P(y | x), ∂_x f, \\frac{d}{dx} f, a_{min}.

Texts are changed character by character, so that every position stays what it was; marks are changed in their order.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from string import ascii_letters

from derive.documents.spelling.label_words import is_label_word
from derive.documents.spelling.moments import with_averages
from derive.documents.spelling.second_derivatives import OF, closed, second_derivative
from derive.reading.source import FILLER
from derive.reading.tokens import MINUS, OPENING, PLUS, STAR, Lexeme

_ASSIGNED = re.compile(r":=|≔|←|\\(?:coloneqq|leftarrow|gets)(?![A-Za-z])")
_DOUBLE_BAR = re.compile(r"\|\|")
_INNER = r"(?:[^()|]|\([^()|]{0,40}\)){0,120}"
_GIVEN = re.compile(rf"(?<=[\w}})])\s*\({_INNER}(\|){_INNER}\)")
_CALLED_GIVEN = re.compile(r"(?<![|])\|(?![|])")
_MID = re.compile(r"\\mid(?![A-Za-z])")
_PLUS = re.compile(r"(?<=[\w}\u0300-\u036f\u20d6\u20d7])(?<![∂])(?:⁺|\^\+(?![\w(\\])|\^\{\+\})")       # w⁺, the new w
_MINUS = re.compile(r"(?<=[\w}\u0300-\u036f\u20d6\u20d7])\^(?:\{\s*[−-]\s*\}|[−-](?=\s*(?:[=,)\]}&;]|$)))")       # s⁻
_GIVEN_BELOW = re.compile(r"(?<=_\{)([A-Za-z]{1,8})\|([A-Za-z]{1,8})(?=\})")      # H_{Y|X}
_BELOW = re.compile(r"(?<=[\w}\u0300-\u036f\u20d6\u20d7])(?:_(?:[+−-]|\{\s*[+−-]\s*\})|[₊₋](?![₀-₉ₐ-ₜᵢ-ᵪⱼ₊₋₌₍₎]))")
_NAMES = ("IDENT", "NAME", "FUNCTION", "LBRACE")
_TWICE = re.compile(r"(\\nabla|∇)(_\{(?:[^{}]|\{[^{}]*\})*\}|_\w)?\s*\1(?(2)\2)(?![\w_])")     # ∇∇E
_STAR = re.compile(r"(?<=[\w}\u0300-\u036f\u20d6\u20d7])"
                   r"[\^_]\s*(?:\*|\{\s*(?:\*|\\ast|\\star)\s*\}|\\(?:ast|star)(?![A-Za-z])|⋆)")
_APART = re.compile(r"(?<=\()([^()‖]*)‖([^()‖]*)(?=\))|(?<=\()([^()]*?)\\\|([^()]*?)(?=\))")
_NAME = r"\\?(?:[A-Za-z]+\s*\{\s*\\?[A-Za-z]+\s*\}|[A-Za-z]+|[^\W\d_])(?:[_^](?:\w|\{[^{}]{1,12}\}))*"
_LOOSE_CALL = re.compile(       # φ (z): one name in parentheses, which no product needs
    r"(?<![\w\\^_{])(\\(?:var)?phi(?![A-Za-z])'*|\\(?:psi|sigma|ell)(?![A-Za-z])'*|[fgφψσℓl]'*)([ ~])(?=(?:\\left\s*)?"
    rf"\(\s*{_NAME}(?:\s*,\s*{_NAME})?\s*(?:\\right\s*)?\))")
_FLOOR = re.compile(r"(?:\\(?:left|[Bb]igg?l?)\s*)?\\lfloor(?![A-Za-z])")
_PRODUCT = re.compile(r"Π(?=\s*_\s*(?:\{[^{}=]*[=≤<>≥]|\w\s*=|([a-z])\s{1,9}\(?[^\W\d_][\u0300-\u036f]?_\{?\1))")
# … Π alone is a letter, and Π_t p_t a product
MOST_ROUNDED = 60       # marks in an exponent that is rounded
_LABELS = frozenset(ascii_letters) - frozenset("ijklmnt")      # f_h(x) is a function, and p_i(τ) a member
PARAMETERS = frozenset("αβγδεζηθκλμνρστφψω")      # letters that are no indices below the name of a function
_END_OF_FLOOR = re.compile(r"(?:\\(?:right|[Bb]igg?r?)\s*)?\\rfloor(?![A-Za-z])")


def respelled(text: str) -> str:
    """The text with the grammar's own signs; as long as it was."""
    text = with_averages(text)
    text = _FLOOR.sub(lambda m: f"\\floor({' ' * (len(m[0]) - 7)}", text) if "lfloor" in text else text
    text = _END_OF_FLOOR.sub(lambda m: f"){' ' * (len(m[0]) - 1)}", text) if "rfloor" in text else text
    text = _LOOSE_CALL.sub(r" \1", text)
    text = _PRODUCT.sub("∏", text)
    text = _ASSIGNED.sub(lambda m: "=" + " " * (len(m[0]) - 1), text)
    if len(_DOUBLE_BAR.findall(text)) % 2 == 0:
        text = _DOUBLE_BAR.sub("‖ ", text)
    text = _TWICE.sub(lambda m: f"{m[1]}^2{m[2] or ''}".ljust(len(m[0])) if len(m[0]) > len(m[1]) + 1 else "∇²", text)
    text = _BELOW.sub(lambda m: _filled(PLUS if "+" in m[0] or "₊" in m[0] else MINUS, m[0]), text)
    text = _MINUS.sub(lambda m: _filled(MINUS, m[0]), text)
    text = _GIVEN_BELOW.sub(r"\1ǀ\2", text)
    text = _PLUS.sub(lambda m: _filled("'", m[0]), text)
    text = _STAR.sub(lambda m: _filled(STAR, m[0]), text)
    text = _APART.sub(_separated, text)
    text = _MID.sub("   ;", text)
    for found in reversed(list(_GIVEN.finditer(text))):
        text = f"{text[:found.start(1)]};{text[found.end(1):]}"
    return text


def _filled(mark: str, instead: str) -> str:
    """A mark, as long as what it stands for; so many blanks would separate a condition."""
    return mark + " " * (len(instead) > 1) + FILLER * (len(instead) - 2)


def _separated(found: re.Match) -> str:
    """KL(p ‖ q) has two arguments."""
    left, right = (found[1], found[2]) if found[1] is not None else (found[3], found[4])
    if "\\|" in right or not left.strip() or not right.strip():
        return found[0]
    return f"{left};{' ' * (len(found[0]) - len(left) - len(right) - 1)}{right}"


def regrouped(tokens: list[Lexeme], functions: Collection[str] | None = ()) -> list[Lexeme]:
    """The marks, where derivatives that stand before what they differentiate are one mark, where words in scripts are
    labels, and where the D_KL of D_{KL}(p) is one of the `functions` (or, with None, any word)."""
    kept: list[Lexeme] = []
    k = 0
    while k < len(tokens):
        operator = second_derivative(tokens, k) or _operator(tokens, k)
        if operator is not None:
            made, k = operator
            kept += made
            continue
        labelled = _labelled(tokens, k, functions)
        if labelled is not None:
            made_of, k = labelled
            kept.append(made_of)
            continue
        line = _line(tokens, k)
        if line:
            kept += line
            k = _braced(tokens, k + 1) or len(tokens)
            continue
        turned = _turned(tokens, k)
        if turned:
            kept += turned
            k += len(turned)
            continue
        end = _behind_two_pi(tokens, k)
        if end:
            opening, closing = (replace(tokens[k + 1], kind=kind, text=shown, name="")
                                for kind, shown in (("LPAR", "("), ("RPAR", ")")))
            kept += [tokens[k], opening, *tokens[k + 1:end], closing]
            k = end
            continue
        end = _rounded(tokens, k)
        if end:
            opening, closing = (replace(tokens[k], kind=kind, text=shown)
                                for kind, shown in (("LBRACE", "{"), ("RBRACE", "}")))
            kept += [tokens[k], opening, *regrouped(tokens[k + 1:end], functions), closing]
            k = end
            continue
        token = tokens[k]
        if _is_indicator(tokens, k):
            token = replace(token, kind="ONES")
        following = tokens[k + 1].kind if k + 1 < len(tokens) else ""
        before = [t.kind for t in kept[-2:]]
        if token.kind == "DIFF" and following == "SUB":
            token = replace(token, kind="NABLA")
        elif token.kind == "FUNCTION" and following == "RBRACE" and before in (["SUB", "LBRACE"], ["SUP", "LBRACE"]):
            token = replace(token, kind="IDENT", name="")
        kept.append(token)
        k += 1
    return kept


def _rounded(tokens: list[Lexeme], k: int) -> int:
    """Where the exponent of γ^⌊t/s⌋ ends; 0 where none stands here."""
    following = tokens[k + 1].kind if tokens[k].kind == "SUP" and k + 1 < len(tokens) else ""
    if following not in ("FLOOR_OPEN", "CEILING_OPEN"):
        return 0
    last = min(k + MOST_ROUNDED, len(tokens))
    return next((e + 1 for e in range(k + 2, last) if tokens[e].kind == OPENING[following]), 0)


def _behind_two_pi(tokens: list[Lexeme], k: int) -> int:
    """Where the argument of log 2π or log 2πeσ² ends, which nobody takes for (log 2) π; 0 where none stands there."""
    shown = [t.text for t in tokens[k + 1:k + 3]]
    if tokens[k].kind != "FUNCTION" or tokens[k].name != "log" or shown != ["2", "π"]:
        return 0
    end = k + 3
    while end < len(tokens) and tokens[end].kind == "IDENT":
        end += 1
        if end + 1 < len(tokens) and tokens[end].kind == "SUP":
            end = _braced(tokens, end + 1) or end + 2
    return end


def _labelled(tokens: list[Lexeme], k: int, functions: Collection[str] | None) -> tuple[Lexeme, int] | None:
    """D_{KL}(, D_0( and H_δ'( as one mark, and where the parenthesis stands."""
    if tokens[k].kind not in ("IDENT", "FUNCTION") or k + 2 >= len(tokens) or tokens[k + 1].kind != "SUB":
        return None
    end = _braced(tokens, k + 2) or k + 3
    label = [t for t in tokens[k + 2:end] if t.kind not in ("LBRACE", "RBRACE")]
    text = f"{tokens[k].text}_{''.join(t.text for t in label)}"
    while end < len(tokens) and tokens[end].kind == "PRIME":
        text, end = text + tokens[end].text, end + 1
    core = text.rstrip("'")
    if (end >= len(tokens) or tokens[end].kind != "LPAR") and core in (functions or ()) and label[0].text in PARAMETERS:
        return replace(tokens[k], kind="IDENT", text=text, name=""), end       # ∂H_δ/∂r
    if end >= len(tokens) or tokens[end].kind != "LPAR" or not _is_label(label):
        return None
    if functions is None:
        return replace(tokens[k], kind="IDENT", text=text, name=""), end
    known = core in functions or any(with_number(f, core) for f in functions)
    return (replace(tokens[k], kind="FUNCTION", text=text, name=text), end) if known else None


def _is_label(label: list[Lexeme]) -> bool:
    """Whether a word, a number or a parameter stands below a name: the δ of H_δ(r); also one of single letters, P_{ffn}
    in LaTeX, that are not all usual indices."""
    if len(label) > 1 and all(t.kind == "IDENT" and len(t.text) == 1 and t.text.isascii() for t in label):
        return is_label_word("".join(t.text for t in label))
    one = label[0] if len(label) == 1 else None
    return one is not None and (one.kind == "NUMBER" or (one.kind in ("IDENT", "FUNCTION") and (
        len(one.text.rstrip("'")) > 1 or one.text.rstrip("'") in PARAMETERS or one.text.rstrip("'") in _LABELS)))


def is_of_number(name: str) -> bool:
    """Whether a function is called with a number below its name: H_1"""
    return name.rpartition("_")[2].isdecimal()


def with_number(function: str, name: str) -> bool:
    """Whether H_1 is a value of the function H_δ."""
    base, _, label = function.rpartition("_")
    return label in PARAMETERS and base == name.rpartition("_")[0] and is_of_number(name)


def _is_indicator(tokens: list[Lexeme], k: int) -> bool:
    """The 1 of 1_{i=j}"""
    end = _braced(tokens, k + 2) if [t.kind for t in tokens[k:k + 2]] == ["NUMBER", "SUB"] else None
    return end is not None and tokens[k].text == "1" and any(t.kind == "REL" for t in tokens[k + 2:end])


def _turned(tokens: list[Lexeme], k: int) -> list[Lexeme]:
    r"""`^{[l]\top}` is `^{[l]}` and a transpose."""
    kinds = [t.kind for t in tokens[k:k + 3]]
    if kinds[:2] != ["SUP", "LBRACE"] or kinds[2:] not in (["LBRACKET"], ["LPAR"]):
        return []
    end = _braced(tokens, k + 1)
    if end is None or not (tokens[end - 2].kind == "TRANSPOSE" or tokens[end - 2].text == "T") \
            or tokens[end - 3].kind not in ("RBRACKET", "RPAR"):
        return []
    mark, closing = tokens[end - 2], tokens[end - 1]
    return [*tokens[k:end - 2], closing, replace(mark, kind="TRANSPOSE", text="ᵀ")]


def _line(tokens: list[Lexeme], k: int) -> list[Lexeme]:
    r"""A row or a column of a matrix: W_{i:}, W_{i\cdot}, W_{i,*} are W_{i,:}, and W_{:j} is W_{:,j}."""
    end = _braced(tokens, k + 1) if tokens[k].kind == "SUB" else None
    inside = tokens[k + 2:end - 1] if end is not None else []
    kinds = ["COLON" if t.text in (":", "·", "*") else t.kind for t in inside]
    marks = [kind for kind in kinds if kind != "COMMA"]
    letter = "IDENT" if "IDENT" in marks else "NUMBER"
    if end is None or len(kinds) > 3 or marks not in ([letter, "COLON"], ["COLON", letter]) \
            or kinds[1] not in (marks[1], "COMMA"):
        return []
    first, last = (replace(t, kind="COLON", text=":") if kind == "COLON" else t
                   for t, kind in zip(inside, kinds) if kind != "COMMA")
    return [*tokens[k:k + 2], first, Lexeme("COMMA", ",", first.at), last, tokens[end - 1]]


def _operator(tokens: list[Lexeme], k: int) -> tuple[list[Lexeme], int] | None:
    r"""`\frac{\partial}{\partial x}`, `\frac{d}{dx}`, `∂/∂x` and `d/dx` with nothing behind the first ∂: one mark with
    the name below it, and where it ends."""
    first = tokens[k]
    if first.kind == "FRAC":
        end = _braced(tokens, k + 1)
        last = _braced(tokens, end) if end is not None else None
        if end is None or last is None or end - k != 4 or not _is_d(tokens[k + 2]):
            return None
        below = _below(tokens[end + 1:last - 1])
        return None if below is None else (_made(first, below), last)
    if not _is_d(first) or k + 2 >= len(tokens) or tokens[k + 1].kind != "SLASH":
        return None
    if k and tokens[k - 1].kind == "DIFF":      # the d of ∂d/∂u is a distance
        return None
    if tokens[k + 2].kind == "DIFF" and k + 3 < len(tokens):
        end = k + 4
        while end < len(tokens) and tokens[end].kind in ("SUB", "SUP") and end + 1 < len(tokens):
            end = _braced(tokens, end + 1) or end + 2
        return _made(first, tokens[k + 3:end]), end
    below = _below([tokens[k + 2]])
    return None if below is None else (_made(first, below), k + 3)


def _is_d(token: Lexeme) -> bool:
    return token.kind == "DIFF" or (token.kind in ("IDENT", "NAME") and token.text == "d")


def _braced(tokens: list[Lexeme], k: int) -> int | None:
    """Where the braces that open at k are closed."""
    braces = k < len(tokens) and tokens[k].kind == "LBRACE"
    return (closed(tokens, k) or None) if braces else None


def _below(tokens: list[Lexeme]) -> list[Lexeme] | None:
    """What stands behind the d of dx or the ∂ of ∂x; nothing behind that of d + b, which is a number."""
    if len(tokens) > 1 and _is_d(tokens[0]):
        return tokens[1:] if tokens[0].kind == "DIFF" or tokens[1].kind in _NAMES else None
    one = OF.fullmatch(tokens[0].text) if tokens and tokens[0].kind == "IDENT" else None
    return [replace(tokens[0], text=one[1], at=tokens[0].at + 1), *tokens[1:]] if one else None


def _made(first: Lexeme, below: list[Lexeme]) -> list[Lexeme]:
    """A mark with a subscript."""
    return [replace(first, kind="OPERATOR", text="∂"), Lexeme("SUB", "_", first.at), Lexeme("LBRACE", "{", first.at),
            *below, Lexeme("RBRACE", "}", first.at)]

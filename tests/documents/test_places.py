"""Where formulas stand in Markdown: against CommonMark's own reader, and on what pages really hold."""

from __future__ import annotations

import random
import re
import time

import pytest
from markdown_it import MarkdownIt

from derive.documents.pages.places import places, title

MARGINS = ["", "", "", "> ", ">", "- ", "  ", "    ", "1. ", "   ", "\t", "> - ", ">     ", "* ", "+ ", "      ", "2) ",
           "- - ","  > ", "\t\t"]
CONTENTS = ["words M", "words M", "M", "", "", "```", "~~~", "```python", "````", "`M`", "a `` b ` M `` c", "` M",
            "<!-- M -->", "words <!-- M --> M", "# M", "## M #", "---", "===", "* * *", "<style>", "M </style> M",
            r"\`M\`", "<b>M</b>",
            "[M](a)", '<a title="M">M</a>', "```a`b M", "- M", "M\\", "# ", "-", "2. M", "~~~ a ` M", "| a | b |", "<https://a.b/M>"]


def page(seed: int) -> str:
    """A page of random lines in which each formula is another one."""
    draw = random.Random(seed)
    lines = [draw.choice(MARGINS) + draw.choice(CONTENTS) for _ in range(draw.randint(1, 14))]
    numbers = iter(range(1000))
    return re.sub("M", lambda _: f"$q{next(numbers)}$", "\n".join(lines))


def shown(text: str) -> set[str]:
    """The formulas that stand in text and not in code, tags, addresses or remarks, as markdown-it sees it."""
    found = []
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "fence" and not token.info.strip():
            found.append(token.content)
        address = False
        for child in token.children or ():
            if child.type.startswith("link"):
                address = child.type == "link_open" and child.markup == "autolink"
            if child.type == "text" and not address:
                found.append(child.content)
    return set(re.findall(r"\$q\d+\$", " ".join(found)))


@pytest.mark.parametrize("block", range(20))
def test_what_counts_as_text_is_what_commonmark_says(block):
    for seed in range(200 * block, 200 * (block + 1)):
        text = page(seed)
        found = places(text)
        mine = {q for p in found for q in re.findall(r"\$q\d+\$", p.text)} | {f"${p.text}$" for p in found}
        assert {q for q in mine if re.fullmatch(r"\$q\d+\$", q)} == shown(text), f"seed {seed}\n{text}"


@pytest.mark.parametrize("seed", range(50))
def test_every_character_keeps_its_place(seed):
    text = page(seed)
    for p in places(text):
        assert len(p.text) <= len(text) - p.start
        assert all(a in (b, " ") for a, b in zip(p.text, text[p.start:]))


D = "display"
FOUND = [
    ("costs $5 and $6", []),
    ("costs $5, then $x = 1$.", ["x = 1"]),
    ("between 5$ and 6$", []),
    (r"an escaped \$x = 1\$ and \\$y$", ["y"]),
    ("`$x$` and $y$", ["y"]),
    ("echo `$HOME` and `$PATH`", []),
    ("pay $5 (see `echo $x`)$", []),
    ("$ x = 1 $ as MathJax reads it, $ 5 or 6 $ not", ["x = 1"]),
    ("$x$2 and $2x$a", ["2x"]),
    ("$$x = 1$$ within a line", ["x = 1"]),
    ("$`a = b`$", ["a = b"]),
    ("{math}`a = b` and ``{math}`c` ``", ["a = b"]),
    (r"\(a\) \[b\] \\(c\\) \\[d\\]", ["a", "b", "c", "d"]),
    (r"\\(h\_t = x\_t\\)", ["h _t = x _t"]),
    ("f\\(x, an open \\[ and $y$", ["y"]),
    ("\\begin{align*}\na &= b\n\\end{align*}", ["a &= b"]),
    ("\\begin{lstlisting}\n$a$\n\\end{lstlisting}", ["a"]),
    ("$$\na = b\n+ c\n- d\n$$", ["a = b\n+ c\n- d"]),
    ("$$\na = b\n\nc = d\n\n    e = f\n$$", ["a = b\n\nc = d\n\n    e = f"]),
    ("> $$\n> a = b\n> + c\n> $$", ["a = b\n  + c"]),
    ("> $$\n> a = b\n>\n> c = d\n> $$", ["a = b\n \n  c = d"]),
    ("- item\n\n  $$\n  a = b\n  $$\n\n- $c$", ["a = b", "c"]),
    ("1. one\n   - two\n     > $$\n     > a\n     > = b\n     > $$", ["a\n       = b"]),
    ("costs $$ here\n\n$$x = 1$$", ["x = 1"]),
    ("$$\nopen\n\n# Title\n\n$$x = 1$$", ["x = 1"]),
    ("an open \\[ here\n\n```\nz = 1\n```\n\\]", ["z = 1"]),
    ("    $x = 1$\n\ntext\n    $y$", ["y"]),
    ("- a\n\n      $x = 1$\n\n  $y$", ["y"]),
    ("```python\n$x$\n```\n```\ny = 1\n```\n~~~ math\nz = 1\n~~~", ["y = 1", "z = 1"]),
    ("```{math}\n:label: eq\n\na = b\n```", ["a = b"]),
    ("````\n```\nx = 1\n```\n````", ["```\nx = 1\n```"]),
    ("<!-- $x$ --> $y$ <!-- $z$\n$w$ --> $v$", ["y", "v"]),
    ("<!--\n```\n$x$\n\n```\n-->\n\n$y$", ["y"]),
    ("<!-- open\n\n$y$", ["y"]),
    ("<!-- derive: x ∈ ℝ^n,\n  y ∈ ℝ -->", ["x ∈ ℝ^n,\n  y ∈ ℝ"]),
    ("`<!-- derive: x -->` and ``<!-- $y$ -->``", []),
    ("<pre>\n$x$\n\n$y$\n</pre>\n$z$", ["z"]),
    ("<code>$x$</code> <img alt='$y$'/> a <b $z$", ["z"]),
    ("<details>\n<summary>$a$</summary>\n\n$b$\n</details>", ["a", "b"]),
    ("---\ntitle: $x$\n---\n$y$", ["y"]),
    ("---\n\n$y$", ["y"]),
    ("| a | b |\n|---|:-:|\n| $x$ | $y$ |\n| 5$ | 6$ |\n|$z|", ["x", "y"]),
    ("$a\nb$ and $c\n\nd$", ["a\nb"]),
    ("# A $x$\n\nB $y$\n===", ["x", "y"]),
    ("$a$，$b$。", ["a", "b"]),
    ("\u2028$x$\x0c$y$", ["x", "y"]),
]


@pytest.mark.parametrize(("text", "found"), FOUND, ids=[repr(t[:40]) for t, _ in FOUND])
def test_where_formulas_stand(text, found):
    assert [p.text.strip() for p in places(text)] == found


def test_a_bare_fence_says_one_thing_a_line_and_a_display_does_not():
    assert [p.kind for p in places("```\nx\n```\n```math\nx\n```\n$x$ $$x$$ <!-- derive: x -->")] == [
        "fence", "display", "inline", "display", "directive"]


def test_the_title_is_no_comment_in_code():
    assert title("---\n# no\n---\n```sh\n# no\n```\n\n    # no\n\n## The *title* ##\n") == "The *title*"
    assert title("text\n\n```sh\n# no\n```") is None


HOSTILE = ["$", "$$", "$$ ", "\\[", "\\(", "\\\\[", "<!--", "`", "` `` ", "<a ", "<a b=\"", "<code>", "> ", "- ", "1. ",
           "\n\\[", "\n$$\n", "\n<!--", "\n> \\[ ", "\n- $$", "\n```", "\n~~~a", "{math}`", "$`", "\\begin{align}",
           "\n\\begin{align}", "$\\$", "|", "\n|-", "\n#", "*", "- - ", "\t", " ", "\n ", "\n\t>", "-->", "\n    ",
           "<pre>", "\n</pre", "---\n", "\n:a:", "\\"]


@pytest.mark.parametrize("unit", HOSTILE, ids=map(repr, HOSTILE))
def test_time_is_linear_in_the_length(unit):
    length = 400_000 if unit in ("$", "\\[", "<!--", "`") else 60_000
    for end in ("", "\n\n\\]-->\n$$"):
        started = time.process_time()
        places(unit * (length // len(unit)) + end)
        assert time.process_time() - started < length / 20_000


def test_backticks_of_every_length():
    started = time.process_time()
    places(" ".join("`" * k for k in range(900)))
    assert time.process_time() - started < 10

"""Blocks as Markdown with formulas between dollar signs. Everything that is no formula is escaped."""

from __future__ import annotations

import re
from collections.abc import Callable

from cli.spans import escaped, latex_equation
from cli.words import verdict

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-!|<>~$&])")


def escape(text: str) -> str:
    """Plain text that Markdown, with or without formulas in dollars, shows as it is."""
    return _SPECIAL.sub(r"\\\1", text.replace("\n", " "))


class MarkdownRenderer:
    """Formulas stand in `$…$` within a line and `$$…$$` on their own."""

    def __init__(self, language: str = "en"):
        self.language = language
        self._draw: dict[str, Callable[..., str]] = {
            "title": lambda text, source: f"# {escape(text)}\n\n{escape(source)}\n",
            "heading": lambda text: f"\n## {escape(text)}\n",
            "name": lambda spans: f"\n### {self.spans(spans)}\n",
            "line": lambda spans: f"\n{self.spans(spans)}\n",
            "bullet": lambda spans: f"\n- {self.spans(spans)}\n",
            "equation": self.equation, "step": self.step, "table": self.table}

    def render(self, block: tuple) -> str:
        kind, *payload = block
        return self._draw[kind](*payload)

    @staticmethod
    def start() -> str:
        return ""

    finish = start

    @staticmethod
    def spans(spans: list) -> str:
        return escaped(spans, escape)

    def judged(self, judged: str) -> str:
        return f" — *{escape(verdict(judged, self.language))}*" if judged else ""

    def equation(self, side: dict[str, Any], ranges: list[str] | None, judged: str) -> str:
        mark = f"\n{self.judged(judged).removeprefix(' — ')}\n" if judged else ""
        return f"\n$${latex_equation(side, ranges)}$$\n{mark}"

    def step(self, number: int, rule: list, uses: list, judged: str, side: dict[str, Any], chained: bool,
             before: dict[str, Any] | None) -> str:
        words = self.spans([*rule, *([" · ", *uses] if uses else [])])
        shown = latex_equation(side, with_left=not chained)
        return f"\n{number}\\. {words}{self.judged(judged)}\n\n$${shown}$$\n"

    @staticmethod
    def table(rows: list[list[str]]) -> str:
        lines = [f"| {' | '.join(map(escape, row))} |" for row in rows]
        empty = f"|{'  |' * len(rows[0])}" if rows else ""
        rule = f"|{' --- |' * len(rows[0])}" if rows else ""
        return "\n" + "\n".join([empty, rule, *lines]) + "\n" if rows else ""


"""The last statement of a page, judged."""

from __future__ import annotations

from verify.documents.finding import Finding
from verify.documents.judge import findings


def told(page: str, claim: str) -> Finding:
    return findings(f"{page}\n\n{claim}\n")[-1]


def shown(page: str, claim: str) -> bool:
    """Whether the claim passes. One that does not says why."""
    found = told(page, claim)
    assert found.verdict in ("proved", "verified"), f"{found.source}: {found.verdict}: {found.detail}"
    return True


def refuted(page: str, claim: str) -> bool:
    found = told(page, claim)
    assert found.verdict == "refuted", f"{found.source}: {found.verdict}: {found.detail}"
    return True

"""What fails a run, and what the exit status is."""

from __future__ import annotations

import pytest

from cli.findings import Report, counts, fails, is_plain, summary
from tests.check.samples import RIGHT, UNREADABLE, WRONG, row

PASSING = ("proved", "verified", "skipped", "defined", "declared")


def test_a_refuted_claim_fails():
    assert fails(row(), False) and fails(row(), True)


@pytest.mark.parametrize("verdict", ["undecided", "unsupported"])
def test_what_is_open_fails_where_that_is_asked_for(verdict):
    assert not fails(row(verdict=verdict), False) and fails(row(verdict=verdict), True)
    assert not is_plain(row(verdict=verdict), False)


@pytest.mark.parametrize("verdict", PASSING)
def test_what_passes(verdict):
    assert not fails(row(verdict=verdict), True) and is_plain(row(verdict=verdict), True)


@pytest.mark.parametrize("verdict", [*PASSING, "undecided", "unsupported"])
@pytest.mark.parametrize("why", ["a slip that students make", ""])
def test_what_is_wrong_on_purpose_fails_unless_it_is_refuted(verdict, why):
    assert fails(row(verdict=verdict, evidence={"expected": why}), False)
    assert not fails(row(evidence={"expected": why}), True)


def test_what_holds_under_a_reading_is_disclosed():
    assert not is_plain(row(verdict="proved", evidence={"reading": "numerator layout"}), False)


def test_an_unknown_verdict_is_never_plain():
    assert not is_plain(row(verdict="perhaps"), False)


def test_counts_and_summary():
    rows = [row(), row(verdict="proved"), row(verdict="verified"), row(verdict="defined"), row(verdict="unsupported")]
    assert counts([Report("a.md", rows)]) == {"proved": 1, "verified": 1, "refuted": 1, "undecided": 0,
                                              "unsupported": 1, "skipped": 0}
    assert summary([Report("a.md", rows)], True, "en") == (
        "1 file, 5 statements: 1 proved, 1 verified, 1 refuted, 1 unsupported, 1 definitions and declarations. "
        "FAILED: 2")
    assert "未通过" in summary([Report("a.md", rows)], True, "zh")
    assert "Nothing failed" in summary([], False, "en")


@pytest.mark.parametrize("text, arguments, status", [
    (WRONG, (), 1), (RIGHT, (), 0), (RIGHT, ("--strict",), 0), (UNREADABLE, (), 0), (UNREADABLE, ("--strict",), 1),
    ("", ("--strict",), 0), (RIGHT + "\n" + UNREADABLE, ("--strict",), 1),
    ('<!-- derive: expect refuted "slip" -->\n\n$$ (a+b)^2 = a^2 + b^2 $$\n', (), 0),
    ('<!-- derive: expect refuted "slip" -->\n\n$$ (a+b)^2 = a^2 + 2 a b + b^2 $$\n', (), 1),
    ('<!-- derive: expect refuted "slip" -->\n\n$$ (a+b)^2 = ⌊ a $$\n', ("--strict",), 1),
    ("$$ (a+b)^2 = a^2 + b^2 $$\n", (), 1),
])
def test_exit_status(check, folder, text, arguments, status):
    (folder / "page.md").write_text(text, encoding="utf-8")
    for form in ("text", "json", "github", "sarif", "concise"):
        assert check("page.md", "--format", form, *arguments)[0] == status


def test_one_bad_page_fails_them_all(check, folder):
    for name, text in (("a.md", RIGHT), ("b.md", WRONG), ("c.md", RIGHT)):
        (folder / name).write_text(text, encoding="utf-8")
    status, out, err = check("a.md", "b.md", "c.md")
    assert status == 1 and "b.md:9:1: ✗ refuted" in out and "a.md:" not in out and not err
    assert check("a.md", "c.md")[0] == 0

"""`derive verify --mutants`: what is printed, in both languages and as JSON, and the exit status."""

import json

import pytest

from cli.main import main
from cli.mutants import OUTCOMES
from verify import mutants
from verify.mutants import Mutants
from verify.mutants.judge import CLAIM, FALSE, KILLED, SURVIVED


def of(counts, survivors=()):
    """What stands in for the work: an entry's outcome."""
    def made(entry, progress=None):
        page = entry.page()
        found = Mutants(entry.name, page.program.signatures)
        found.counts.update(counts)
        for outcome in survivors:
            equation = page.program.equations[0]
            found.add(CLAIM, equation.left, "sign", -equation.body, outcome)
        return found
    return made


def test_an_entry_of_the_catalogue(capsys):
    pytest.importorskip("torch", reason="torch is not installed")
    assert main(["verify", "--mutants", "embedding", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (entry,) = found["entries"]
    assert entry["passed"] and not entry["survivors"] and set(entry["counts"]) == {"claim", "step", "definition"}
    assert found["summary"]["killed"] == sum(c["killed"] for c in entry["counts"].values()) > 20
    assert set(OUTCOMES) < set(found["summary"])


@pytest.mark.parametrize("language, noticed, kind", [("en", "7 noticed", "damaged closed forms"),
                                                     ("zh", "7 被发现", "被破坏的闭式")])
def test_text(capsys, monkeypatch, language, noticed, kind):
    monkeypatch.setattr(mutants, "mutants", of({(CLAIM, KILLED): 7}))
    assert main(["verify", "--mutants", "embedding", "--lang", language]) == 0
    out = capsys.readouterr().out
    assert noticed in out and kind in out


@pytest.mark.parametrize("outcome, words", [(SURVIVED, "not noticed"), (FALSE, "a false line passed")])
def test_what_survives_is_shown_and_fails(capsys, monkeypatch, outcome, words):
    monkeypatch.setattr(mutants, "mutants", of({(CLAIM, KILLED): 7}, [outcome]))
    assert main(["verify", "--mutants", "embedding"]) == 1
    out = capsys.readouterr().out
    assert "embedding: FAILED" in out and f"{words}: x^(t)[d] = −E[w[t], d] (sign)" in out


def test_nothing_noticed_at_all_fails(capsys, monkeypatch):
    monkeypatch.setattr(mutants, "mutants", of({}))
    assert main(["verify", "--mutants", "embedding"]) == 1


def test_an_unknown_entry_is_bad_input(capsys):
    assert main(["verify", "--mutants", "embeding"]) == 2
    assert "embedding" in capsys.readouterr().err

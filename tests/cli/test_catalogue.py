"""The catalogue is found by walking, its heads without running anything; one broken file does not break the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.errors import UserError
from cli.main import main
from derive import catalogue
from derive.catalogue import Problem, UnknownEntry, load_file, nearest, read_head, scan

GOOD = '''
from derive.entry import entry

@entry(
    name="{name}",
    title={{"en": "Title", "zh": "标题"}},
    section="{section}",
    source="Nobody",
    facts={{"a": {{"kind": "definition", "en": "A", "zh": "甲"}}}},
)
def page_of(page):
    pass
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    topic = tmp_path / "topic"
    topic.mkdir()
    (topic / "good.py").write_text(GOOD.format(name="good", section="2.10"), encoding="utf-8")
    (topic / "early.py").write_text(GOOD.format(name="early", section="2.9"), encoding="utf-8")
    return tmp_path


def broken(folder: Path, text: str) -> str:
    """What is said about a file with this text beside the good ones."""
    path = folder / "topic" / "broken.py"
    path.write_text(text, encoding="utf-8")
    heads, problems = scan(str(folder))
    assert [h.name for h in heads] == ["early", "good"]
    (problem,) = problems
    message = str(problem)
    assert message.startswith(str(path)) and "\n" not in message
    return message


def test_heads_come_by_section_and_name(folder):
    heads, problems = scan(str(folder))
    assert [h.name for h in heads] == ["early", "good"] and not problems
    assert heads[0].topic == "topic" and heads[0].facts["a"]["kind"] == "definition"


def test_reading_a_head_runs_nothing(folder):
    path = folder / "topic" / "good.py"
    path.write_text(path.read_text(encoding="utf-8") + "\nraise SystemExit('ran')\n", encoding="utf-8")
    assert read_head(str(path)).name == "good"


@pytest.mark.parametrize(("text", "said"), [
    ("x = 1", "no @entry"),
    (GOOD.format(name="b", section="1").replace('source="Nobody",', ""), "source="),
    (GOOD.format(name="b", section="1").replace('"Nobody"', "nobody()"), "literals"),
    (GOOD.format(name="b", section="1").replace('"Nobody",', '"Nobody'), "line"),
    (GOOD.format(name="b", section="1").replace(', "zh": "标题"', ""), "title needs 'zh'"),
    (GOOD.format(name="b", section="1").replace('"kind": "definition", ', ""), "fact 'a' needs 'kind'"),
    (GOOD.format(name="../b", section="1"), "small letters"),
    (GOOD.format(name="good", section="1"), "taken by"),
])
def test_a_broken_file_is_a_problem_and_leaves_the_others(folder, text, said):
    if "taken" in said:    # the file that comes first in the walk keeps the name
        (folder / "topic" / "zz.py").write_text(text, encoding="utf-8")
        heads, (problem,) = scan(str(folder))
        assert said in str(problem) and len(heads) == 2
    else:
        assert said in broken(folder, text)


def test_bytes_that_are_no_text_are_a_problem(folder):
    (folder / "topic" / "broken.py").write_bytes(b"\xff\xfe\x00")
    heads, (problem,) = scan(str(folder))
    assert "unreadable" in str(problem) and len(heads) == 2


def test_a_file_that_fails_when_run_is_a_problem(folder):
    path = folder / "topic" / "good.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n1 / 0\n", encoding="utf-8")
    with pytest.raises(Problem, match="ZeroDivisionError"):
        load_file(read_head(str(path)))


def test_a_file_is_loaded(folder):
    assert catalogue.load("good", str(folder)).name == "good"


def test_an_unknown_name_has_nearest_ones(folder):
    with pytest.raises(UnknownEntry) as caught:
        catalogue.find("goood", str(folder))
    assert caught.value.nearest == ["good"]


def test_the_name_of_a_broken_file_leads_to_its_problem(folder):
    broken(folder, "x = 1")
    with pytest.raises(Problem, match="no @entry"):
        catalogue.find("broken", str(folder))


@pytest.mark.parametrize(("name", "expected"), [
    ("LSTM", ["lstm"]), ("lstn", ["lstm"]), ("softmax", ["softmax_cross_entropy"]), ("qqq", [])])
def test_nearest(name, expected):
    assert nearest(name, ["mlp", "lstm", "softmax_cross_entropy"]) == expected


def test_list_names_a_broken_file_and_lists_the_rest(folder, monkeypatch, capsys):
    broken(folder, "x = 1")
    monkeypatch.setattr(catalogue, "FOLDER", str(folder))
    assert main(["list"]) == 1
    shown = capsys.readouterr()
    assert "good" in shown.out and "early" in shown.out
    (line,) = shown.err.splitlines()
    assert "broken.py" in line


def test_show_of_a_broken_file_is_one_line(folder, monkeypatch, capsys):
    broken(folder, "x = 1")
    monkeypatch.setattr(catalogue, "FOLDER", str(folder))
    assert main(["broken"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "broken.py" in line


@pytest.mark.parametrize(("body", "error"), [("page.want(page.input('x'))", "ProgramError"), ("1 / 0", "ZeroDivision")])
def test_an_entry_that_cannot_be_derived_is_one_line(folder, monkeypatch, capsys, body, error):
    path = folder / "topic" / "good.py"
    text = path.read_text(encoding="utf-8").replace("    pass\n", f"    {body}\n")
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", str(folder))
    assert main(["good", "--no-numbers"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "good.py" in line and error in line
    monkeypatch.setenv("DERIVE_TRACEBACK", "1")
    with pytest.raises(UserError):
        main(["good", "--no-numbers"])


def test_every_entry_of_the_catalogue_has_a_readable_head():
    heads, problems = scan()
    assert not problems and {"lstm", "mlp", "softmax_cross_entropy", "batch_norm"} <= {h.name for h in heads}
    assert all(h.source and h.facts for h in heads)




def test_a_fact_belongs_to_one_entry():
    facts = [fact for head in catalogue.heads() for fact in head.facts]
    assert len(facts) == len(set(facts)), [f for f in set(facts) if facts.count(f) > 1]


def test_no_file_of_the_catalogue_is_long():
    for path in catalogue.files(catalogue.FOLDER):
        with open(path, encoding="utf-8") as file:
            assert len(file.readlines()) <= 250, path

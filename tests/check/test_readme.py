"""What README says about `derive check`, and the definition of the pre-commit hook, are what happens."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

import yaml

from cli.judging import Limits
from cli.main import main
from cli.parsers import check
from tests.check.conftest import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_page_of_the_readme(check, folder):
    (name, text), = re.findall(r"<!-- document: (\S+) -->\n````markdown\n(.*?)````", README, re.DOTALL)
    (folder / name).write_text(text, encoding="utf-8")
    (transcript,) = re.findall(r"\$ derive check notes\.md\n(.*?)```", README, re.DOTALL)
    status, out, _ = check(name)
    assert status == 1
    for line in filter(None, transcript.replace("…", "").splitlines()):
        assert line.rstrip() in out, line


def shown(line: str, out: str) -> bool:
    return line.replace("…", "").rstrip() in out


def test_the_catalogue_of_the_readme(check, folder):
    (name, text), = re.findall(r"<!-- used: (\S+) -->\n````markdown\n(.*?)````", README, re.DOTALL)
    (folder / name).write_text(text, encoding="utf-8")
    (transcript,) = re.findall(r"\$ derive check softmax\.md -v\n(.*?)```", README, re.DOTALL)
    status, out, _ = check(name, "-v")
    assert status == 1 and len(transcript.splitlines()) > 9
    assert not [line for line in transcript.splitlines() if not shown(line, out)]
    assert "仅为猜测" in check(name, "-v", "--lang", "zh")[1]


def test_the_code_of_the_readme(check, folder):
    (name, text), = re.findall(r"<!-- code: (\S+) -->\n````markdown\n(.*?)````", README, re.DOTALL)
    (folder / name).write_text(text, encoding="utf-8")
    (transcript,) = re.findall(r"\$ derive check layer\.md --run-code\n(.*?)```", README, re.DOTALL)
    status, out, _ = check(name, "--run-code")
    assert status == 1 and len(transcript.splitlines()) > 5
    assert not [line for line in transcript.splitlines() if not shown(line, out)]
    assert check(name)[0] == 0


def test_the_tests_of_the_readme(folder):
    (name, text), = re.findall(r"<!-- document: (\S+) -->\n````markdown\n(.*?)````", README, re.DOTALL)
    (folder / name).write_text(text, encoding="utf-8")
    (transcript,) = re.findall(r"\$ pytest (--derive .*?)```", README, re.DOTALL)
    command, *lines = transcript.splitlines()
    settings = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTEST_ADDOPTS": "-p no:cacheprovider"}
    run = subprocess.run([sys.executable, "-m", "pytest", *command.split()], cwd=folder, env=settings, timeout=300,
                         capture_output=True, encoding="utf-8")
    assert run.returncode == 1 and len(lines) > 3
    assert not [line for line in lines if not shown(line.split("   ")[0], run.stdout)], run.stdout


def test_the_answers_of_the_readme(capsys):
    for command, transcript in re.findall(r"^\$ derive (grade .*)\n((?:.+\n)+)", README, re.MULTILINE):
        status = main(shlex.split(command))
        out = capsys.readouterr().out
        lines = [line for line in transcript.splitlines() if line != "```"]
        assert status == ("refuted" in transcript) and len(lines) > 1
        assert not [line for line in lines if not shown(line, out)]


def test_every_option_of_the_readme_is_one():
    (table,) = re.findall(r"\| Option of `derive check FILE…` \|(.*?)\n\n", README, re.DOTALL)
    wanted = set(re.findall(r"--?[a-z]+(?:-[a-z]+)*", re.sub(r"\|---\|---\|", "", table)))
    known = {o for action in check()._actions for o in action.option_strings}
    assert wanted <= known and known - wanted == {"-h", "--help", "--verbose"}


def test_the_limits_of_the_readme():
    limits = Limits()
    assert (limits.statement, limits.document, limits.memory) == (20, 180, 1024)
    assert "with 20 s for a statement, 180 s for a page and 1 GiB for a process" in README


def test_help_mentions_it(capsys):
    for arguments in (["--help"], ["check", "--help"]):
        try:
            main(arguments)
        except SystemExit as left:
            assert left.code == 0
        assert "derive check" in capsys.readouterr().out


def test_the_hook_calls_the_command():
    (hook,) = yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert (hook["id"], hook["entry"], hook["language"]) == ("derive-check", "derive check", "python")
    wanted = re.compile(hook["files"])
    assert wanted.search("course/a.md") and not wanted.search("c.mdx")
    assert all(wanted.search(f"b.{ending}") for ending in ("markdown", "ipynb", "tex"))

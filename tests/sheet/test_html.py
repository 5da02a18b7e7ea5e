"""One file that loads nothing, in which every text is escaped."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser

import pytest

from cli.sheet import html

from .sheets import document_of, sheet_of

HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)>" onload="alert(1)'


class Tags(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag not in ("meta", "input", "link", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page():
    return html.render(sheet_of(document_of("lstm"), document_of("rnn"), steps="all", language="both", pictures=True))


def test_every_element_is_closed_and_every_id_is_there_once(page):
    tags = Tags(page)
    assert tags.open == []
    ids = [a["id"] for _, a in tags.found if "id" in a]
    assert len(ids) == len(set(ids))
    targets = {a["href"][1:] for tag, a in tags.found if tag == "a" and a["href"].startswith("#")}
    assert targets <= set(ids)


def test_every_formula_has_a_name_and_no_latex_is_left(page):
    tags = Tags(page)
    assert all(a.get("aria-label") for tag, a in tags.found if tag == "math")
    assert "\\frac" not in page and "\\left" not in page and "$$" not in page


def test_nothing_is_loaded_and_only_our_script_may_run(page):
    tags = Tags(page)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    (policy,) = [a["content"] for tag, a in tags.found if tag == "meta" and "http-equiv" in a]
    assert len(scripts) == 1 and f"'sha256-{digest}'" in policy and "default-src 'none'" in policy
    assert not any(a.get("src", "").startswith("http") or tag in ("link", "iframe") for tag, a in tags.found)


@pytest.mark.parametrize("place", ["title", "source", "fact", "convention", "assumption", "why", "counterexample",
                                   "use", "sheet"])
def test_no_text_becomes_markup(place):
    found = document_of("rnn")
    hostile = {"en": HOSTILE, "zh": HOSTILE}
    if place == "title":
        found["title"] = hostile
    elif place == "fact":
        next(iter(found["facts"].values())).update(hostile)
    elif place == "convention":
        found["conventions"] = [hostile]
    elif place == "assumption":
        found["assumptions"] = [HOSTILE]
    elif place == "why":
        for m in found["mistakes"]:
            m["why"] = hostile
    elif place == "counterexample":
        for m in found["mistakes"]:
            m["counterexample"]["inputs"] = {HOSTILE: HOSTILE}
    elif place == "use":
        found["derivatives"][0]["steps"][0]["uses"] = [[HOSTILE, "", "", ""]]
    elif place == "source":
        found["source"] = HOSTILE
    made = sheet_of(found, steps="all")
    made.title = hostile if place == "sheet" else made.title
    text = html.render(made)
    packed = re.search(r'id="packed">([^<]*)<', text)
    text += "".join(json.loads(zlib.decompress(base64.b64decode(packed[1]))))
    text = text.replace(packed[1], "")
    tags = Tags(text)
    assert tags.open == [] and sum(tag == "script" for tag, _ in tags.found) == 2
    assert not any(tag == "img" or any(key.startswith("on") for key in a) for tag, a in tags.found)
    assert "&lt;script&gt;" in text


def test_a_picture_stands_once_and_is_referred_to_after_that():
    page = html.render(sheet_of(document_of("vanishing_exploding"), document_of("rnn"), pictures=True))
    assert page.count("<figure><svg role") == 1 and '<a href="#vanishing_exploding">Norm of' in page


def test_the_graphs_of_many_entries_are_folded(monkeypatch):
    made = sheet_of(document_of("lstm"), document_of("rnn"), pictures=True)
    assert html.render(made).count('<svg class="graph"') == 2
    monkeypatch.setattr(html, "MANY", 1)
    assert '<svg class="graph"' not in html.render(made)

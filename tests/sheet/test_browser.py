"""Sheets in headless Chromium: search, folded derivations, no overflow, no request, nothing on the console, accessible.

Needs the extra `browser` and Debian's chromium; skips with the reason where either is absent.
"""

from __future__ import annotations

import pytest

from cli.sheet import html
from cli.sheet.site import site

from . import looked_at
from .looked_at import ARGUMENTS, CHROMIUM, WINDOWS
from .sheets import DAY, document_of, sheet_of

playwright = pytest.importorskip("playwright.sync_api",
                                 reason="playwright is not installed: pip install 'derive[browser]'")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")
FONT = """document.fonts.check('16px "Sheet Math"', '∑')"""
AXE = "axe-core-python is not installed: pip install 'derive[browser]'"
NAMES = ("softmax_cross_entropy", "rnn", "activations")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    made = sheet_of(*map(document_of, NAMES), language="both", steps="all", pictures=True)
    made.title = {"en": '<script>document.title = "run"</script>', "zh": "x"}
    path = tmp_path_factory.mktemp("sheet") / "sheet.html"
    path.write_text(html.render(made), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("site")
    topics = {"softmax_cross_entropy": "classification", "rnn": "recurrent", "activations": "activation"}
    for name, content in site([document_of(name) for name in NAMES], topics, DAY):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_bytes(content)
    return place


@pytest.fixture
def opened(browser):
    """Opens a file, and at the end finds no message, no error and no request to anywhere else."""
    told: list[str] = []
    pages = []

    def open_(*arguments, **options):
        pages.append(looked_at.opened(browser, arguments[0], told, *arguments[1:], **options))
        return pages[-1]

    yield open_
    for page in pages:
        page.context.close()
    assert told == []


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_nothing_is_wider_than_the_page_and_no_formula_than_its_card(opened, file, width, scheme):
    page = opened(file, width, scheme)
    looked_at.unfold(page)
    assert page.locator(".formula").count() > 100
    assert looked_at.too_wide(page) == 0 and looked_at.scrolling(page) == []


def test_a_formula_that_cannot_be_broken_is_reached_with_the_keyboard(opened, file):
    page = opened(file, 390)
    page.evaluate("document.querySelector('.formula math').style.minWidth = '900px'")
    page.set_viewport_size({"width": 391, "height": 900})
    page.wait_for_timeout(100)
    (found,) = looked_at.scrolling(page)
    assert found[1] == 0 and looked_at.too_wide(page) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_formulas_stand_out_from_what_is_behind_them(opened, file, scheme):
    page = opened(file, scheme=scheme)
    looked_at.unfold(page)
    assert looked_at.faint(page) == []
    page.add_style_tag(content="math { color: var(--line) !important }")
    assert looked_at.faint(page)


def test_contrast_is_that_of_the_guidelines():
    assert round(looked_at.contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)"), 2) == 21
    assert round(looked_at.contrast("rgb(255, 255, 255)", "rgb(119, 119, 119)"), 2) == 4.48


def test_brackets_stretch_with_what_they_hold(opened, file):
    """With a math font a bracket beside a fraction is taller than one beside a letter."""
    heights = opened(file).evaluate("""[...document.querySelectorAll('article mo')].filter(
        o => o.textContent === '(').map(o => o.getBoundingClientRect().height).filter(h => h > 0)""")
    assert max(heights) > 1.6 * min(heights)
    assert opened(file).evaluate(FONT)


def test_the_search_finds_formulas_titles_and_chinese_words(opened, file):
    page = opened(file)
    visible = "[...document.querySelectorAll('.row')].filter(r => r.offsetParent !== null).length"
    every = page.evaluate(visible)
    for words, at_least in (("softmax_cross_entropy", 1), ("σ(x)", 1), ("循环", 1), ("bptt-jacobian-product", 1)):
        page.fill("#q", words)
        assert at_least <= page.evaluate(visible) < every, words
        assert page.inner_text("#n").split()[0].isdigit()
    page.fill("#q", "nothing has this name")
    assert page.evaluate(visible) == 0 and page.inner_text("#n")
    page.fill("#q", "")
    assert page.evaluate(visible) == every


def test_derivations_unfold(opened, file):
    page = opened(file)
    assert page.locator("ol.steps").count() == 0
    page.locator(".row details summary").first.click()
    page.wait_for_selector("ol.steps li .formula math")
    page.locator(".row details summary").first.click()
    assert not page.locator("ol.steps").first.is_visible()
    page.locator(".row details summary").first.click()
    assert page.locator("ol.steps").first.is_visible()


def test_no_script_of_a_title_runs(opened, file):
    page = opened(file)
    assert page.title() == "<script>document.title = \"run\"</script> / x"
    assert page.evaluate("document.scripts.length") == 2    # ours, and the packed derivations


def test_every_formula_has_a_name_in_the_accessibility_tree(opened, file):
    formulas, without = looked_at.nameless(opened(file))
    assert formulas > 50 and without == 0


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_axe_finds_nothing_on_a_sheet(opened, file, width, scheme):
    pytest.importorskip("axe_core_python", reason=AXE)
    assert looked_at.violations(opened(file, width, scheme, bypass_csp=True)) == []


@pytest.mark.parametrize(("width", "scheme"), WINDOWS[:2])
@pytest.mark.parametrize("name", ["index.html", "en/rnn.html", "zh/rnn.html"])
def test_axe_finds_nothing_on_the_site(opened, folder, name, width, scheme):
    pytest.importorskip("axe_core_python", reason=AXE)
    page = opened(folder / name, width, scheme, bypass_csp=True)
    assert looked_at.too_wide(page) == 0 and looked_at.violations(page) == []


def test_axe_would_find_what_is_wrong(opened, file):
    pytest.importorskip("axe_core_python", reason=AXE)
    page = opened(file, bypass_csp=True)
    page.evaluate("document.querySelector('label').remove()")
    page.evaluate("document.querySelector('.source').style.color = document.querySelector('.row').style.color = '#ccc'")
    assert {"label", "color-contrast"} <= {rule for rule, _ in looked_at.violations(page)}


def test_the_index_searches_in_both_languages_and_leads_to_the_pages(opened, folder):
    page = opened(folder / "index.html")
    visible = "[...document.querySelectorAll('.row')].filter(r => r.offsetParent !== null).map(r => r.id)"
    for words in ("recurrent", "循环", "bptt-jacobian-product"):
        page.fill("#q", words)
        assert page.evaluate(visible) == ["rnn"], words
    page.locator("#rnn a[lang=zh]").click()
    assert page.evaluate("document.documentElement.lang") == "zh"
    assert page.evaluate(FONT)
    page.locator("header nav a[lang=en]").click()
    assert page.evaluate("document.documentElement.lang") == "en" and page.locator("math").count() > 10

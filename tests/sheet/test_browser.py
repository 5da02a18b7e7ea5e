"""Sheets in headless Chromium: search, folded derivations, no overflow, no request, nothing on the console, accessible.

Needs the extra `browser` and Debian's chromium; skips with the reason where either is absent.
"""

from __future__ import annotations

import shutil

import pytest

from cli.sheet import html
from cli.sheet.site import site

from .sheets import DAY, document_of, sheet_of

playwright = pytest.importorskip("playwright.sync_api",
                                 reason="playwright is not installed: pip install 'derive[browser]'")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]
WINDOWS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
FONT = """document.fonts.check('16px "Sheet Math"', '∑')"""
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
    contexts = []

    def open_(path, width=1280, scheme="light", **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda request: told.append(request.url) if not request.url.startswith(("file:", "data:"))
                else None)
        page.goto(path.as_uri())
        page.wait_for_function("document.fonts.status === 'loaded'")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert told == []


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_nothing_overflows_the_page_and_long_formulas_can_be_reached(opened, file, width, scheme):
    page = opened(file, width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.wait_for_function("!document.querySelector('details[data-packed]')")
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = page.evaluate("""[...document.querySelectorAll('.formula')].filter(
        box => box.scrollWidth > box.clientWidth + 1).map(box => box.tabIndex)""")
    every = page.evaluate("document.querySelectorAll('.formula').length")
    assert set(wide) <= {0} and len(wide) * 100 <= every


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
    page = opened(file)
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    formulas = [n for n in nodes if n.get("role", {}).get("value") in ("math", "MathMLMath")]
    assert len(formulas) > 50 and all(n.get("name", {}).get("value") for n in formulas)


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_axe_finds_nothing_on_a_sheet(opened, file, width, scheme):
    assert violations(opened(file, width, scheme, bypass_csp=True)) == []


@pytest.mark.parametrize(("width", "scheme"), [WINDOWS[0], WINDOWS[3]])
@pytest.mark.parametrize("name", ["index.html", "en/rnn.html", "zh/rnn.html"])
def test_axe_finds_nothing_on_the_site(opened, folder, name, width, scheme):
    page = opened(folder / name, width, scheme, bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def violations(page):
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe-core-python is not installed")
    found = axe.Axe().run(page, context={"exclude": [["math > *"]]})    # thousands, and no rule is about them
    return [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]]


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

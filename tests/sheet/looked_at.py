"""What a browser tells about a page of ours, and all of it for a sheet or a site of any size.

`python -m tests.sheet.looked_at FILE|FOLDER…` opens each page in the four windows by turns (a single file in all of
them), unfolds what is folded, and prints what is wrong and how long it took; the exit status is 1 where anything is.
To axe a sheet is shown folded: the derivations are the same markup as on a site, whose pages are small enough for it.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlparse

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]
WINDOWS = [(1280, "light"), (390, "dark"), (1280, "dark"), (390, "light")]
ENOUGH = 4.5                # contrast of text with what is behind it: WCAG 2.1, 1.4.3
WIDER = """[...document.querySelectorAll('.formula')].filter(f => f.scrollWidth > f.clientWidth + 1).map(
    f => [f.firstChild.getAttribute('aria-label'), f.tabIndex])"""
# Every pair of a colour and the first colour behind it, of formulas and of the text of graphs.
COLOURS = """[...new Set([...document.querySelectorAll('math, svg.graph text')].map(element => {
    const style = getComputedStyle(element);
    const box = element.tagName === 'text' && element.parentNode.querySelector('rect');
    let behind = box ? getComputedStyle(box).fill : 'rgba(0, 0, 0, 0)';
    for (let e = element; behind === 'rgba(0, 0, 0, 0)'; e = e.parentElement)
        behind = getComputedStyle(e).backgroundColor;
    return (box ? style.fill : style.color) + '|' + behind;
}))]"""
# A formula is one thing with one name; what it is made of, tens of thousands of elements, says nothing to axe. It is
# taken out of the formula, which stays as large as it was.
EMPTIED = """{
    const all = [...document.querySelectorAll('math')].map(m => [m, m.getBoundingClientRect()]);
    for (const [m, {width, height}] of all) {
        m.replaceChildren();
        m.style.cssText = `display: inline-block; width: ${width}px; height: ${height}px`;
    }
}"""


def opened(browser: Any, path: Path, told: list[str], width: int = 1280, scheme: str = "light", **options: Any) -> Any:
    """A page with its fonts. What it says on the console, its errors and its requests to anywhere else go to `told`."""
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options).new_page()
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else told.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.set_default_timeout(300_000)
    return page


def unfold(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.wait_for_function("!document.querySelector('details[data-packed]')")
    page.wait_for_timeout(300)


def too_wide(page: Any) -> int:
    """By how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def scrolling(page: Any) -> list[tuple[str, int]]:
    """The formulas that are wider than their card, and whether the keyboard reaches them (0: yes)."""
    return [(label, reached) for label, reached in page.evaluate(WIDER)]


def nameless(page: Any) -> tuple[int, int]:
    """How many formulas the accessibility tree has, and how many of them without a name."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    formulas = [n for n in nodes if n.get("role", {}).get("value") in ("math", "MathMLMath")]
    return len(formulas), sum(not n.get("name", {}).get("value") for n in formulas)


def faint(page: Any) -> list[str]:
    """The colours of formulas, with what is behind them, that are too much alike."""
    return [pair for pair in page.evaluate(COLOURS) if contrast(*pair.split("|")) < ENOUGH]


def contrast(ink: str, behind: str) -> float:
    """Between two colours `rgb(r, g, b)`: WCAG 2.1, relative luminance."""
    light, dark = sorted((_luminance(ink), _luminance(behind)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def violations(page: Any) -> list[tuple[str, str]]:
    """What axe finds, on a page that has no formulas after that."""
    from axe_core_python.sync_playwright import Axe

    if page.locator("details[data-packed]").count() == 0:
        unfold(page)
    page.evaluate(EMPTIED)
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    return [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]]


def problems(page: Any) -> list[str]:
    """What is too wide or too faint, unfolded, in a narrow and in a wide window."""
    found = []
    unfold(page)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(100)
        found += [f"{width} px: {too_wide(page)} px too wide"] if too_wide(page) > 0 else []
        found += [f"{width} px: scrolls: {label[:80]}" for label, _ in scrolling(page)]
    return found + [f"faint: {pair}" for pair in faint(page)]


def dead(links: dict[Path, list[str]], ids: dict[Path, set[str]]) -> list[str]:
    """The links that lead nowhere: to no file, or to no element of a page that was opened."""
    found = []
    for page, urls in links.items():
        for url in urls:
            address, fragment = urldefrag(url)
            target = Path(unquote(urlparse(address).path))
            if not target.is_file() or fragment and unquote(fragment) not in ids.get(target, {fragment}):
                found.append(f"{page}: {url}")
    return found


def main(names: list[str]) -> int:
    from playwright.sync_api import sync_playwright

    found: list[str] = []
    links: dict[Path, list[str]] = {}
    ids: dict[Path, set[str]] = {}
    named: set[Path] = set()
    paths = [p.resolve() for p in map(Path, names) for p in (sorted(p.rglob("*.html")) if p.is_dir() else [p])]
    start = time.perf_counter()
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for k, path in enumerate(paths):
            for width, scheme in WINDOWS if len(paths) == 1 else [WINDOWS[k % len(WINDOWS)]]:
                told: list[str] = []
                page = opened(browser, path, told, width, scheme, bypass_csp=True)
                links[path] = page.evaluate("[...document.links].map(a => a.href)")
                ids[path] = set(page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"))
                # the names are the same in every window, and the tree is large
                formulas, without = nameless(page) if path not in named else (0, 0)
                named.add(path)
                wrong = [f"{without} of {formulas} formulas have no name"] if without else []
                wrong += [f"axe: {rule}: {html}" for rule, html in violations(page)]
                page.reload()
                wrong += problems(page) + [f"told: {text}" for text in told]
                page.context.close()
                print("".join(f"{path.name} ({width} px, {scheme}): {text}\n" for text in wrong), end="", flush=True)
                found += wrong
    found += (lost := dead(links, ids))
    print("\n".join([*(f"dead: {text}" for text in lost),
                     f"{len(paths)} pages, {sum(map(len, links.values()))} links, {len(found)} problems, "
                     f"{time.perf_counter() - start:.0f} s"]))
    return 1 if found or not paths else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

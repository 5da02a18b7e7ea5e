"""An HTML file that needs nothing else: style, script and font are in it, and it may load nothing.

A policy in the file forbids every script but its own, and every request.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zlib
from html import escape

HERE = os.path.dirname(os.path.abspath(__file__))
FONT = os.path.join("fonts", "STIXTwoMath-subset.woff2")


def pack(folded: list[str] | None) -> str:
    """Pieces of HTML, compressed, where the script finds them; nothing where there are none."""
    if not folded:
        return ""
    data = zlib.compress(json.dumps(folded, ensure_ascii=False).encode(), 9)
    return f'<script type="application/octet-stream" id="packed">{base64.b64encode(data).decode()}</script>'


def document(title: str, language: str, body: str) -> str:
    """A complete document around a body."""
    script, style = asset("sheet.js"), font_face() + asset("sheet.css")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (f"default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; "
              f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'")
    return (f'<!doctype html>\n<html lang="{"zh" if language == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{body}\n"
            f"<script>{script}</script>\n</body>\n</html>\n")


def asset(name: str) -> str:
    with open(os.path.join(HERE, "assets", name), encoding="utf-8") as file:
        return file.read()


def font_face() -> str:
    with open(os.path.join(HERE, FONT), "rb") as file:
        data = base64.b64encode(file.read()).decode()
    return f'@font-face {{ font-family: "Sheet Math"; src: url(data:font/woff2;base64,{data}) format("woff2"); }}\n'

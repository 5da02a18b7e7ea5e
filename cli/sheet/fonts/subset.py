"""Makes the fonts of this folder from the whole ones: `python -m cli.sheet.fonts.subset MATH.woff2 CHINESE.otf`.

The math font keeps what our printers use, with its table of stretched brackets; the Chinese one the 3,755 characters of
the first level of GB 2312 and whatever else the project's own texts use. Both are under the SIL Open Font License 1.1
(LICENSE.txt beside this file): STIX Two Math 2.12 (npm: @fontsource/stix-two-math 5.3.0) and Noto Serif CJK SC 1.001
(PyPI: mplfonts 0.0.11). Needs fonttools and brotli.
"""

from __future__ import annotations

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
MATH, CHINESE = "STIXTwoMath-subset.woff2", "NotoSerifSC-subset.otf"
_ITALIC = [*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C), 0x210E]
_SIGNS = [*range(0x2010, 0x2028), *range(0x2032, 0x2035), 0x2057, 0x2061, 0x2062, *range(0x2070, 0x208F), 0x2113,
          0x211D, *range(0x2190, 0x2195), *range(0x2200, 0x2300), 0x1D538, 0x1D53C, 0x1D7CE, 0x1D7CF, 0x2A7D, 0x2A7E,
          0x27E8, 0x27E9, *range(0x300, 0x305), 0x307, 0x2C6, 0x2D9, 0x2DC, 0x3D1, 0x3D5, 0x3F5]
_GREEK = [*range(0x391, 0x3AA), *range(0x3B1, 0x3CA)]


def math_characters() -> set[str]:
    return set(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100), *_GREEK, *_SIGNS, *_ITALIC]))


def used_characters() -> set[str]:
    """The Chinese characters and marks in the project's own texts."""
    found: set[str] = set()
    for room in ("derive", "cli"):
        for folder, _, files in os.walk(os.path.join(PROJECT, room)):
            for name in (f for f in files if f.endswith(".py")):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    found |= {c for c in file.read() if is_chinese(c)}
    return found


def is_chinese(character: str) -> bool:
    """An ideograph, or a mark that stands among ideographs."""
    return "\u2e80" <= character <= "\uffef"


def common_characters() -> set[str]:
    """Level 1 of GB 2312."""
    codes = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    return {c for code in codes for c in code.decode("gb2312", "ignore")}


def make(source: str, target: str, characters: set[str], flavor: str | None, features: list[str],
         drop: tuple[str, ...] = ()) -> None:
    from fontTools import subset

    options = subset.Options()
    options.flavor, options.layout_features, options.hinting = flavor, features, False
    options.drop_tables += list(drop)
    font = subset.load_font(source, options)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=map(ord, characters))
    chosen.subset(font)
    subset.save_font(font, os.path.join(HERE, target), options)


if __name__ == "__main__":
    make(sys.argv[1], MATH, math_characters(), "woff2", ["ssty", "math", "dtls", "flac"])
    make(sys.argv[2], CHINESE, common_characters() | used_characters() | set("“”‘’…—·「」【】％＋－＝～"), None, [],
         ("vhea", "vmtx", "VORG", "BASE"))

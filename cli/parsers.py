"""What each command of `derive` takes. Only the parser of the command that is run is made."""

from __future__ import annotations

import argparse
import sys

from cli import terminal
from cli.errors import UserError
from cli.versions import VERSION

DEVICES = ("cpu", "cuda", "auto")
DTYPES = ("float64", "float32", "bfloat16")
_EPILOG = """\
other commands:
  derive list [--json]         every entry and its facts
  derive search WORD ...       entries and facts by name and title, in English or Chinese
  derive verify [NAME ...]     check entries afresh against torch and JAX
  derive check FILE ...        which equations of a course page hold, which do not, and why
  derive grade ANSWER --for lstm.W_f   whether one formula is right
  derive sheet NAME ... -o FILE   a formula sheet with verdicts: PDF, HTML, Markdown, LaTeX, notebook
  derive site -o FOLDER        the whole catalogue as a static site

exit status: 0 fine, 1 something failed its check, 2 bad input (one line on stderr)
"""


class Parser(argparse.ArgumentParser):
    """Bad arguments are one line, like every other bad input."""

    def error(self, message: str):
        raise UserError(f"{message}; see {self.prog} --help")


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal; argparse would import shutil to find that out, even where no help is printed."""

    def __init__(self, prog: str):
        super().__init__(prog, width=min(terminal.width(sys.stdout), 100) - 2)


def _parser(prog: str, description: str, epilog: str | None = None, languages: tuple[str, ...] = ("en", "zh")
            ) -> Parser:
    parser = Parser(prog, description=description, epilog=epilog, allow_abbrev=False,
                    formatter_class=Formatter)
    parser.add_argument("--lang", choices=languages, default="en", help="language of the words (default: en)")
    return parser


def _numeric_options(parser: Parser) -> None:
    parser.add_argument("--device", choices=DEVICES, default="cpu",
                        help="where the numbers are computed; auto takes what is there (default: cpu)")
    parser.add_argument("--dtype", choices=DTYPES, default="float64",
                        help="what the derived formulas are computed in (default: float64)")


def show() -> Parser:
    parser = _parser("derive", "Derive the gradients of a formula, with every step checked.", _EPILOG)
    parser.add_argument("name", metavar="NAME|FILE", help="an entry of the catalogue, such as lstm (see derive list), "
                        "one of its facts, a section such as 2.2, a topic such as attention, or a Markdown file of "
                        "definitions")
    parser.add_argument("--show", action="store_true", help="print the forward pass and every step")
    parser.add_argument("--only", metavar="GRADIENT", help="one gradient: W_f, ∂W_f, delta_f")
    parser.add_argument("--notation", choices=("matrix", "index"), default="matrix",
                        help="matrix notation where there is one (default), or index notation everywhere")
    parser.add_argument("--format", choices=("text", "markdown", "latex", "json"), default="text", help="default: text")
    parser.add_argument("--emit", choices=("numpy", "torch", "jax"), metavar="LIBRARY",
                        help="print forward and proved backward as code for numpy, torch or jax; it is run first")
    parser.add_argument("--batch", action="store_true",
                        help="with --emit: one more axis, first, on all inputs that examples do not share")
    _numeric_options(parser)
    parser.add_argument("--no-numbers", action="store_true", help="leave out the comparison with torch and JAX")
    parser.add_argument("--no-cache", action="store_true", help="neither read nor write the cache")
    parser.add_argument("--version", action="version", version=f"derive {VERSION}")
    return parser


def list() -> Parser:
    parser = _parser("derive list", "List the catalogue.")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--summary", action="store_true", help="how many facts have which verdict, by section and kind")
    return parser


def search() -> Parser:
    parser = _parser("derive search", "Find entries and facts by their names and titles, in English or Chinese.")
    parser.add_argument("words", metavar="WORD", nargs="+", help="all of them must occur")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def verify() -> Parser:
    from cli import selection

    parser = _parser("derive verify", "Check entries afresh: proofs, and numbers against torch and JAX.")
    parser.add_argument("names", metavar="NAME", nargs="*", help="entries, facts, sections or topics; "
                        "all entries where none is named")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--backend", choices=("torch", "jax", "all"), default="all", help="default: all")
    parser.add_argument("--mutants", action="store_true", help="damage every claim, step and definition instead, and "
                        "fail where nothing notices")
    for option, known, why in (("device", DEVICES, "where the numbers are computed"),
                               ("dtype", DTYPES, "what the derived formulas are computed in")):
        parser.add_argument(f"--{option}", action="extend", type=selection.one_of(*known), metavar=option.upper(),
                            help=f"{why}: {', '.join(known)}; several with commas (default: {known[0]})")
    parser.add_argument("--seed", type=selection.whole(0, selection.LARGEST_SEED), metavar="N",
                        help="the seed of the inputs, or the first of them (default: the seeds 0 and 1)")
    parser.add_argument("--seeds", type=selection.whole(1, selection.MOST_SEEDS), metavar="COUNT",
                        help="as many seeds, counted from --seed or 0")
    parser.add_argument("--sizes", type=selection.sizes, metavar="m=3,n=4",
                        help="sizes in place of the entry's own; widths of layers as n=4:5:3")
    parser.add_argument("--only-changed", action="store_true", help="take from the cache what passed, where neither "
                        "the entry nor the engine nor the libraries have changed since")
    parser.add_argument("--jobs", type=selection.jobs, metavar="N", help="run in N processes; auto is one for each "
                        "core (default: in this process)")
    parser.add_argument("--executor", metavar="dask://HOST:PORT", help="run on a Dask cluster")
    return parser


def check() -> Parser:
    parser = _parser("derive check", "Check the equations of documents: which hold, which do not, and why.")
    parser.add_argument("files", metavar="FILE", nargs="+", help="Markdown, text, notebooks, LaTeX, or folders of them")
    parser.add_argument("--format", choices=("text", "concise", "json", "github", "sarif"), help="default: text")
    parser.add_argument("--json", action="store_true", help="one JSON object; the same as --format json")
    parser.add_argument("--junit", metavar="FILE", help="write JUnit XML to this file as well")
    parser.add_argument("--run-code", action="store_true", help="EXECUTE the documents' Python code, and hold it "
                        "against the formulas that <!-- derive: code f(x) is z --> ties it to; each document in a "
                        "process of its own with 30 s, 4 GiB, an empty folder, and no network where the system can "
                        "do that. This is no sandbox: documents that may be hostile belong into a container")
    parser.add_argument("--strict", action="store_true", help="fail for what is undecided or cannot be read, too")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line for what holds, too")
    parser.add_argument("--watch", action="store_true", help="check again whenever a file changes")
    parser.add_argument("--no-cache", action="store_true", help="neither read nor write the cache")
    return parser


def grade() -> Parser:
    parser = _parser("derive grade", "Check one formula that a student typed: Unicode or LaTeX.")
    parser.add_argument("answer", metavar="ANSWER", help="the right side, or the whole equation")
    parser.add_argument("--for", dest="wanted", metavar="ENTRY.NAME", required=True, help="what it is an answer for: a "
                        "gradient or a definition of an entry (lstm.W_f, lstm.delta_f, lstm.c), or a fact about one of "
                        "them")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def sheet() -> Parser:
    parser = _parser("derive sheet", "Write a formula sheet on which every formula carries its verdict.",
                     languages=("en", "zh", "both"))
    parser.add_argument("names", metavar="NAME", nargs="*", help="entries, facts, sections or topics")
    parser.add_argument("--all", action="store_true", help="the whole catalogue")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to; its ending chooses the format: .pdf, .html, "
                        ".md, .tex, .ipynb, .typ")
    parser.add_argument("--format", choices=("pdf", "html", "md", "tex", "ipynb", "typ"), help="the format, where no "
                        "ending tells it; without -o the sheet goes to stdout")
    parser.add_argument("--steps", choices=("none", "key", "all"), help="how much of the derivations: none of it, the "
                        "steps that use a rule of calculus or of probability, or all (default: all for html, where "
                        "they are folded up, else none)")
    parser.add_argument("--only-verified", action="store_true", help="leave out what is not shown")
    parser.add_argument("--pictures", action="store_true", help="with pictures, in html, pdf and typ: curves, and the "
                        "graphs of the computations; needs matplotlib (extra plot)")
    parser.add_argument("--title", help="the title of the sheet")
    parser.add_argument("--paper", choices=("a4", "letter"), default="a4", help="for pdf, typ and tex (default: a4)")
    parser.add_argument("--columns", type=int, choices=(1, 2), default=1, help="for pdf, typ and tex (default: 1)")
    parser.add_argument("--json", action="store_true", help="say what was written as one JSON object")
    parser.add_argument("--no-cache", action="store_true", help="neither read nor write the cache")
    return parser


def site() -> Parser:
    parser = _parser("derive site", "Write the whole catalogue as a static site, in English and Chinese.")
    parser.add_argument("-o", "--output", metavar="FOLDER", required=True, help="a new or empty folder, or one that "
                        "this command wrote")
    parser.add_argument("--json", action="store_true", help="say what was written as one JSON object")
    parser.add_argument("--no-cache", action="store_true", help="neither read nor write the cache")
    return parser

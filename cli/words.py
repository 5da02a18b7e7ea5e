"""`derive.notation.words` and `derive.notation.reasons` without the rest of `derive.notation`, whose import takes
longer than a cached page."""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from derive.notation.reasons import reason
    from derive.notation.words import RULES, heading, phrase, rule, verdict, way
else:
    import derive

    _loaded = {}

    def _module(name):
        """The module `derive.notation.<name>`, alone, and executed once."""
        if name not in _loaded:
            _loaded[name] = _found(f"derive.notation.{name}", name)
        return _loaded[name]

    def _found(whole, name):
        if whole in sys.modules:
            return sys.modules[whole]
        path = os.path.join(os.path.dirname(derive.__file__), "notation", f"{name}.py")
        loader = SourceFileLoader(whole, path)
        module = type(sys)(whole)
        module.__spec__, module.__file__ = ModuleSpec(whole, loader, origin=path), path
        loader.exec_module(module)
        return module

    _words = _module("words")
    RULES, heading, phrase = _words.RULES, _words.heading, _words.phrase
    rule, verdict, way = _words.rule, _words.verdict, _words.way

    def reason(text, language):
        """A reason in this language; the rows are read for Chinese only."""
        return _module("reasons").reason(text, language) if language == "zh" else text

__all__ = ["RULES", "heading", "phrase", "reason", "rule", "verdict", "way"]

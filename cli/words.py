"""`derive.notation.words` without the rest of `derive.notation`, whose import takes longer than a cached page."""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from derive.notation.words import RULES, heading, phrase, rule, verdict, way
else:
    import derive

    _NAME = "derive.notation.words"
    if _NAME not in sys.modules:
        _path = os.path.join(os.path.dirname(derive.__file__), "notation", "words.py")
        _loader = SourceFileLoader(_NAME, _path)
        _module = type(sys)(_NAME)
        _module.__spec__, _module.__file__ = ModuleSpec(_NAME, _loader, origin=_path), _path
        _loader.exec_module(_module)
    else:
        _module = sys.modules[_NAME]
    RULES, heading, phrase = _module.RULES, _module.heading, _module.phrase
    rule, verdict, way = _module.rule, _module.verdict, _module.way

__all__ = ["RULES", "heading", "phrase", "rule", "verdict", "way"]

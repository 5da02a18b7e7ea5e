"""`derive.notation.words` without the rest of `derive.notation`, whose import takes longer than a cached page."""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from derive.notation.words import RULES, heading, phrase, rule, verdict
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
    RULES, heading, phrase, rule, verdict = (getattr(_module, name) for name in
                                             ("RULES", "heading", "phrase", "rule", "verdict"))

__all__ = ["RULES", "heading", "phrase", "rule", "verdict"]

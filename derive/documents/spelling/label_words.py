"""Which words below a name are labels, though each of their letters may be an index: min in x_min, ln in P_ln."""

from __future__ import annotations

USUAL = frozenset("ijklmnpqrstuvτ")         # letters that may be indices where only a left side binds them
LABELS = frozenset("min init in int lim sim unit lin str rnn lstm mlp nll rms llm sum num skip input null ln kv qkv "
                   "std".split())


def is_label_word(word: str) -> bool:
    """Whether a word of several letters is a label, for it is known as one, or has a letter that is no usual index."""
    return len(word) > 1 and (word in LABELS or not USUAL.issuperset(word))

"""Code out: a program and its proved gradients as a module for NumPy, torch or JAX."""

from derive.emission.batch import batched
from derive.emission.code import EmissionError
from derive.emission.module import Emitted, emit

__all__ = ["Emitted", "EmissionError", "batched", "emit"]

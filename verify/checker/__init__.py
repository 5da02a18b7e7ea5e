"""A checker for backward passes that somebody wrote by hand, in NumPy, torch or JAX."""

from verify.checker.check import assert_gradient, check
from verify.checker.declarations import Declared, array
from verify.checker.report import Finding, Report

__all__ = ["Declared", "Finding", "Report", "array", "assert_gradient", "check"]

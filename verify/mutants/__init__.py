"""Whether the checks would notice: every line is damaged in the ways in which people get formulas wrong."""

from verify.mutants.judge import Mutants, Survivor, mutants

__all__ = ["Mutants", "Survivor", "mutants"]

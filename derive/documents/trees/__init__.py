"""Formulas as trees of marks, and what of them can be rewritten before it is known what their names are."""

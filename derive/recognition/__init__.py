"""Formulas compared by their looks: what a page writes, held against the catalogue up to the names.

    forms       a formula without its names, in an order that does not depend on them
    layouts     from the catalogue's formulas to forms
    trees       from a page's formulas to forms
    matching    whether two forms are one up to the names, or up to one small difference
    table       the forms of the whole catalogue, kept beside it

Nothing here is a proof: what looks alike is a guess.
"""

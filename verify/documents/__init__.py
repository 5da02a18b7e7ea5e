"""Course pages judged: every statement with its verdict.

`judge` goes through a page, and `readings` finds the verdict on a claim: `slices` are the definitions with which it may
be read, `conventions` the ways in which its marks may be meant, an attempt (`attempts`) is one such reading, and what
comes of it is an outcome (`outcome`). A refutation is held against the rules of `fairness` before it counts.
`otherwise` and `meant_apart` are readings that come last, before a claim is left open or refuted; `left_unsaid` tells
what is read, and says too little. `second_look`, `shape_errors`, `given_numbers`, `told_properties` and `existing` say
what else a verdict may rest on;
`recognition` says which entry of the catalogue a formula looks like, and `code` and `tied` judge the code of a page.
"""

"""When an input refutes a claim, and when it only shows that something of the document was not taken into account.

`unfair` holds a refutation (`refutation`) against rules. A rule is a function with `@rule`: it says in words why a
refutation is none, or nothing. They stand by what they look at: `read_with`, `no_claim`, `unread`, `stationary`,
`free_inputs` and `left_open`; what a name may mean has rules of its own, `free_names`.
"""

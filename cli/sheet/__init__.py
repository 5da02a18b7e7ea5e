"""Formula sheets and the site: what the documents say, laid out for people.

    command         `derive sheet`: which entries, which format, where to
    site            `derive site`: a page for each entry
    documents       the entries' documents, from the cache or made now
    contents        documents -> what a sheet says, in no format: sections, entries, rows with verdict and evidence
    evidence        what the verdict of a row rests on
    words           what only sheets say, in English and Chinese
    html typst_source pdf markdown latex notebook      what a sheet says, in one format each
    fonts           the fonts that PDF and HTML embed

Nothing here derives or judges: a sheet shows the verdicts that the documents have, and marks what has none.
"""

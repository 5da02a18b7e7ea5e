"""Where formulas stand in a document: Markdown, notebooks and LaTeX as one text with places."""

"""Functions that a document defines or assumes, put in where its formulas call them."""

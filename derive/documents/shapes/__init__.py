"""The axes of every name: families, ranks, and lengths that equations tell."""

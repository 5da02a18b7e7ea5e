"""What the lines of a place say, as statements, before any formula in them is read."""

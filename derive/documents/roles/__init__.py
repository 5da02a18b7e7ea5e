"""What equations do: which define a name or name a derivative, and names for what is inverted or stacked in them."""

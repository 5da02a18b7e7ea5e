"""From statements to an entry: the forward computation, what is derived, and what is claimed."""

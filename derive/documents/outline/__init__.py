"""What each statement does among the others, and with which of them it is read."""

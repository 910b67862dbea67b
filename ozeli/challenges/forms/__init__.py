"""Forms of the challenges."""

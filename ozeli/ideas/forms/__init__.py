"""Forms on ideas: they validate; services decide and write."""

"""Reads on ideas, one module a screen."""

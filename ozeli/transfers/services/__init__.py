"""Imports and exports: what is written, and when."""

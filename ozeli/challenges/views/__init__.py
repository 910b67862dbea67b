"""Screens of the challenges."""

"""Screens of people and rights, one file a subject."""

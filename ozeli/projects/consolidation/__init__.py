"""The figures of the consolidation as tables: what a page shows, what a chart draws, what a file holds.

`frame` is what they are made of; `standing`, `stages` and `breakdowns` each make some.
"""

"""The list of a challenge, out to a spreadsheet and back.

`sheet` (what the file holds, and the mark by which a line is known to be stale), `reading` (what each cell asks for),
`importer` (compared, then written). Nothing of it publishes an answer: it prepares decisions.
"""

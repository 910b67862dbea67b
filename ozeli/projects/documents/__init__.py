"""A synthesis as a document: its text read into blocks, then written as a tagged PDF and as a Word file."""

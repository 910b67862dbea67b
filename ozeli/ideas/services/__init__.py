"""Everything that writes about ideas.

`deposits` (drafts, deposit, edits), `circuit` (the moves of the table), `decisions` (prepared, published),
`revivals`, `voices` (votes, comments, follows).
"""

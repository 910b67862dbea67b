"""Everything that writes about ideas.

`deposits` (drafts, deposit, edits), `circuit` (the moves of the table), `completions` (asked of authors), `experts`
(opinions and private notes), `desk` (who answers, notes of the desk), `decisions` (prepared, published),
`publications` (many at once), `answer_templates`, `revivals`, `voices` (votes, comments, follows).
"""

"""The startups of beta.gouv.fr, as projects of the lifecycle « Startup d’État ».

`phases` (what dated phases mean, and the rule that each oddity follows), `reader` (a line of the file), `bodies`
(incubators and sponsors), `kept` (what stands in the base, to be compared), `importer` (the plan), `writer` (the rows).
"""

"""The demonstration: a real network, invented people, and a year of the life of their ideas.

The contents are the TOML files beside this module; dates are told in days before the day of loading. `sheets` reads
them, `story` tells each idea's life day by day, `cast` writes the network and its people, `loader` the rest.
"""

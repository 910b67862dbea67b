"""Every component and filter of the house, as one library: a builtin of all our templates."""

from django import template

from . import blocks, charts, curves, forms, french, lists, marks, people, threads, votes

register = template.Library()

for _part in (french, marks, threads, forms, lists, votes, blocks, charts, curves, people):
    register.tags.update(_part.register.tags)
    register.filters.update(_part.register.filters)

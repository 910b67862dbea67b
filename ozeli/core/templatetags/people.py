"""Where the name of a person leads: `{% who name=person.display_name url=person|page_for:request.user %}`."""

from typing import Any

from django import template

from .. import people
from ..access import Level

register = template.Library()


@register.filter
def page_url(person: Any) -> str:
    """The address of the open page of a person, or nothing. For readers who consult the directory."""
    return people.page_url(person.pk)


@register.filter
def page_for(person: Any, reader: Any) -> str:
    """The same, and nothing for a reader to whom the directory is closed: no link leads to a closed door."""
    return people.page_url(person.pk) if reader.level("directory") >= Level.CONSULT else ""

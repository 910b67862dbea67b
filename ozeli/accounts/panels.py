"""What accounts shows on the pages of the apps below it."""

from typing import Any

from django.http import HttpRequest

from ozeli.network.models import Organisation

from . import selectors


def referents(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    """The référents of a body, in its aside."""
    return {"aside": True, "people": selectors.referents_of(organisation)}

"""The one road from an address to a synthesis."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from ozeli.accounts.requests import PersonRequest

from .. import synthesis_rules as rules
from ..models import Synthesis, SynthesisSection


def get_synthesis(request: PersonRequest, key: UUID) -> Synthesis:
    """Http404 for an absent and a forbidden one alike."""
    found = Synthesis.objects.select_related("organisation", "branch").filter(pk=key).first()
    if found is None or not rules.can_see(request.user, found):
        raise Http404("no such synthesis for this person")
    return found


def get_written(request: PersonRequest, key: UUID) -> Synthesis:
    """The synthesis, for those who write it. PermissionDenied for those who only read it."""
    found = get_synthesis(request, key)
    if not rules.writes(request.user, found):
        raise PermissionDenied
    return found


def get_section(request: PersonRequest, key: UUID, code: str) -> SynthesisSection:
    """A section, for those who write it."""
    found = get_written(request, key)
    section = SynthesisSection.objects.filter(synthesis=found, code=code).first()
    if section is None:
        raise Http404("no such section")
    section.synthesis = found
    return section

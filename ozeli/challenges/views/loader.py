"""The one road from an address to a challenge."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from ozeli.accounts.requests import PersonRequest

from .. import rules
from ..cards import with_card_data
from ..enums import ChallengeState
from ..models import Challenge


def get_challenge(request: PersonRequest, slug: str) -> Challenge:
    """The challenge of that address, with what cards need. Http404 for an absent and a forbidden one alike."""
    rows = with_card_data(Challenge.objects.visible_to(request.user).filter(slug=slug))
    found = rows.select_related("organisation", "branch", "domain", "objective").first()
    if found is None:
        raise Http404("no such challenge for this person")
    return found


def get_worked(request: PersonRequest, slug: str) -> Challenge:
    """The challenge, for its team. PermissionDenied for those who only take part."""
    found = get_challenge(request, slug)
    if not rules.works_desk(request.user, found):
        raise PermissionDenied
    return found


def get_led(request: PersonRequest, slug: str) -> Challenge:
    """The challenge, for those who decide of its team and its dates."""
    found = get_challenge(request, slug)
    if not rules.leads(request.user, found):
        raise PermissionDenied
    return found


def get_draft(request: PersonRequest, key: UUID) -> Challenge:
    """The draft of that key, for its team; Http404 once it is published or dropped."""
    drafts = Challenge.objects.visible_to(request.user).filter(pk=key, state=ChallengeState.DRAFT)
    found = with_card_data(drafts).select_related("organisation", "branch", "domain", "objective").first()
    if found is None or not rules.works_desk(request.user, found):
        raise Http404("no such draft for this person")
    return found


def number_in(request: PersonRequest, name: str) -> int:
    """A number that the form carries. Http404 for anything else."""
    said = request.POST.get(name, "")
    if not said.isascii() or not said.isdigit() or len(said) > 18:
        raise Http404("no such row")
    return int(said)

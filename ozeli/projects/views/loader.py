"""The one road from an address to a project."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from ozeli.accounts.requests import PersonRequest
from ozeli.core.ids import uuid_range

from .. import rules
from ..models import Project, ProjectQuerySet


def get_project(request: PersonRequest, short: str, among: ProjectQuerySet | None = None) -> Project:
    """The project of that short id, with its members. Http404 for an absent and a forbidden one alike.

    `among` brings its own columns and members.
    """
    low, high = uuid_range(short)
    if among is None:
        among = Project.objects.select_related(
            "organisation", "branch", "domain", "objective", "lifecycle__lifecycle", "ending"
        ).prefetch_related("members__user")
    found = among.filter(pk__gte=low, pk__lte=high).first()
    if found is None or not rules.can_see(request.user, found):
        raise Http404("no such project for this person")
    return found


def get_edited(request: PersonRequest, short: str) -> Project:
    """The project, for those who write its sheet. PermissionDenied for those who only read it."""
    found = get_project(request, short)
    if not rules.edits(request.user, found):
        raise PermissionDenied
    return found


def get_owned(request: PersonRequest, short: str) -> Project:
    """The project, for those who decide of its team and of its end."""
    found = get_project(request, short)
    if not rules.owns(request.user, found):
        raise PermissionDenied
    return found

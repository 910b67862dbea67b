"""The home as a profile would see it: nobody is impersonated, nothing personal is shown, nothing can be written."""

import copy

from ozeli.accounts.models import MatrixCell, Profile, User
from ozeli.accounts.requests import PersonRequest

NOBODY = 0  # the key of no account


def as_profile(request: PersonRequest, profile: Profile) -> PersonRequest:
    """A copy of the request, made by nobody in particular who would hold that profile on the whole network."""
    viewer = User(pk=NOBODY, display_name=profile.name, organisation=request.user.organisation)
    cells = MatrixCell.objects.filter(profile=profile, level__gt=0).values_list("brick", "level")
    viewer.__dict__["grants"] = [(brick, level, None) for brick, level in cells]
    shown = copy.copy(request)
    shown.user = viewer
    return shown

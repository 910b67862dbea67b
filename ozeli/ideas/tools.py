"""What ideas bring to the page of a challenge: its list in a spreadsheet, its button for an intranet."""

from typing import Any

from django.http import HttpRequest

from ozeli.challenges.enums import ChallengeState
from ozeli.challenges.models import Challenge
from ozeli.core.registry import Panel, panels

from .rules import may_exchange


def _tools(request: HttpRequest, challenge: Challenge) -> dict[str, Any] | None:
    if challenge.state == ChallengeState.DRAFT:
        return None
    exchanges = may_exchange(request.user, challenge)  # type: ignore[arg-type]
    return {"aside": True, "slug": challenge.slug, "exchanges": exchanges}


def register() -> None:
    panels.register(
        Panel("tools", "challenge", "ideas", "ideas/panels/_challenge_tools.html", _tools, position=70)
    )

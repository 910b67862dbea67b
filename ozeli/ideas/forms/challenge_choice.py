"""In which challenge an idea is deposited, if any: among those that take deposits from this person now."""

from collections.abc import Collection
from datetime import datetime

from django import forms

from ozeli.accounts.models import User
from ozeli.challenges.days import said_end
from ozeli.challenges.enums import DEPOSIT_PHASES
from ozeli.challenges.models import Challenge
from ozeli.challenges.rules import takes_part
from ozeli.challenges.selectors import Known, look_again
from ozeli.core import clock
from ozeli.core.french import NARROW, clock_time, long_date
from ozeli.network.enums import Audience

from ..selectors import challenges
from .widgets import PlainSelect

OUT = "Hors défi"


class ChallengeChoice(forms.Form):
    """`chosen` is the challenge that takes the idea. `closed` says why the one asked for does not, kept as `asked`.

    `shut` are addresses that the database has just refused, whatever is remembered of them. `is_typed`: words were sent
    with it, and wait in the form.
    """

    challenge = forms.ChoiceField(label="Dans un défi", required=False, widget=PlainSelect)

    def __init__(self, user: User, slug: str, *, shut: Collection[str] = (), is_typed: bool = False) -> None:
        self.is_typed = is_typed
        if slug and slug not in shut:
            look_again(slug)
        self.offered = [one for one in challenges.taking_deposits(user) if one.slug not in shut]
        self.asked = challenges.find(user, slug)
        self.chosen = next((one for one in self.offered if one.slug == slug), None)
        self.closed = _why(user, self.asked) if slug and self.chosen is None else ""
        super().__init__(initial={"challenge": self.chosen.slug if self.chosen else ""})
        field = self.fields["challenge"]
        field.choices = [("", OUT), *((one.slug, one.title) for one in self.offered)]  # type: ignore[attr-defined]

    @property
    def is_shown(self) -> bool:
        return bool(self.offered or self.closed)

    @property
    def until(self) -> str:
        return challenges.deposits_end(self.chosen) if self.chosen else ""

    def defaults(self) -> dict[str, str]:
        """What a deposit in the chosen challenge begins with: `domain`, `objective`, `audience`."""
        assert self.chosen is not None
        row = Challenge.objects.select_related("domain", "objective").get(pk=self.chosen.id)
        # An idea is read by one body, one branch or all: several invited bodies read each other's ideas.
        narrow = row.audience == Audience.ORGANISATION and len(self.chosen.bodies) == 1
        return {
            "domain": row.domain.code if row.domain else "",
            "objective": row.objective.code if row.objective else "",
            "audience": Audience.NETWORK
            if row.audience == Audience.ORGANISATION and not narrow
            else row.audience,
        }


def _why(user: User, asked: Known | None) -> str:
    """Why a challenge takes no deposit from this person now; the same words for an absent and a hidden one."""
    if asked is None:
        return "Ce défi n’est plus ouvert, ou ne l’est pas à votre organisme."
    said, now = f"Le défi «{NARROW}{asked.title}{NARROW}»", clock.now()
    times = [window for window in asked.windows if window.kind in DEPOSIT_PHASES]
    if not takes_part(user, asked):
        return f"{said} n’est pas ouvert à votre organisme."
    if coming := [window.opens_at for window in times if window.opens_at > now]:
        return f"{said} ouvre ses dépôts le {_moment(min(coming))}."
    past = [window.closes_at for window in times if window.closes_at and window.closes_at <= now]
    since = f" depuis le {said_end(max(past))}" if past else ""
    return f"{said} n’accepte plus de dépôt{since}."


def _moment(at: datetime) -> str:
    return f"{long_date(at)} à {clock_time(at)}"

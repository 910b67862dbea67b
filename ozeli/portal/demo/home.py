"""The home of the demonstration: what is put forward; and a profile lent by a référent who is away."""

from datetime import date, timedelta

from ozeli.accounts.models import Membership
from ozeli.core import clock
from ozeli.ideas.enums import State
from ozeli.journal.changes import ADD, CHANGE
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from ozeli.portal.models import HomeBrick

from . import sheets
from .cast import Cast
from .writer import Rows

FEATURED = 3
PLACE = 18  # between what waits for the person and the latest ideas
# Then what is asked to the network, and for how long.
CHALLENGES = (("open_challenges", 19, {"count": 1}),)
PROJECTS: tuple[tuple[str, int, dict[str, int]], ...] = (("projects_by_stage", 42, {}),)
SHOWN_STATES = (State.EXPERIMENTING, State.ACHIEVED, State.SPREAD, State.RETAINED)


def write_home(cast: Cast, rows: Rows, today: date) -> None:
    """A brick « à la une » and its two acts in the journal, a profile lent for a fortnight."""
    open_ideas = [
        idea
        for idea in rows.ideas
        if idea.state in SHOWN_STATES and idea.audience == Audience.NETWORK and not idea.is_hidden
    ]
    chosen = sorted(open_ideas, key=lambda idea: (-idea.vote_count, idea.title))[:FEATURED]
    text = sheets.home_text()
    options = {"text": text, "ideas": [str(idea.pk) for idea in chosen]}
    brick = HomeBrick.objects.create(kind="featured", position=PLACE, options=options, version=2)
    HomeBrick.objects.bulk_create(
        HomeBrick(kind=kind, position=place, options=chosen)
        for kind, place, chosen in (*CHALLENGES, *PROJECTS)
    )
    administrator = next(user for user in cast.people.values() if user.email == "admin@demo.test")
    key, at = cast.actor_keys[administrator.pk], clock.now() - timedelta(days=2)
    changes = {ADD: {"is_active": [False, True]}, CHANGE: {"options": [{}, options]}}
    Entry.objects.bulk_create(
        Entry(
            at=at + timedelta(minutes=place),
            actor=key,
            verb=verb,
            kind="home",
            object_id=str(brick.pk),
            details={"name": str(brick), "changes": change},
        )
        for place, (verb, change) in enumerate(changes.items())
    )
    _lend(cast, today)


def _lend(cast: Cast, today: date) -> None:
    giver, taker = (cast.people[name] for name in sheets.lent())
    own = Membership.objects.get(user=giver, profile__code="contributor")
    Membership.objects.create(
        user=taker,
        profile_id=own.profile_id,
        organisation_id=own.organisation_id,
        starts_on=today,
        ends_on=today + timedelta(days=14),
        delegated_by=giver,
    )

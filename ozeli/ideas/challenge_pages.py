"""What ideas show on the pages of challenges, and what authors are told once the results are out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict

from ozeli.accounts.models import User
from ozeli.accounts.selectors import with_grants
from ozeli.activity.models import Event
from ozeli.challenges import audience, figures
from ozeli.challenges import rules as challenge_rules
from ozeli.challenges.enums import ChallengeState
from ozeli.challenges.models import Challenge
from ozeli.challenges.selectors import Known, published
from ozeli.core import clock
from ozeli.core.exports import Export, Rows, exports
from ozeli.core.french import NARROW, NBSP
from ozeli.core.registry import EventType, Message, Pace, Panel, event_types, panels
from ozeli.network.enums import Audience

from .models import Idea, IdeaAuthor
from .pacing import MINE
from .selectors import challenge_ranking, challenge_results, challenges, listing
from .selectors.challenge_votes import start_for
from .services.challenge_results import RESULTS_TOLD

FEW = 3
_BODIES = 6

# --- panels -----------------------------------------------------------------------------------------------------------


def _ideas(request: HttpRequest, challenge: Challenge) -> Mapping[str, Any] | None:
    """A few ideas: the first of the ranking once results are out, by chance while one votes, else the latest."""
    known = published().get(challenge.pk)
    if known is None or not isinstance(request.user, User):
        return None
    now, user = clock.now(), request.user
    if challenge_results.are_out(known, now):
        rows = challenge_ranking.page(user, known, size=FEW).rows
        return {"known": known, "ranked": rows, "rows": [], "aside": False} if rows else None
    ideas = listing.matching(user, listing.Wanted(challenge=known.id))
    start = start_for(user, known) if known.accepts_votes(now) else None
    rows = listing.page(user, ideas, of_challenge=True, start=start, size=FEW).rows
    return {"known": known, "ranked": [], "rows": rows, "aside": False} if rows else None


def _participation(request: HttpRequest, challenge: Challenge) -> Mapping[str, Any] | None:
    """Who takes part, by body, as far as it may be told."""
    if challenge.state != ChallengeState.PUBLISHED:
        return None
    told = challenge_results.participation(challenge.pk)
    if not told.bodies:
        return None
    return {
        "bodies": told.bodies[:_BODIES],
        "more": len(told.bodies) > _BODIES,
        "others": told.others,
        "aside": True,
    }


def participants(key: UUID) -> Iterable[int]:
    """Who deposited under their name, voted or commented."""
    return challenge_results.people_of(key)


# --- the export -------------------------------------------------------------------------------------------------------


def _result_rows(user: Any, query: QueryDict) -> Rows:
    known = challenges.find(user, query.get("defi", ""))
    if known is None or not challenge_results.may_read(user, known):
        return ()
    which = query.get("liste", "")
    return challenge_ranking.export_lines(user, known, which if which in challenge_ranking.LISTS else "")


def _result_count(user: Any, query: QueryDict) -> int:
    known = challenges.find(user, query.get("defi", ""))
    return challenge_results.results(known.id).ideas if known else 0


# --- the news ---------------------------------------------------------------------------------------------------------


def _authors(event: Event) -> Iterable[int]:
    ideas = challenge_ranking.standing_ideas(event.object_id)
    return set(IdeaAuthor.objects.filter(idea__in=ideas).values_list("user_id", flat=True))


def _results_message(event: Event, user: User) -> Message | None:
    """Rank, votes and answer of each of one's ideas."""
    known = published().get(event.object_id)
    if known is None:
        return None
    mine = list(challenge_ranking.standing_ideas(known.id).of_author(user).order_by("-vote_count", "-id"))
    if not mine:
        return None
    title = f"«{NARROW}{known.title}{NARROW}»"
    told = [f"«{NARROW}{idea.title}{NARROW}»{NBSP}: {_told(idea, known)}" for idea in mine]
    url = mine[0].get_absolute_url() if len(mine) == 1 else f"{known.url}resultats/"
    about = "votre idée" if len(mine) == 1 else f"vos {len(mine)} idées"
    # A subject may be read over a shoulder: the name of a challenge of the whole network, never of another.
    named = f"{NBSP}: {title}" if known.audience == Audience.NETWORK else ""
    return Message(
        text=f"Le défi {title} a ses résultats{NBSP}: voici ceux de {about}",
        url=url,
        subject=f"Les résultats de votre défi{named}",
        lines=[f"Le défi {title} a ses résultats. Merci d’y avoir pris part.", *told],
        own=True,
    )


def _told(idea: Idea, known: Known) -> str:
    one = challenge_results.feedback(idea, known)
    prized = f" Prix{NBSP}: {', '.join(one.prizes)}." if one.prizes else ""
    return f"{one.rank}, {one.votes}. {one.answer}.{prized}"


def _visible(user: User, keys: Sequence[UUID]) -> Iterable[UUID]:
    return Challenge.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)


def _readers(key: UUID, ids: Iterable[int]) -> list[User]:
    rows = Challenge.objects.select_related("organisation").prefetch_related("bodies", "animators")
    challenge = rows.get(pk=key)
    return [user for user in with_grants(ids) if challenge_rules.can_see(user, challenge)]


def _titles(keys: Sequence[UUID]) -> Mapping[UUID, str]:
    return dict(Challenge.objects.filter(pk__in=keys).values_list("pk", "title"))


def register() -> None:
    figures.register(challenge_results.figures_of)
    audience.register("ideas", participants)
    panels.register(
        Panel("challenge_ideas", "challenge", "ideas", "ideas/challenges/_panel.html", _ideas, position=10)
    )
    panels.register(
        Panel(
            "challenge_people",
            "challenge",
            "challenges",
            "ideas/challenges/_people_panel.html",
            _participation,
            position=30,
        )
    )
    exports.register(
        Export(
            "challenge_results",
            "Classement d’un défi",
            "classement-du-defi",
            "ideas",
            challenge_ranking.HEADER,
            _result_rows,
            _result_count,
        )
    )
    event_types.register(
        EventType(
            code=RESULTS_TOLD,
            title="Un défi où vous avez déposé a ses résultats",
            recipients=_authors,
            message=_results_message,
            visible=_visible,
            readers=_readers,
            titles=_titles,
            reason="vous avez déposé une idée dans ce défi",
            position=120,
            family=MINE,
            default_pace=Pace.NOW,
            short="les résultats",
        )
    )

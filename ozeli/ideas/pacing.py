"""How soon the mail of each event on ideas leaves by default, under which heading one chooses it, and in which few
words a digest tells it.

A person's own ideas, what is asked of them and who speaks of them: at once. The rest: each day.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects

from ozeli.accounts.models import User
from ozeli.activity.models import Event
from ozeli.core.access import Level
from ozeli.core.registry import Pace
from ozeli.network.enums import Audience

from . import rules
from .enums import OPEN_STATES, State
from .models import Idea, IdeaExpert

ASKED, MINE, DESK, FOLLOWED = (
    "On vous le demande, on parle de vous",
    "Vos idées",
    "Le bureau d’animation",
    "Les idées que vous suivez ou soutenez",
)


def works_a_desk(user: Any) -> bool:
    return bool(user.level("ideas") >= Level.CONTRIBUTE)


# --- what is asked is still to do -------------------------------------------------------------------------------------


def _opinion_awaited(event: Event, user: User) -> bool:
    asked = IdeaExpert.objects.filter(
        idea=event.object_id, user=user, given_on__isnull=True, declined_on__isnull=True
    )
    return asked.filter(idea__state=State.UNDER_STUDY).exists()


def _completion_awaited(event: Event, user: User) -> bool:
    """The idea waits for its authors, and was asked so by this very event: a later question has its own."""
    waiting = Idea.objects.filter(pk=event.object_id, state=State.TO_COMPLETE)
    if (step := event.data.get("step")) is not None:
        waiting = waiting.exclude(moves__pk__gt=step)
    return waiting.exists()


def _follow(short: str, many: str = "") -> dict[str, Any]:
    """What happens to an idea: at once for its authors, each day for the others."""
    return {
        "family": FOLLOWED,
        "own_family": MINE,
        "own_pace": Pace.NOW,
        "short": short,
        "short_many": many,
    }


def _desk(short: str = "", pace: Pace = Pace.DAILY) -> dict[str, Any]:
    return {"family": DESK, "default_pace": pace, "offered": works_a_desk, "short": short}


def _asked(still: Callable[[Any, Any], bool]) -> dict[str, Any]:
    return {
        "family": ASKED,
        "default_pace": Pace.NOW,
        "asks_action": True,
        "still_required": still,
    }


SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "idea.mentioned": {"family": ASKED, "default_pace": Pace.NOW},
    "idea.expert_asked": _asked(_opinion_awaited),
    "idea.opinion_soon": _asked(_opinion_awaited),
    "idea.opinion_late": _asked(_opinion_awaited),
    "idea.opinion_day": {"family": ASKED},
    "idea.expert_removed": {"family": ASKED},
    "idea.expert_asked_again": {"family": ASKED, "default_pace": Pace.NOW},
    "idea.expert_note": {"family": ASKED, "default_pace": Pace.NOW},
    "idea.ask_completion": _asked(_completion_awaited) | {"family": MINE},
    "idea.completion_awaited": _asked(_completion_awaited) | {"family": MINE},
    "idea.revival_declined": {"family": MINE, "default_pace": Pace.NOW},
    "idea.deposited": _desk("déposée, à qualifier"),
    "idea.assigned": _desk("vous est confiée", Pace.NOW),
    "idea.opinion_given": _desk("un avis est donné"),
    "idea.expert_declined": _desk("un avis est décliné"),
    "idea.answer_soon": _desk("réponse bientôt attendue"),
    "idea.answer_day": _desk("réponse attendue ce jour"),
    "idea.answer_late": _desk("réponse en retard, remontée jusqu’à vous"),
    "idea.answer_late_network": _desk("réponse en retard, remontée jusqu’au réseau"),
    "idea.revival_asked": _desk("une relance est demandée"),
    "idea.open_debate": _follow("ouverte au débat"),
    "idea.selected": _follow("sélectionnée par les votes"),
    "idea.complete": _follow("complétée"),
    "idea.study": _follow("mise à l’étude"),
    "idea.postpone": _follow("réponse repoussée"),
    "idea.retain": _follow("retenue"),
    "idea.decline": _follow("non retenue, réponse écrite"),
    "idea.withdraw": _follow("retirée"),
    "idea.revive": _follow("relancée"),
    "idea.merge": _follow("regroupée avec une autre"),
    **{f"idea.unmerge_to_{state}": _follow("séparée de l’autre idée") for state in sorted(OPEN_STATES)},
    "idea.second_look_asked": _desk("un second regard est demandé"),
    "idea.second_look_awaited": _desk("un second regard est attendu"),
    "idea.second_look_maintained": _follow("réponse maintenue après un second regard"),
    "idea.resume": _follow("reprise sans complément"),
    "idea.commented": _follow("un nouveau commentaire", "{} nouveaux commentaires"),
}
# Events that other hands tell: theirs at once for authors, each day for the others, until they say better.
OTHERS: Mapping[str, Any] = {"family": FOLLOWED, "own_family": MINE, "own_pace": Pace.NOW}
# No app makes these moves yet: nothing to choose.
NOT_OFFERED: Mapping[str, Any] = {"own_pace": Pace.NOW}


# What one choice covers: its name, and the types that follow the first.
TOGETHER: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "idea.open_debate": (
        "Une étape\u00a0: débat, étude, report, reprise, correction…",
        (
            "idea.selected",
            "idea.complete",
            "idea.study",
            "idea.postpone",
            "idea.revive",
            "idea.resume",
            "idea.amended",
            "idea.withdraw",
            "idea.merge",
            *(f"idea.unmerge_to_{state}" for state in sorted(OPEN_STATES)),
        ),
    ),
    "idea.retain": (
        "La réponse\u00a0: retenue ou non, relance déclinée",
        ("idea.decline", "idea.second_look_maintained", "idea.revival_declined"),
    ),
    "idea.ask_completion": ("Un complément est attendu", ("idea.completion_awaited",)),
    "idea.expert_asked": (
        "Votre avis est attendu, change de date, s’annule ou appelle une note",
        (
            "idea.expert_asked_again",
            "idea.opinion_soon",
            "idea.opinion_late",
            "idea.opinion_day",
            "idea.expert_removed",
            "idea.expert_note",
        ),
    ),
    "idea.answer_soon": (
        "Une réponse promise approche, ou elle est en retard",
        ("idea.answer_day", "idea.answer_late", "idea.answer_late_network"),
    ),
    "idea.deposited": ("Une idée est déposée, un auteur anonyme écrit", ()),
    "idea.assigned": ("Une idée vous est confiée, ou les réponses d’un organisme", ()),
    "idea.revival_asked": (
        "Une relance ou un second regard est demandé",
        ("idea.second_look_asked", "idea.second_look_awaited"),
    ),
    "idea.coauthor_invited": ("On vous propose de signer une idée ou de rejoindre une équipe", ()),
    "idea.opinion_given": ("Un avis est donné ou décliné", ("idea.expert_declined",)),
    "idea.coauthor_answered": (
        "Vos co-auteurs\u00a0: réponse, départ, signature retirée",
        ("idea.coauthor_left", "idea.coauthor_removed"),
    ),
}


def together(code: str) -> dict[str, Any]:
    """The type whose choice this one follows, or the name of the choice it leads."""
    if code in TOGETHER:
        return {"topic_title": TOGETHER[code][0]}
    return next(({"topic": leader} for leader, (_name, led) in TOGETHER.items() if code in led), {})


def settings_of(code: str, *, is_made: bool) -> dict[str, Any]:
    """The part of an `EventType` that is about mails."""
    known = SETTINGS.get(code) or (OTHERS if is_made else NOT_OFFERED)
    return {**known, **together(code), "titles": titles, "visible_pairs": visible_pairs}


def titles(ids: Sequence[UUID]) -> Mapping[UUID, str]:
    return dict(Idea.objects.filter(pk__in=ids).values_list("pk", "title"))


def visible_pairs(wanted: Sequence[tuple[Any, Collection[UUID]]]) -> Mapping[int, Collection[UUID]]:
    """Who may read what, for many people at once: `rules.can_see`, the ideas read once.

    Authors and experts are read for the ideas that the whole network may not read: the rule asks for no other.
    """
    ids = {pk for _user, objects in wanted for pk in objects}
    ideas = {
        idea.pk: idea
        for idea in Idea.objects.defer("problem", "beneficiaries", "proposal", "benefit").filter(pk__in=ids)
    }
    restricted = [
        idea
        for idea in ideas.values()
        if idea.is_hidden or idea.state == State.WITHDRAWN or idea.audience != Audience.NETWORK
    ]
    prefetch_related_objects(restricted, "authors", "experts")
    return {
        user.pk: {pk for pk in objects if pk in ideas and rules.can_see(user, ideas[pk])}
        for user, objects in wanted
    }

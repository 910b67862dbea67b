"""What the ideas leave to do, as the home tells it."""

from collections.abc import Callable

from django.db.models import Case, QuerySet, When

from ozeli.accounts.models import User
from ozeli.core.access import Level
from ozeli.core.registry import TodoItem, todo_items

from .enums import State
from .models import Idea, IdeaExpert
from .selectors import desk
from .selectors.desk import Queue
from .selectors.experts import due_opinions
from .selectors.moderation import open_cases
from .selectors.overdue import gone_up_to, gone_up_to_network
from .selectors.people import invitations_to, places_to_answer
from .selectors.second_looks import to_give

DESK = Level.CONTRIBUTE


def register() -> None:
    qualify = _queue(Queue.QUALIFY)
    for item in (
        _item("ideas_to_complete", "idée à compléter", "idées à compléter", "/mes-idees/", ideas_to_complete),
        _item("opinions_due", "avis à rendre", "avis à rendre", "/mes-avis/", opinions_due, due="due_on"),
        _item(
            "answers_late",
            "réponse en retard",
            "réponses en retard",
            f"/animation/?file={Queue.LATE}",
            answers_late,
            DESK,
            due="told_due_on",
        ),
        _item(
            "answers_led",
            "réponse de votre organisme attend depuis trop longtemps",
            "réponses de votre organisme attendent depuis trop longtemps",
            "/animation/retards/?miens=on",
            gone_up_to,
            DESK,
        ),
        _item(
            "answers_network",
            "réponse en retard remontée au réseau",
            "réponses en retard remontées au réseau",
            "/animation/retards/?niveau=reseau",
            gone_up_to_network,
            Level.ADMIN,
        ),
        _item("ideas_to_qualify", "idée à qualifier", "idées à qualifier", *qualify),
        _item(
            "decisions_prepared",
            "décision à publier",
            "décisions à publier",
            "/animation/decisions/",
            desk.prepared_decisions,
            DESK,
        ),
        _item(
            "revivals_pending",
            "relance à lire",
            "relances à lire",
            f"/animation/?file={Queue.REVIVALS}",
            desk.pending_revivals,
            DESK,
        ),
        _item(
            "second_looks_due",
            "second regard à donner",
            "seconds regards à donner",
            "/animation/seconds-regards/",
            to_give,
            DESK,
            due="due_on",
        ),
        _item(
            "signatures_asked", "signature proposée", "signatures proposées", "/invitations/", invitations_to
        ),
        _item("teams_asked", "équipe à rejoindre", "équipes à rejoindre", "/invitations/", places_to_answer),
        _item("reports_open", "signalement à lire", "signalements à lire", "/moderation/", open_cases, DESK),
    ):
        todo_items.register(item)


def ideas_to_complete(user: User) -> QuerySet[Idea]:
    return Idea.objects.of_author(user).filter(state=State.TO_COMPLETE, is_hidden=False)


def answers_late(user: User) -> QuerySet[Idea]:
    """A wait in days tells a deposit: anonymous ideas are counted, their day is not."""
    told = Case(When(is_anonymous=False, then="answer_due_on"))
    return desk.ideas_of(user, Queue.LATE).annotate(told_due_on=told)


def opinions_due(user: User) -> QuerySet[IdeaExpert]:
    return due_opinions(user)


def _queue(queue: Queue) -> tuple[str, Callable[[User], QuerySet[Idea]], Level]:
    """Address, rows and level of a queue of the desk."""
    return f"/animation/?file={queue}", lambda user: desk.ideas_of(user, queue), DESK


def _item(
    code: str,
    one: str,
    many: str,
    url: str,
    rows: Callable[[User], QuerySet | None],  # type: ignore[type-arg]
    level: Level = Level.CONSULT,
    due: str = "",
) -> TodoItem:
    return TodoItem(code, "ideas", one, many, url, rows, level, due, position=10 + len(todo_items))

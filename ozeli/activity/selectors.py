"""What was told to a person, who follows what, and the mails that no job cares for."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Now
from procrastinate.contrib.django.models import ProcrastinateJob

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.paging import Page, keyset_page
from ozeli.core.registry import event_types

from .models import Event, Follow, Notification, OutgoingMail

COUNTED_UP_TO = 99
# A mail younger than this has its first job on the way; a worker silent for longer than this is dead.
MAIL_GRACE = timedelta(minutes=2)
WORKER_SILENCE = timedelta(seconds=30)
SWEPT_AT_ONCE = 500
SWEEP_WAITS = tuple(timedelta(minutes=wait) for wait in (0, 10, 60, 360, 1440))
_UNREAD_COUNT = """
select count(*) from (
    select from activity_notification where user_id = %s and read_at is null limit %s
) unread
"""


def unread_count(user: User) -> int:
    """How many notifications wait to be read, counted up to 100: one index-only query, for every page."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD_COUNT, [user.pk, COUNTED_UP_TO + 1])
        return int(cursor.fetchone()[0])


def notifications(user: User, *, unread_only: bool = False, code: str = "", cursor: str = "") -> Page:
    """The notifications of a person, newest first, of one type of event when `code` names it.

    Each bears `is_visible`: whether the person may still see the object. When not, its words (which may quote a
    title) are not to be shown.
    """
    rows = _unread(user) if unread_only else Notification.objects.filter(user=user)
    if code:
        rows = rows.filter(event__type=code)
    page = keyset_page(rows.select_related("event"), ("at", "id"), cursor)
    mark_visible(user, page.rows)
    return page


def _unread(user: User) -> QuerySet[Notification]:
    return Notification.objects.filter(user=user, read_at__isnull=True)


def mark_visible(user: User, rows: Iterable[Any]) -> None:
    """Ask once each visibility function, for all the objects of the page that are its own."""
    asked: dict[Callable[..., Iterable[UUID]], list[Any]] = defaultdict(list)
    for row in rows:
        event_type = event_types.get(row.event.type)
        row.title, row.is_visible = (event_type.title if event_type else ""), False
        if event_type is not None:
            asked[event_type.visible].append(row)
    for visible, told in asked.items():
        shown = set(visible(user, [row.event.object_id for row in told]))
        for row in told:
            row.is_visible = row.event.object_id in shown


def is_following(kind: str, object_id: UUID, user: User) -> bool:
    return Follow.objects.filter(kind=kind, object_id=object_id, user=user).exists()


def followers(kind: str, object_id: UUID) -> QuerySet[Follow, int]:
    """The ids of the people who follow an object."""
    return Follow.objects.filter(kind=kind, object_id=object_id).values_list("user_id", flat=True)


def followed(kind: str, user: User) -> QuerySet[Follow, UUID]:
    """The ids of the objects of a kind that this person follows, as a subquery for a list."""
    return Follow.objects.filter(kind=kind, user=user).values_list("object_id", flat=True)


def forgotten_mails() -> list[int]:
    """The waiting mails that no job will send: their worker was killed, or their job failed.

    Digests that were never tried leave in file, by the job that takes them all.
    """
    waiting = OutgoingMail.objects.filter(
        status=OutgoingMail.Status.WAITING, created_at__lt=clock.now() - MAIL_GRACE
    ).exclude(pk__in=_cared_for("activity.send_mail", "mail_id"))
    return list(
        waiting.exclude(period__isnull=False, attempts=0)
        .order_by("created_at")
        .values_list("pk", flat=True)[:SWEPT_AT_ONCE]
    )


def forgotten_events() -> list[int]:
    """The events whose people were not all told and that no job will tell any more.

    A fault that lasts is tried five times more, at longer and longer intervals; then somebody has to look.
    """
    untold = Event.objects.filter(
        is_fanned_out=False, at__lt=clock.now() - MAIL_GRACE, sweeps__lt=len(SWEEP_WAITS)
    ).exclude(pk__in=_cared_for("activity.fan_out", "event_id"))
    found = untold.order_by("at")[:SWEPT_AT_ONCE]
    return [one.pk for one in found if _is_due(one)]


def _is_due(event: Event) -> bool:
    return event.swept_at is None or clock.now() - event.swept_at >= SWEEP_WAITS[event.sweeps]


def living_jobs(task: str) -> QuerySet[ProcrastinateJob]:
    """The jobs of a task that are to come, or in the hands of a worker that breathes."""
    return ProcrastinateJob.objects.filter(task_name=task).filter(
        Q(status="todo") | Q(status="doing", worker__last_heartbeat__gt=Now() - WORKER_SILENCE)
    )


def _cared_for(task: str, argument: str) -> QuerySet[ProcrastinateJob, Any]:
    """The keys that the living jobs of a task have as argument, as a subquery."""
    named = Cast(KeyTextTransform(argument, "args"), BigIntegerField())
    return living_jobs(task).annotate(named=named).values("named")


def is_alive(task: str) -> bool:
    """Whether a job of this task is to come or under way."""
    return living_jobs(task).exists()


def ready_digests(count: int = 50) -> list[int]:
    """The digests that wait for their first try, oldest first."""
    return list(_ready().order_by("pk").values_list("pk", flat=True)[:count])


def digests_are_ready() -> bool:
    return _ready().exists()


def _ready() -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(status=OutgoingMail.Status.WAITING, period__isnull=False, attempts=0)

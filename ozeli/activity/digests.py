"""The digests of a day: who gets one, and of what.

A run is a row: its batches lock it in turn, so that a killed worker's batch is either written whole or not at all, and
a person has one digest a day whatever happens (unique in the base). What it says is decided again when it leaves.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from ozeli.accounts.models import User
from ozeli.accounts.selectors import with_grants
from ozeli.core import clock
from ozeli.core.registry import Pace, event_types

from . import paces
from .grouping import subject_of
from .models import DigestItem, DigestRun, OutgoingMail

log = logging.getLogger(__name__)

BATCH = 200
_NEXT_PEOPLE = """
select distinct user_id from activity_digestitem
where mail_id is null and user_id > %s and pace = any(%s) order by user_id limit %s
"""
_ASSIGN = """
update activity_digestitem i set mail_id = given.mail
from unnest(%s::bigint[], %s::bigint[]) as given (item, mail) where i.notification_id = given.item
"""


def open_run() -> date | None:
    """The day whose digests are to be written now, its run opened when the hour has come; None when there is nothing.

    A portal that was stopped at the hour catches up as soon as it is back; the weekly items leave with the first run
    of the week.
    """
    now = timezone.localtime(clock.now())
    if now.hour < settings.DIGEST_HOUR:
        return None
    today = now.date()
    week = today - timedelta(days=(today.weekday() - settings.DIGEST_WEEKDAY) % 7)
    is_weekly = not DigestRun.objects.filter(is_weekly=True, period__gte=week, period__lt=today).exists()
    run, _created = DigestRun.objects.get_or_create(
        period=today, defaults={"is_weekly": is_weekly, "started_at": clock.now()}
    )
    return None if run.ended_at else run.period


def next_hour(now: datetime) -> datetime:
    """When the next daily digests leave."""
    local = timezone.localtime(now)
    day = local.date() if local.hour < settings.DIGEST_HOUR else local.date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time(settings.DIGEST_HOUR)))


@transaction.atomic
def write_batch(period: date) -> bool:
    """Write the digests of the next people; whether the run is over."""
    run = DigestRun.objects.select_for_update(of=("self",)).get(pk=period)
    if run.ended_at:
        return True
    wanted = [Pace.DAILY.value, Pace.WEEKLY.value] if run.is_weekly else [Pace.DAILY.value]
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_PEOPLE, [run.after, wanted, BATCH])
        people = [pk for (pk,) in cursor.fetchall()]
    if not people:
        DigestRun.objects.filter(pk=period).update(ended_at=clock.now())
        return True
    written = _write_safely(period, people, wanted)
    DigestRun.objects.filter(pk=period).update(after=people[-1], people=F("people") + written)
    return False


def _write_safely(period: date, people: list[int], wanted: list[str]) -> int:
    """Write the digests of these people; one who cannot be served does not keep the others from theirs."""
    try:
        with transaction.atomic():
            return _write(period, people, wanted)
    except Exception:
        if len(people) == 1:
            log.exception("digest of person %s not written: it will be tried with the next", people[0])
            return 0
    return sum(_write_safely(period, [one], wanted) for one in people)


def _write(period: date, people: list[int], wanted: list[str]) -> int:
    users = with_grants(people)
    served = set(
        OutgoingMail.objects.filter(period=period, user__in=people).values_list("user_id", flat=True)
    )
    items: dict[int, list[DigestItem]] = defaultdict(list)
    rows = DigestItem.objects.filter(mail__isnull=True, user__in=set(people) - served, pace__in=wanted)
    for item in rows.select_related("notification__event").order_by("-notification_id"):
        items[item.user_id].append(item)
    refusing = paces.chosen(people, [paces.DIGEST])
    kept = keep([(user, items[user.pk]) for user in users if user.pk in items], refusing)
    mails = [
        OutgoingMail(
            user=user,
            period=period,
            topic=paces.DIGEST,
            is_action=any(item.is_action for item in kept[user.pk]),
            subject=subject_of(kept[user.pk]),
            created_at=clock.now(),
        )
        for user in users
        if kept.get(user.pk)
    ]
    OutgoingMail.objects.bulk_create(mails)
    given = [(item.pk, mail.pk) for mail in mails for item in kept[mail.user_id]]
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGN, [[item for item, _mail in given], [mail for _item, mail in given]])
    taken = {item for item, _mail in given}
    dropped = [item.pk for own in items.values() for item in own if item.pk not in taken]
    DigestItem.objects.filter(pk__in=dropped).delete()
    return len(mails)


def keep(
    pending: Sequence[tuple[User, list[DigestItem]]], choices: dict[tuple[int, str], Pace]
) -> dict[int, list[DigestItem]]:
    """For each person, the items still worth telling: visible now, not read in the portal, not done meanwhile.

    Those who refuse the digest get what asks for an action alone.
    """
    shown = _visible(pending)
    return {
        user.pk: [
            item
            for item in items
            if item.notification.event.object_id in shown[user.pk].get(item.notification.event.type, ())
            and _is_news(user, item)
            and (item.is_action or not paces.refuses_digest(user.pk, choices))
        ]
        for user, items in pending
    }


def readable_by(reader: User, items: list[DigestItem]) -> list[DigestItem]:
    """The items whose object this person, who is not the one told, may read too."""
    shown = _visible([(reader, items)])[reader.pk]
    return [
        item
        for item in items
        if item.notification.event.object_id in shown.get(item.notification.event.type, ())
    ]


def _is_news(user: User, item: DigestItem) -> bool:
    if not item.is_action:
        return item.notification.read_at is None
    return still_required(item.notification.event, user)


def still_required(event: Any, user: User) -> bool:
    """Whether what the event asks of this person is still to do, when its type can tell."""
    event_type = event_types.get(event.type)
    return event_type is None or event_type.still_required is None or event_type.still_required(event, user)


def _visible(
    pending: Sequence[tuple[User, list[DigestItem]]],
) -> dict[int, dict[str, Collection[UUID]]]:
    """person → event type → the objects they may read now. Types that share a visibility are asked once."""
    asked: dict[Any, dict[int, tuple[User, set[UUID], set[str]]]] = defaultdict(dict)
    for user, items in pending:
        for item in items:
            event = item.notification.event
            if (event_type := event_types.get(event.type)) is None:
                continue
            pairs = asked[event_type.visible_pairs or event_type.visible]
            _user, objects, codes = pairs.setdefault(user.pk, (user, set(), set()))
            objects.add(event.object_id)
            codes.add(event.type)
    shown: dict[int, dict[str, Collection[UUID]]] = {user.pk: {} for user, _items in pending}
    for people in asked.values():
        some_type = event_types[next(iter(next(iter(people.values()))[2]))]
        for pk, readable in _ask(some_type, people.values()).items():
            shown[pk] |= dict.fromkeys(people[pk][2], readable)
    return shown


def _ask(event_type: Any, people: Iterable[tuple[User, set[UUID], set[str]]]) -> dict[int, Collection[UUID]]:
    wanted = [(user, objects) for user, objects, _codes in people]
    if event_type.visible_pairs is not None:
        return dict(event_type.visible_pairs(wanted))
    return {user.pk: set(event_type.visible(user, list(objects))) for user, objects in wanted}

"""Impact indicators: what is measured, from where, to where, and its dated measures."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import long_date

from .. import rules
from ..models import KIND, Indicator, Measure, Project
from .held import STALE, hold, note, touch

MOST = 8
MOST_MEASURES = 120
EARLIEST = date(1990, 1, 1)
FIELDS = ("name", "unit", "method", "baseline", "target")
NOT_YOURS = "Les mesures sont relevées par l’équipe du projet."


@transaction.atomic
def add(project: Project, values: Mapping[str, Any], *, actor: User) -> Indicator:
    held = _edited(project, actor)
    others = list(held.indicators.values_list("position", flat=True))
    if len(others) >= MOST:
        raise Refused(
            f"{MOST} indicateurs au plus : retirez-en un d’abord. Deux ou trois suivis valent mieux que dix."
        )
    made = Indicator.objects.create(
        project=held,
        position=max(others, default=0) + 1,
        **{name: values[name] for name in FIELDS if name in values},
    )
    note("indicator_added", held, actor, indicator=made.name)
    touch(held)
    return made


@transaction.atomic
def change(indicator: Indicator, values: Mapping[str, Any], *, actor: User, version: int) -> Indicator:
    """Raises Conflict when it is not the version that was on the screen."""
    held = _edited(indicator.project, actor)
    stands = _held(indicator)
    if stands.version != version:
        raise Conflict(STALE)
    changed = [name for name in FIELDS if name in values and getattr(stands, name) != values[name]]
    if not changed:
        return stands
    for name in changed:
        setattr(stands, name, values[name])
    stands.version += 1
    stands.save(update_fields=[*changed, "version"])
    note("indicator_changed", held, actor, indicator=stands.name, fields=changed)
    touch(held, is_news=False)
    return stands


@transaction.atomic
def remove(indicator: Indicator, *, actor: User) -> None:
    """Take an indicator out, with its measures."""
    held = _edited(indicator.project, actor)
    stands = _held(indicator)
    count = stands.measures.count()
    stands.delete()
    note("indicator_removed", held, actor, indicator=indicator.name, measures=count)
    touch(held, is_news=False)


@transaction.atomic
def measure(
    indicator: Indicator,
    value: Decimal,
    *,
    on: date,
    actor: User,
    remark: str = "",
    instead_of: Measure | None = None,
) -> Measure:
    """Take down a measure, or put one right (`instead_of`). One a day: raises Refused when the day has another."""
    held = _edited(indicator.project, actor)
    stands = _held(indicator)
    _check_day(on)
    rows = stands.measures.exclude(pk=instead_of.pk) if instead_of else stands.measures.all()
    if rows.filter(measured_on=on).exists():
        raise Refused(
            f"Une mesure est déjà relevée le {long_date(on)} : corrigez-la, ou choisissez un autre jour."
        )
    if instead_of is None:
        if stands.measures.count() >= MOST_MEASURES:
            raise Refused(f"{MOST_MEASURES} mesures au plus pour un indicateur.")
        row = Measure(indicator=stands)
    else:
        found = stands.measures.select_for_update(of=("self",)).filter(pk=instead_of.pk).first()
        if found is None:
            raise Conflict("Cette mesure n’est plus là.")
        row = found
    row.measured_on, row.value, row.note, row.author = on, value, remark, actor
    row.save()
    verb = "measured" if instead_of is None else "measure_corrected"
    note(verb, held, actor, indicator=stands.name, value=str(value), on=on.isoformat())
    if instead_of is None:
        tell("project.measured", KIND, held.pk, actor=actor, measure=row.pk)
    touch(held, is_news=instead_of is None)
    return row


@transaction.atomic
def remove_measure(row: Measure, *, actor: User) -> None:
    held = _edited(row.indicator.project, actor)
    _held(row.indicator)
    if not Measure.objects.filter(pk=row.pk).delete()[0]:
        raise Conflict("Cette mesure n’est plus là.")
    note("measure_removed", held, actor, indicator=row.indicator.name, on=row.measured_on.isoformat())
    touch(held, is_news=False)


def _edited(project: Project, actor: User) -> Project:
    held = hold(project)
    if not rules.edits(actor, held):
        raise Refused(NOT_YOURS)
    return held


def _held(indicator: Indicator) -> Indicator:
    stands = Indicator.objects.select_for_update(of=("self",)).filter(pk=indicator.pk).first()
    if stands is None:
        raise Conflict("Cet indicateur n’est plus là : quelqu’un l’a retiré.")
    return stands


def _check_day(on: date) -> None:
    if on > clock.today():
        raise Refused(
            "Une mesure se relève aujourd’hui au plus tard : elle dit ce qui est, pas ce qui est attendu."
        )
    if on < EARLIEST:
        raise Refused("Vérifiez l’année de cette mesure.")

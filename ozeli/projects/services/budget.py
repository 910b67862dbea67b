"""The budget of a project, line by line; its sums stay on the project, in the same transaction."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from ozeli.accounts.models import User
from ozeli.core.errors import Conflict, Refused

from .. import rules
from ..models import BudgetLine, Project
from ..models.stages import MOST_EUROS
from .held import STALE, hold, note, touch
from .stages import sum_budget

MOST = 40
AMOUNTS = ("planned", "committed", "spent")
NOT_YOURS = "Le budget est tenu par l’équipe du projet."


@transaction.atomic
def add(project: Project, label: str, amounts: Mapping[str, Decimal], *, actor: User) -> BudgetLine:
    """The first line replaces the sums that the stage reports gave."""
    held = _edited(project, actor)
    places = list(held.budget.values_list("position", flat=True))
    if len(places) >= MOST:
        raise Refused(f"{MOST} lignes au plus : regroupez les petites dépenses.")
    made = BudgetLine.objects.create(
        project=held, label=label, position=max(places, default=0) + 1, **_checked(amounts)
    )
    keep_sums(held)
    note("budget_added", held, actor, line=label, amounts=_plain(made))
    touch(held)
    return made


@transaction.atomic
def change(
    line: BudgetLine, label: str, amounts: Mapping[str, Decimal], *, actor: User, version: int
) -> BudgetLine:
    """Raises Conflict when it is not the version that was on the screen."""
    held = _edited(line.project, actor)
    stands = _held(line)
    if stands.version != version:
        raise Conflict(STALE)
    was = _plain(stands)
    for name, value in _checked(amounts).items():
        setattr(stands, name, value)
    stands.label = label
    stands.version += 1
    stands.save(update_fields=["label", *AMOUNTS, "version"])
    keep_sums(held)
    note("budget_changed", held, actor, line=label, was=was, amounts=_plain(stands))
    touch(held)
    return stands


@transaction.atomic
def remove(line: BudgetLine, *, actor: User) -> None:
    held = _edited(line.project, actor)
    stands = _held(line)
    stands.delete()
    keep_sums(held)
    note("budget_removed", held, actor, line=stands.label, amounts=_plain(stands))
    touch(held, is_news=False)


def keep_sums(held: Project) -> None:
    """Add up the lines on the project, held by the caller; without any, its stage reports say the sums again."""
    if not held.budget.exists():
        sum_budget(held)
        return
    sums = held.budget.aggregate(**{name: Sum(name, default=Decimal(0)) for name in AMOUNTS})
    Project.objects.filter(pk=held.pk).update(**{f"budget_{name}": sums[name] for name in AMOUNTS})


def _edited(project: Project, actor: User) -> Project:
    held = hold(project)
    if not rules.edits(actor, held):
        raise Refused(NOT_YOURS)
    return held


def _held(line: BudgetLine) -> BudgetLine:
    stands = BudgetLine.objects.select_for_update(of=("self",)).filter(pk=line.pk).first()
    if stands is None:
        raise Conflict("Cette ligne n’est plus dans le budget : quelqu’un l’a retirée.")
    return stands


def _checked(amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The three amounts, each between nothing and the most. Raises Refused otherwise."""
    given = {name: Decimal(amounts.get(name) or 0) for name in AMOUNTS}
    if any(not 0 <= value <= MOST_EUROS for value in given.values()):
        raise Refused("Un montant va de 0 à 100 millions d’euros.")
    return given


def _plain(line: BudgetLine) -> dict[str, str]:
    return {name: str(getattr(line, name)) for name in AMOUNTS}

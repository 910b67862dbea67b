"""Lifecycles, as the administrators of the network keep them.

A version is composed aside, then published: it never changes afterwards. Projects keep the one they started with.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock, memo
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import quoted
from ozeli.journal import changes
from ozeli.journal.services import record
from ozeli.network.setting_forms import free_code

from .. import rules
from ..enums import State
from ..models import Ending, Lifecycle, LifecycleVersion, Stage
from ..selectors.composing import as_told, free_stage_code

KIND = "lifecycle"
MOST_STAGES = 20
CODE_ROOM = 40
# Numbers of stages stand aside while they change places: each is unique in its version.
_ASIDE = 1000
_STAGE = ("code", "name", "purpose", "questions", "is_gate", "is_groupable", "expected_days")
_ENDING = ("code", "name", "state", "position")
PUBLISHED = (
    "Cette version est publiée : elle ne change plus. Préparez-en une nouvelle pour modifier le parcours."
)
STALE = (
    "Quelqu’un a modifié cette étape pendant que vous l’aviez sous les yeux. Les deux textes sont affichés."
)


@dataclass(frozen=True, slots=True)
class StageWords:
    """What one writes of a stage."""

    name: str
    purpose: str = ""
    questions: str = ""
    is_gate: bool = False
    is_groupable: bool = True
    expected_days: int | None = None


# --- lifecycles -------------------------------------------------------------------------------------------------------


@transaction.atomic
def copy_lifecycle(lifecycle: Lifecycle, *, name: str, summary: str, kind: str, actor: User) -> Lifecycle:
    """A lifecycle of its own, with a first version to compose from the last one of `lifecycle`."""
    _check(actor)
    last = lifecycle.versions.order_by("-number").first()
    place = Lifecycle.objects.aggregate(last=Max("position"))["last"] or 0
    made = Lifecycle.objects.create(
        code=free_code(Lifecycle, name, room=CODE_ROOM),
        name=name,
        summary=summary,
        kind=kind,
        position=place + changes.STEP,
        copied_from=lifecycle,
    )
    version = LifecycleVersion.objects.create(lifecycle=made, number=1, made_by=actor)
    if last is not None:
        _fill(version, last)
    _record("copied", made, actor, source=lifecycle.name)
    return made


def change_lifecycle(lifecycle: Lifecycle, values: dict[str, Any], *, actor: User, version: int) -> Lifecycle:
    """Its name and what is said of it: for every version. Raises `journal.changes.Stale`."""
    _check(actor)
    return _kept(changes.change(lifecycle, values, kind=KIND, actor=actor_key(actor), version=version))


@transaction.atomic
def archive_lifecycle(lifecycle: Lifecycle, *, actor: User) -> Lifecycle:
    """Offer it no more; the projects that follow it go on. Refused for the last one offered."""
    _check(actor)
    offered = Lifecycle.objects.select_for_update(of=("self",)).filter(is_active=True)
    others = [one.pk for one in offered.exclude(pk=lifecycle.pk)]
    if not LifecycleVersion.objects.filter(lifecycle__in=others, published_on__isnull=False).exists():
        raise Refused("C’est le dernier parcours proposé : mettez-en un autre en service d’abord.")
    return _kept(changes.archive(lifecycle, kind=KIND, actor=actor_key(actor)))


def restore_lifecycle(lifecycle: Lifecycle, *, actor: User) -> Lifecycle:
    _check(actor)
    return _kept(changes.restore(lifecycle, kind=KIND, actor=actor_key(actor)))


def move_lifecycle(lifecycle: Lifecycle, step: int, *, actor: User) -> None:
    """One place up (-1) or down (1) among those in service."""
    _check(actor)
    changes.move(lifecycle, Lifecycle.objects.filter(is_active=True), step, kind=KIND, actor=actor_key(actor))
    memo.forget_all()


# --- a version being composed -----------------------------------------------------------------------------------------


@transaction.atomic
def prepare_version(lifecycle: Lifecycle, *, actor: User) -> LifecycleVersion:
    """The version being composed: the one that is there, or a copy of the last one published."""
    _check(actor)
    held = Lifecycle.objects.select_for_update(of=("self",)).get(pk=lifecycle.pk)
    if (draft := held.versions.filter(published_on__isnull=True).first()) is not None:
        return draft
    last = held.versions.order_by("-number").first()
    number = last.number + 1 if last else 1
    draft = LifecycleVersion.objects.create(lifecycle=held, number=number, made_by=actor)
    if last is not None:
        _fill(draft, last)
    _record("prepared", held, actor, number=number)
    return draft


@transaction.atomic
def discard_version(draft: LifecycleVersion, *, actor: User) -> bool:
    """Drop what is composed; whether the lifecycle remains (a copy that never was published goes with it)."""
    held = _hold(draft, actor)
    lifecycle = held.lifecycle
    _record("discarded", lifecycle, actor, number=held.number)
    held.delete()
    if lifecycle.versions.exists():
        return True
    lifecycle.delete()
    return False


@transaction.atomic
def publish_version(draft: LifecycleVersion, *, note: str, actor: User, version: int) -> LifecycleVersion:
    """Every project that starts from now on follows it. Raises Refused when it cannot be followed as it is."""
    held = _hold(draft, actor, version)
    if problems := what_lacks(held):
        raise Refused(problems[0])
    held.note, held.published_on, held.made_by = note, clock.today(), actor
    held.version += 1
    held.save(update_fields=["note", "published_on", "made_by", "version"])
    _record("published", held.lifecycle, actor, number=held.number, note=note)
    memo.forget_all()
    return held


def what_lacks(draft: LifecycleVersion) -> list[str]:
    """Why a version cannot be published yet, in sentences."""
    stages = list(draft.stages.all())
    found = []
    if not stages:
        found.append("Ce parcours n’a aucune étape : ajoutez la première.")
    names = [stage.name.casefold() for stage in stages]
    if twice := next((stage.name for stage in stages if names.count(stage.name.casefold()) > 1), ""):
        found.append(f"Deux étapes portent le même nom, {quoted(twice)} : changez-en une.")
    if not draft.endings.filter(state=State.COMPLETED).exists():
        found.append("Aucune suite ne termine un projet : ajoutez-en une.")
    return found


# --- its stages and endings -------------------------------------------------------------------------------------------


@transaction.atomic
def add_stage(draft: LifecycleVersion, words: StageWords, *, actor: User) -> Stage:
    """A stage more, the last one."""
    held = _hold(draft, actor)
    number = (held.stages.aggregate(last=Max("number"))["last"] or 0) + 1
    if number > MOST_STAGES:
        raise Refused(f"Un parcours compte {MOST_STAGES} étapes au plus.")
    _check_stage_name(held, words.name)
    stage = held.stages.create(number=number, code=free_stage_code(held, words.name), **_columns(words))
    _composed(held, actor, f"étape ajoutée : {stage.name}")
    return stage


@transaction.atomic
def change_stage(stage: Stage, words: StageWords, *, actor: User, seen: str) -> Stage:
    """Other words for a stage, whose code stays. `seen` is `as_told` of what the person was reading."""
    held = _hold(stage.version, actor)
    stands = held.stages.filter(pk=stage.pk).first()
    if stands is None:
        raise Conflict("Cette étape a été retirée entre-temps. Votre saisie est gardée ci-dessous.")
    if as_told(stands) != seen:
        raise Conflict(STALE)
    _check_stage_name(held, words.name, stands)
    Stage.objects.filter(pk=stands.pk).update(**_columns(words))
    _composed(held, actor, f"étape modifiée : {words.name}")
    stands.refresh_from_db()
    return stands


@transaction.atomic
def move_stage(stage: Stage, step: int, *, actor: User) -> None:
    """Exchange a stage with the one before (-1) or after (1); the ends stay where they are."""
    held = _hold(stage.version, actor)
    keys = list(held.stages.order_by("number").values_list("pk", flat=True))
    if stage.pk not in keys:
        raise Conflict("Cette étape a été retirée entre-temps.")
    place = keys.index(stage.pk)
    if not 0 <= place + step < len(keys):
        return
    keys.insert(place + step, keys.pop(place))
    _number(held, keys)
    _composed(held, actor, f"étape déplacée : {stage.name}")


@transaction.atomic
def remove_stage(stage: Stage, *, actor: User) -> None:
    """One stage less; the others close ranks. Twice is once."""
    held = _hold(stage.version, actor)
    deleted, _each = held.stages.filter(pk=stage.pk).delete()
    if deleted:
        _number(held, list(held.stages.order_by("number").values_list("pk", flat=True)))
        _composed(held, actor, f"étape retirée : {stage.name}")


@transaction.atomic
def write_ending(
    draft: LifecycleVersion, *, name: str, state: str, actor: User, ending: Ending | None = None
) -> Ending:
    """How a project may end: a new way, or other words for one, whose code stays."""
    held = _hold(draft, actor)
    same = held.endings.filter(name__iexact=name)
    if (same.exclude(pk=ending.pk) if ending else same).exists():
        raise Refused("Une autre suite porte déjà ce nom.")
    if ending is None:
        place = (held.endings.aggregate(last=Max("position"))["last"] or 0) + 1
        code = free_stage_code(held, name, endings=True)
        ending = held.endings.create(code=code, name=name, state=state, position=place)
    elif held.endings.filter(pk=ending.pk).update(name=name, state=state):
        ending.refresh_from_db()
    else:
        raise Conflict("Cette suite a été retirée entre-temps.")
    _composed(held, actor, f"suite écrite : {name}")
    return ending


@transaction.atomic
def remove_ending(ending: Ending, *, actor: User) -> None:
    """Twice is once."""
    held = _hold(ending.version, actor)
    if held.endings.filter(pk=ending.pk).delete()[0]:
        _composed(held, actor, f"suite retirée : {ending.name}")


# --- what they share --------------------------------------------------------------------------------------------------


def _check(actor: User) -> None:
    if not rules.keeps_lifecycles(actor):
        raise PermissionDenied


def _hold(draft: LifecycleVersion, actor: User, version: int | None = None) -> LifecycleVersion:
    """The version as it stands, held; Refused once it is published, Conflict when it is gone or has changed."""
    _check(actor)
    held = (
        LifecycleVersion.objects.select_for_update(of=("self",))
        .select_related("lifecycle")
        .filter(pk=draft.pk)
        .first()
    )
    if held is None:
        raise Conflict("Cette version a été abandonnée entre-temps.")
    if held.published_on is not None:
        raise Refused(PUBLISHED)
    if version is not None and held.version != version:
        raise Conflict("Cette version a changé pendant que vous la relisiez. Relisez-la, puis publiez.")
    return held


def _fill(draft: LifecycleVersion, source: LifecycleVersion) -> None:
    """The stages and endings of another version, as they stand."""
    Stage.objects.bulk_create(
        Stage(version=draft, number=one.number, **{name: getattr(one, name) for name in _STAGE})
        for one in source.stages.all()
    )
    Ending.objects.bulk_create(
        Ending(version=draft, **{name: getattr(one, name) for name in _ENDING})
        for one in source.endings.all()
    )


def _check_stage_name(held: LifecycleVersion, name: str, stage: Stage | None = None) -> None:
    same = held.stages.filter(name__iexact=name)
    if (same.exclude(pk=stage.pk) if stage else same).exists():
        raise Refused("Une autre étape porte déjà ce nom.")


def _columns(words: StageWords) -> dict[str, Any]:
    return {name: getattr(words, name) for name in StageWords.__slots__}


def _number(held: LifecycleVersion, keys: list[int]) -> None:
    """Number the stages in this order, from 1."""
    held.stages.update(number=F("number") + _ASIDE)
    for number, key in enumerate(keys, start=1):
        Stage.objects.filter(pk=key).update(number=number)


def _composed(held: LifecycleVersion, actor: User, said: str) -> None:
    LifecycleVersion.objects.filter(pk=held.pk).update(version=F("version") + 1)
    _record("composed", held.lifecycle, actor, number=held.number, said=said)


def _record(act: str, lifecycle: Lifecycle, actor: User, **details: Any) -> None:
    record(f"{KIND}.{act}", KIND, lifecycle.pk, actor=actor_key(actor), name=lifecycle.name, **details)


def _kept(lifecycle: Lifecycle) -> Lifecycle:
    memo.forget_all()
    return lifecycle

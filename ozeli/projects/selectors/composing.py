"""A version of a lifecycle being composed: what tells its stages, and what it changes to the one before."""

import hashlib

from django.utils.text import slugify

from ozeli.core.french import quoted

from ..models import Lifecycle, LifecycleVersion, Stage

CODE_ROOM = 40
_TOLD = ("name", "purpose", "questions", "is_gate", "is_groupable", "expected_days")


def as_told(stage: Stage) -> str:
    """A print of what a stage says: another one means that somebody wrote it since."""
    said = repr([getattr(stage, name) for name in _TOLD])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def free_stage_code(version: LifecycleVersion, name: str, *, endings: bool = False) -> str:
    """A code made from a name, that no other stage (or ending) of the version bears."""
    base = slugify(name)[: CODE_ROOM - 4].strip("-") or "sans-nom"
    rows = version.endings if endings else version.stages
    taken = set(rows.values_list("code", flat=True))
    return next(code for code in (base, *(f"{base}-{n}" for n in range(2, 100))) if code not in taken)


def draft_of(lifecycle: Lifecycle) -> LifecycleVersion | None:
    """The version being composed."""
    return (
        LifecycleVersion.objects.filter(lifecycle=lifecycle, published_on__isnull=True)
        .select_related("lifecycle", "made_by")
        .first()
    )


def published_before(draft: LifecycleVersion) -> LifecycleVersion | None:
    return (
        LifecycleVersion.objects.filter(lifecycle=draft.lifecycle_id, published_on__isnull=False)
        .order_by("-number")
        .first()
    )


def differences(draft: LifecycleVersion) -> list[str]:
    """What a version changes to the last one published, in sentences; all of it for a first one."""
    before = published_before(draft)
    if before is None:
        return []
    old = {one.code: one for one in before.stages.all()}
    new = {one.code: one for one in draft.stages.all()}
    found = [f"Étape ajoutée\u00a0: {quoted(one.name)}." for code, one in new.items() if code not in old]
    found += [f"Étape retirée\u00a0: {quoted(one.name)}." for code, one in old.items() if code not in new]
    for code, one in new.items():
        if code in old:
            found += _changed(old[code], one)
    if [code for code in new if code in old] != [code for code in old if code in new]:
        found.append("L’ordre des étapes change.")
    found += _endings(before, draft)
    return found


def _changed(before: Stage, after: Stage) -> list[str]:
    said = []
    if before.name != after.name:
        said.append(f"{quoted(before.name)} devient {quoted(after.name)}.")
    if (before.purpose, before.questions) != (after.purpose, after.questions):
        said.append(f"Les textes de {quoted(after.name)} changent.")
    if before.is_gate != after.is_gate:
        words = "devient un jalon" if after.is_gate else "n’est plus un jalon"
        said.append(f"{quoted(after.name)} {words}.")
    if before.is_groupable != after.is_groupable:
        words = "peut être regroupée" if after.is_groupable else "ne se regroupe plus"
        said.append(f"{quoted(after.name)} {words}.")
    if before.expected_days != after.expected_days:
        said.append(f"La durée attendue de {quoted(after.name)} change.")
    return said


def _endings(before: LifecycleVersion, draft: LifecycleVersion) -> list[str]:
    old = {one.code: (one.name, one.state) for one in before.endings.all()}
    new = {one.code: (one.name, one.state) for one in draft.endings.all()}
    said = [f"Suite ajoutée\u00a0: {quoted(new[code][0])}." for code in new if code not in old]
    said += [f"Suite retirée\u00a0: {quoted(old[code][0])}." for code in old if code not in new]
    said += [
        f"La suite {quoted(old[code][0])} change." for code in new if code in old and old[code] != new[code]
    ]
    return said

"""A synthesis, from its draft to its archive: written, edited section by section, published once."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max
from django.utils.text import Truncator

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import list_of, quoted
from ozeli.journal.services import record
from ozeli.network.enums import Audience

from .. import synthesis_rules as rules
from ..documents.text import calls
from ..enums import SynthesisState
from ..models import (
    SYNTHESIS_KIND,
    Project,
    Synthesis,
    SynthesisFile,
    SynthesisSection,
    SynthesisSource,
)
from ..selectors import synthesis_facts as facts
from ..selectors.synthesis_periods import Period
from ..synthesis_words import Draft
from .synthesis_draft import TITLES, Writer
from .synthesis_pages import page

MOST_PAGES = 60
PROPOSED = 6
State = SynthesisState
STALE = (
    "Quelqu’un a modifié cette section pendant que vous l’aviez sous les yeux. Votre texte est gardé :"
    " comparez, puis enregistrez de nouveau."
)
NOT_A_DRAFT = "Cette synthèse n’est plus en préparation : elle est publiée, ou elle part à l’instant."


# --- begin, edit ------------------------------------------------------------------------------------------------------


@transaction.atomic
def create(values: Mapping[str, Any], *, actor: User) -> Synthesis:
    """A draft written from the data. Raises Refused when this person does not write for that scope."""
    synthesis = Synthesis(**values, created_by=actor, created_on=clock.today())
    if not rules.writes(actor, synthesis):
        raise Refused("Vous préparez les synthèses des organismes que vous animez.")
    if synthesis.starts_on > clock.today():
        raise Refused("Cette période n’a pas commencé : il n’y a encore rien à en dire.")
    if synthesis.audience not in rules.audiences(synthesis.scope):
        raise Refused("Les lecteurs sont au moins ceux dont la synthèse parle.")
    synthesis.title = synthesis.title or named(synthesis)
    synthesis.save(force_insert=True)
    writer = Writer(synthesis)
    for place, (code, title) in enumerate(TITLES.items()):
        _write(
            SynthesisSection(synthesis=synthesis, code=code, title=title, position=place),
            writer.section(code),
        )
    chosen = facts.proposed(writer.projects, writer.period, PROPOSED)
    _add_pages(synthesis, _in_order(chosen))
    _note("created", synthesis, actor, period=writer.period.name)
    return synthesis


def named(synthesis: Synthesis) -> str:
    """The title that it has as long as nobody gives it another."""
    period = Period(synthesis.starts_on, synthesis.ends_on)
    words = f"{period.name[0].lower()}{period.name[1:]}" if period.is_half_year else period.name
    about = "" if synthesis.scope == Audience.NETWORK else f", {synthesis.about}"
    return Truncator(f"Synthèse des expérimentations, {words}{about}").chars(140)


@transaction.atomic
def edit(synthesis: Synthesis, values: Mapping[str, Any], *, actor: User, version: int) -> Synthesis:
    """Its title and who signs it. Raises Conflict when somebody changed them meanwhile."""
    held = _hold(synthesis)
    if held.version != version:
        raise Conflict(STALE)
    changed = {name: values[name] for name in ("title", "signature") if name in values}
    Synthesis.objects.filter(pk=held.pk).update(**changed, version=F("version") + 1)
    _note("edited", held, actor)
    return held


@transaction.atomic
def write_section(section: SynthesisSection, body: str, *, actor: User, version: int) -> None:
    """Keep the text of a person. Raises Conflict on a stale version, Refused on the call of a source that is not."""
    synthesis = _hold(section.synthesis)
    held = SynthesisSection.objects.select_for_update(of=("self",)).get(pk=section.pk)
    if held.version != version:
        raise Conflict(STALE)
    known = set(held.sources.values_list("number", flat=True))
    if unknown := [f"[{one}]" for one in calls(body) if one not in known]:
        raise Refused(
            f"Aucune source de cette section ne porte ce numéro : {list_of(unknown)}."
            " Retirez-le, ou remettez celui de la phrase d’origine."
        )
    _stamp(held, body=body, actor=actor, is_edited=True)
    _note("edited", synthesis, actor, section=held.title)


@transaction.atomic
def rewrite_section(section: SynthesisSection, *, actor: User, version: int) -> None:
    """Write a section again from the data of today: what was typed there goes. Raises Conflict."""
    synthesis = _hold(section.synthesis)
    held = SynthesisSection.objects.select_for_update(of=("self",)).get(pk=section.pk)
    if held.version != version:
        raise Conflict(STALE)
    _write(held, drafted(held), actor=actor)
    _note("rewritten", synthesis, actor, section=held.title)


def drafted(section: SynthesisSection) -> Draft:
    """What the data of today would say there. Raises Refused when its project may not be quoted any more."""
    synthesis = section.synthesis
    if not section.is_page:
        return Writer(synthesis).section(section.code)
    project = _quotable(synthesis).filter(pk=section.project_id).first()
    if project is None:
        raise Refused("Ce projet n’est plus lisible par tous les lecteurs de la synthèse : retirez sa page.")
    return page(project, Period(synthesis.starts_on, synthesis.ends_on))


def _write(section: SynthesisSection, draft: Draft, *, actor: User | None = None) -> None:
    """The section as the data say it, with its sources."""
    is_new = section.pk is None
    section.body, section.figures, section.is_edited = draft.body, draft.figures, False
    if is_new:
        section.written_on = clock.today()
        section.save(force_insert=True)
    else:
        _stamp(section, body=draft.body, figures=draft.figures, actor=actor, is_edited=False)
        section.sources.all().delete()
    SynthesisSource.objects.bulk_create(
        SynthesisSource(
            section=section,
            number=place,
            label=one.label[:200],
            total=one.rows.total,
            rows=one.rows.kept,
            address=one.address,
        )
        for place, one in enumerate(draft.sources, 1)
    )


def _stamp(section: SynthesisSection, *, actor: User | None, **values: Any) -> None:
    SynthesisSection.objects.filter(pk=section.pk).update(
        **values, written_by=actor, written_on=clock.today(), version=F("version") + 1
    )


# --- the pages of projects --------------------------------------------------------------------------------------------


@transaction.atomic
def add_pages(synthesis: Synthesis, ids: Sequence[UUID], *, actor: User) -> int:
    """Give these projects a page; how many came. Raises Refused past the limit, or for one that may not be quoted."""
    held = _hold(synthesis)
    there = set(held.sections.filter(project__isnull=False).values_list("project_id", flat=True))
    wanted = [pk for pk in dict.fromkeys(ids) if pk not in there]
    if len(there) + len(wanted) > MOST_PAGES:
        raise Refused(f"Une synthèse a {MOST_PAGES} pages de projet au plus : retirez-en avant d’en ajouter.")
    found = list(_quotable(held).filter(pk__in=wanted))
    if len(found) != len(wanted):
        raise Refused("L’un de ces projets n’est pas lisible par tous les lecteurs de la synthèse.")
    order = {pk: place for place, pk in enumerate(wanted)}
    _add_pages(held, sorted(found, key=lambda one: order[one.pk]))
    if found:
        _note("edited", held, actor, pages=[str(one.pk) for one in found])
    return len(found)


@transaction.atomic
def remove_page(synthesis: Synthesis, code: str, *, actor: User) -> None:
    """Take a page away, with what was typed on it."""
    held = _hold(synthesis)
    gone, _each = held.sections.filter(code=code, code__startswith="projet-").delete()
    if gone:
        _note("edited", held, actor, removed=code)


def _add_pages(synthesis: Synthesis, projects: Iterable[Project]) -> None:
    period = Period(synthesis.starts_on, synthesis.ends_on)
    last = synthesis.sections.aggregate(last=Max("position"))["last"] or 0
    for place, project in enumerate(projects, last + 1):
        section = SynthesisSection(
            synthesis=synthesis,
            code=f"projet-{project.short}",
            title=project.title,
            project=project,
            position=place,
        )
        _write(section, page(project, period))


def _in_order(ids: Sequence[UUID]) -> list[Project]:
    found = Project.objects.select_related("organisation", "domain", "ending").in_bulk(ids)
    return [found[pk] for pk in ids]


def _quotable(synthesis: Synthesis) -> Any:
    return facts.projects_of(synthesis).select_related("organisation", "domain", "ending")


# --- publish ----------------------------------------------------------------------------------------------------------


def lacks(synthesis: Synthesis) -> list[tuple[SynthesisSection, str]]:
    """(section, why) of what keeps it from being published: it names a project that not all its readers may read."""
    named_by: dict[UUID, list[SynthesisSection]] = {}
    called = {section.pk: (section, set(calls(section.body))) for section in synthesis.sections.all()}
    for section, _numbers in called.values():
        if section.is_page and section.project_id is None:
            return [(section, "Ce projet n’existe plus.")]
        if section.project_id is not None:
            named_by.setdefault(section.project_id, []).append(section)
    single = SynthesisSource.objects.filter(section__synthesis=synthesis, total=1)
    for source in single.only("section_id", "number", "rows"):
        section, numbers = called[source.section_id]
        if source.number in numbers:
            named_by.setdefault(UUID(source.rows[0][0]), []).append(section)
    quotable = set(facts.projects_of(synthesis).filter(pk__in=named_by).values_list("pk", flat=True))
    hidden = {section.pk: section for pk, one in named_by.items() if pk not in quotable for section in one}
    return [
        (section, f"{quoted(section.title)} parle d’un projet que tous les lecteurs ne peuvent plus lire.")
        for section in sorted(hidden.values(), key=lambda one: one.position)
    ]


@transaction.atomic
def publish(synthesis: Synthesis, *, actor: User, version: int) -> None:
    """Have its files made by a job, then open it. Raises Conflict, and Refused when something is lacking."""
    from ..tasks import publish_synthesis

    held = _hold(synthesis)
    if held.version != version:
        raise Conflict("La synthèse a changé pendant que vous la relisiez : relisez-la avant de la publier.")
    if not held.sections.exclude(body="").exists():
        raise Refused("Cette synthèse ne dit rien encore.")
    if found := lacks(held):
        raise Refused(" ".join(why for _section, why in found[:3]))
    Synthesis.objects.filter(pk=held.pk).update(
        state=State.PUBLISHING,
        progress=0,
        attempts=0,
        message="",
        published_by=actor,
        version=F("version") + 1,
    )
    publish_synthesis.defer(synthesis_id=str(held.pk))


@transaction.atomic
def stop(synthesis: Synthesis, *, actor: User) -> None:
    """Back to the draft, when the publication takes too long. Raises Conflict once it is published."""
    held = Synthesis.objects.select_for_update(of=("self",)).get(pk=synthesis.pk)
    if held.state != State.PUBLISHING:
        raise Conflict("La publication est déjà finie.")
    back_to_draft(held.pk, "")
    _note("stopped", held, actor)


def back_to_draft(key: UUID, message: str) -> None:
    Synthesis.objects.filter(pk=key, state=State.PUBLISHING).update(
        state=State.DRAFT, published_by=None, message=message, version=F("version") + 1
    )


@transaction.atomic
def open_to_readers(key: UUID, made: Mapping[str, bytes]) -> Synthesis | None:
    """Keep the files and open the synthesis; None when it is not waiting for them any more. Once only."""
    held = Synthesis.objects.select_for_update(of=("self",)).filter(pk=key, state=State.PUBLISHING).first()
    if held is None:
        return None
    SynthesisFile.objects.bulk_create(
        SynthesisFile(
            synthesis=held,
            format=kind,
            content=content,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        for kind, content in made.items()
    )
    held.state, held.published_on, held.progress = State.PUBLISHED, clock.today(), 100
    held.save(update_fields=["state", "published_on", "progress"])
    _note("published", held, held.published_by, audience=held.audience)
    return held


@transaction.atomic
def withdraw(synthesis: Synthesis, *, actor: User, reason: str) -> None:
    """Take a published synthesis away from its readers; its writers keep it. Raises Conflict, Refused."""
    held = Synthesis.objects.select_for_update(of=("self",)).get(pk=synthesis.pk)
    if held.state != State.PUBLISHED:
        raise Conflict("Cette synthèse n’est pas publiée, ou elle est déjà retirée.")
    if not reason.strip():
        raise Refused("Dites pourquoi elle est retirée.")
    Synthesis.objects.filter(pk=held.pk).update(
        state=State.WITHDRAWN, withdrawn_reason=reason.strip(), version=F("version") + 1
    )
    _note("withdrawn", held, actor, reason=reason.strip())


@transaction.atomic
def drop(synthesis: Synthesis, *, actor: User) -> None:
    """Drop a draft."""
    held = _hold(synthesis)
    _note("dropped", held, actor)
    held.delete()


def _hold(synthesis: Synthesis) -> Synthesis:
    """The draft, held until the transaction ends. Raises Conflict once it is not one any more."""
    held = (
        Synthesis.objects.select_for_update(of=("self",))
        .select_related("organisation", "branch")
        .filter(pk=synthesis.pk)
        .first()
    )
    if held is None or held.state != State.DRAFT:
        raise Conflict(NOT_A_DRAFT)
    return held


def _note(verb: str, synthesis: Synthesis, actor: User | None, **details: Any) -> None:
    key = actor_key(actor) if actor else None
    record(f"synthesis.{verb}", SYNTHESIS_KIND, synthesis.pk, actor=key, title=synthesis.title, **details)

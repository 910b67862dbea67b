"""Ideas that come from elsewhere: a consultation, another portal. Their texts enter, nobody signs them here.

They stand at the beginning of the circuit without a clock: nobody deposited them here, so nobody is owed an answer.
What they received elsewhere is kept apart (`imported_support`) and is never a vote.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import PurePath

from ozeli.challenges.enums import ChallengeState
from ozeli.challenges.models import Challenge
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.french import long_date, number
from ozeli.core.ids import LENGTH, uuid_range
from ozeli.core.imports import (
    Change,
    Column,
    Importer,
    Line,
    Option,
    Outcome,
    Record,
    importers,
    refused,
    title_key,
)
from ozeli.network.models import Domain

from .enums import EDITABLE_STATES
from .import_lines import IDENTIFIER, TITLE, Imported, Unreadable, plain, read
from .models import KIND, Idea

_TEXTS = {
    "title": "titre",
    "problem": "problème",
    "proposal": "proposition",
    "beneficiaries": "pour qui",
    "benefit": "ce que cela changerait",
}


# --- plan ---------------------------------------------------------------------------------------------------------


def plan(records: Sequence[Record], options: Mapping[str, str]) -> Iterator[Line]:
    """Compare each line with the idea that it made before, if any. Raises Refused when the origin looks wrong."""
    topics = {title_key(name): one.code for one in Domain.objects.all() for name in (one.name, one.code)}
    if options.get("domain") and title_key(options["domain"]) not in topics:
        raise Refused(f"Aucun domaine ne s’appelle « {options['domain']} ».")
    contests = _contests()
    if options.get("challenge") and title_key(options["challenge"]) not in contests:
        raise Refused(f"Aucun défi n’a l’adresse « {options['challenge']} ».")
    lines: list[Line] = []
    for record in records:
        try:
            one = read(record, options, topics, contests)
        except Unreadable as error:
            lines.append(
                refused(record, str(error), column=error.column, title=plain(record.get("title"))[:160])
            )
        else:
            lines.append(Line(record.number, Outcome.CREATE, one.title, payload=one, note=_note(record, one)))
    made = [line.payload for line in lines if line.payload is not None]
    _refuse_other_origin(made)
    first_day = min((one.day for one in made if one.day), default=clock.today())
    yield from _compared(lines, first_day)


def _contests() -> dict[str, Challenge]:
    """Challenges that ideas may be in, by name and by address."""
    standing = Challenge.objects.exclude(state=ChallengeState.DRAFT).order_by("opens_at")
    return {title_key(name): one for one in standing for name in (one.title, one.slug)}


def _note(record: Record, one: Imported) -> str:
    said = []
    if one.title.endswith("…") and len(record.get("title")) > TITLE:
        said.append("Titre coupé, en entier au début du texte.")
    if one.is_hidden:
        said.append("Retirée à la source : importée masquée.")
    return " ".join(said)


def _compared(lines: Sequence[Line], first_day: date) -> Iterator[Line]:
    made = [line.payload for line in lines if line.payload is not None]
    standing = _standing(made)
    here = _deposited_here(made)
    seen: dict[tuple[str, str], int] = {}
    for line in lines:
        one = line.payload
        if one is None:
            yield line
            continue
        key = (one.source, one.external_id)
        if key in seen:
            line.outcome, line.payload = Outcome.MERGED, None
            line.note = f"Même identifiant que la ligne {seen[key]} : la première compte."
        elif one.external_id in here:
            line.outcome, line.payload = Outcome.LEFT_OUT, None
            line.note = "Cette idée a été déposée sur ce portail : un import ne la change pas."
        else:
            _settle(line, one, standing.get(key), first_day)
        seen.setdefault(key, line.number)
        yield line


def _settle(line: Line, one: Imported, idea: Idea | None, first_day: date) -> None:
    if one.day is None:
        one.is_undated = True
        one.day = idea.deposited_on if idea else first_day
        line.note = f"{line.note} Sans date : classée au {long_date(one.day)}.".strip()
    if idea is None:
        return
    one.id = idea.pk
    line.changes = list(_changes(idea, one))
    line.outcome = Outcome.UPDATE if line.changes else Outcome.UNCHANGED


def _changes(idea: Idea, one: Imported) -> Iterator[Change]:
    """What the line changes. Once its circuit has begun here, an idea keeps its text."""
    if idea.state in EDITABLE_STATES:
        for name, label in _TEXTS.items():
            before, after = getattr(idea, name), getattr(one, name)
            if after and before != after:
                yield Change.of(label, before, after)
        if one.domain and one.domain != idea.domain.code:
            yield Change("domaine", idea.domain.name, one.domain)
    if one.challenge is not None and idea.challenge_id is None and not idea.vote_count:
        yield Change("défi", "", Challenge.objects.get(pk=one.challenge).title)
    if one.support is not None and one.support != idea.imported_support:
        before = "" if idea.imported_support is None else number(idea.imported_support)
        yield Change("soutiens importés", before, number(one.support))
    if one.day != idea.deposited_on or one.is_undated != idea.is_undated:
        days = ("sans date" if undated else long_date(day) for day, undated in _both_days(idea, one))
        yield Change("date", *days)


def _both_days(idea: Idea, one: Imported) -> Iterator[tuple[date, bool]]:
    yield idea.deposited_on, idea.is_undated
    yield one.day or idea.deposited_on, one.is_undated


def _standing(made: Sequence[Imported]) -> dict[tuple[str, str], Idea]:
    """(source, identifier) → the idea already imported."""
    ideas = Idea.objects.filter(source__in={one.source for one in made}).select_related("domain")
    return {(idea.source, idea.external_id): idea for idea in ideas.iterator(2_000)}


def _deposited_here(made: Sequence[Imported]) -> set[str]:
    """The identifiers that are addresses of ideas deposited on this portal: those of one of our own exports."""
    found = set()
    for one in made:
        if len(one.external_id) == LENGTH:
            try:
                low, high = uuid_range(one.external_id)
            except ValueError:
                continue
            if Idea.objects.filter(pk__gte=low, pk__lte=high, source="").exists():
                found.add(one.external_id)
    return found


def _refuse_other_origin(made: Sequence[Imported]) -> None:
    """The same identifiers already came under another origin: a second import would double every idea."""
    wanted, sources = {one.external_id for one in made}, {one.source for one in made}
    known = Idea.objects.filter(external_id__in=wanted, source__gt="").exclude(source__in=sources)
    others = list(known.order_by("source").values_list("source", flat=True))
    if len(others) * 2 > len(wanted):
        raise Refused(
            f"Ces identifiants sont déjà importés sous l’origine « {others[0]} » : reprenez cette origine, "
            "sinon toutes les idées seraient en double."
        )


# --- declaration --------------------------------------------------------------------------------------------------


def _origin(name: str) -> str:
    """« ideas_republique_numerique.jsonl » → « Ideas republique numerique », to be rewritten by a person."""
    words = re.sub(r"[\W_]+", " ", PurePath(name).stem).strip()
    return (words[:1].upper() + words[1:])[:IDENTIFIER] or "Fichier importé"


COLUMNS = (
    Column(
        "external_id",
        "identifiant d’origine",
        ("id", "external_id", "référence", "ref"),
        help="unique à la source",
    ),
    Column("short", "identifiant", (), help="celui d’un export d’Ozéli"),
    Column("title", "titre", ("title", "intitulé"), required=True),
    Column("body", "proposition", ("body", "texte", "contenu", "description", "proposal"), required=True),
    Column("problem", "problème", ("motivation", "constat", "problem")),
    Column("beneficiaries", "pour qui", ("bénéficiaires",)),
    Column("benefit", "ce que cela changerait", ("bénéfice", "benefit")),
    Column(
        "category",
        "domaine",
        ("category", "catégorie", "thème", "rubrique"),
        help="sinon, devient un mot-clé",
    ),
    Column("tags", "mots-clés", ("tags",), help="séparés par des virgules"),
    Column("dated", "déposée", ("created_at", "date", "déposée le", "date de dépôt")),
    Column("dated_else", "modifiée", ("updated_at", "mise à jour"), help="à défaut de date de dépôt"),
    Column(
        "support",
        "soutiens importés",
        ("votes_for", "votes pour", "soutiens"),
        help="jamais ajoutés aux votes",
    ),
    Column("trashed", "retirée à la source", ("trashed", "corbeille"), help="oui : importée masquée"),
    Column("challenge", "défi", (), help="son nom ou son adresse"),
    Column("origin", "importée de", (), help="l’origine, quand elle change d’une ligne à l’autre"),
)
OPTIONS = (
    Option(
        "source", "D’où viennent ces idées ?", "Montré sur chaque fiche : « importée de … ».", True, _origin
    ),
    Option("tag", "Mot-clé à leur donner", "Pour les retrouver ensemble."),
    Option("domain", "Domaine par défaut", "Le nom d’un domaine ; vide : « À classer »."),
    Option("challenge", "Défi où les rattacher", "Son nom ou son adresse ; vide : hors défi."),
)
RULES = (
    "Une idée importée n’est signée par personne ici ; aucun délai de réponse ne court sur elle.",
    "Les soutiens reçus ailleurs restent à part : ils ne s’ajoutent pas aux votes et ne classent rien.",
    "Sans date de dépôt, celle de modification sert. Sans aucune, l’idée est « sans date », au premier jour connu.",
    "Un titre de plus de 140 caractères est coupé, et reste en entier au début du texte.",
    "Une proposition sans texte est refusée. Une idée retirée à la source est importée masquée.",
    "Une idée dont le circuit a commencé ici garde son texte.",
    "Une idée déjà dans un défi, ou qui a reçu des votes ici, ne change pas de défi.",
)


def register() -> None:
    from .services import imported

    importers.register(
        Importer(
            code="ideas",
            title="Idées",
            noun="idée",
            brick="ideas",
            columns=COLUMNS,
            plan=plan,
            apply=imported.write_ideas,
            rules=RULES,
            options=OPTIONS,
            searchable=KIND,
            written=lambda lines: [line.payload.id for line in lines],
            position=20,
        )
    )

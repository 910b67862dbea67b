"""Projects from a spreadsheet: new ones are made, those of an export of this portal are changed where the file differs.

A line is known by the identifier of an export, else by its origin and its identifier there, else by its title and its
body. What it changes goes through the services of the screens, in the name of a person, with their rights.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from uuid import UUID

from django.db.models import Q

from ozeli.accounts.models import User
from ozeli.core.errors import Refused
from ozeli.core.french import quoted
from ozeli.core.ids import ALPHABET, LENGTH, short_id, uuid_range
from ozeli.core.imports import (
    Column,
    Fault,
    Importer,
    Line,
    Option,
    Outcome,
    Plan,
    Record,
    importers,
    title_key,
)

from . import exports, rules
from .import_changes import read_changes
from .import_lines import IDENTIFIER, Around, Reading, Wrong, odd_cells, projects_line
from .import_new import read_new
from .models import KIND, Project
from .services import imported

AT_ONCE = 500
_SHORT = re.compile(rf"([{ALPHABET}]{{{LENGTH}}})")
NOBODY = (
    "Cette ligne change un projet : dites avec --by l’adresse de qui le fait, pour ses droits et le journal."
)


# --- plan -------------------------------------------------------------------------------------------------------------


def plan(records: Sequence[Record], options: Mapping[str, str], actor: User | None) -> Iterator[Line]:
    """What would become of each line. Raises Refused for an option that leads nowhere."""
    around = Around(records, actor)
    _check_options(options, around)
    seen: dict[tuple[str, ...], int] = {}
    for start in range(0, len(records), AT_ONCE):
        some = [(record, _key(record, options)) for record in records[start : start + AT_ONCE]]
        standing = _standing([key for _record, key in some])
        cells = exports.cells_of(list(standing.values()))
        for record, key in some:
            yield _line(record, key, standing.get(key), cells, around, options, seen)


def _check_options(options: Mapping[str, str], around: Around) -> None:
    try:
        if told := options.get("organisation", ""):
            around.body(told)
    except Wrong as wrong:
        raise Refused(str(wrong)) from wrong
    if (told := options.get("lifecycle", "")) and title_key(told) not in around.lifecycles:
        raise Refused(f"Aucun parcours en service ne s’appelle {quoted(told)}.")


def _key(record: Record, options: Mapping[str, str]) -> tuple[str, ...]:
    """What makes a line the same project: (short id,) or (origin, identifier there)."""
    if told := record.get("short").strip():
        found = _SHORT.search(told.lower())
        return (found[1] if found else told,)
    origin = (record.get("source") or options.get("source", ""))[:IDENTIFIER]
    own = record.get("external_id").strip()
    if not own:
        body = record.get("organisation") or options.get("organisation", "")
        own = f"{title_key(record.get('title'))[:80]}·{title_key(body)[:30]}"
    return origin, own[:IDENTIFIER]


def _standing(keys: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], Project]:
    """The projects that these lines are about, by key."""
    wanted = Q(source__in={key[0] for key in keys if len(key) == 2}) & Q(
        external_id__in=[key[1] for key in keys if len(key) == 2]
    )
    for key in keys:
        if len(key) == 1 and len(key[0]) == LENGTH:
            try:
                low, high = uuid_range(key[0])
            except ValueError:
                continue
            wanted |= Q(pk__gte=low, pk__lte=high)
    found: dict[tuple[str, ...], Project] = {}
    projects = Project.objects.filter(wanted).select_related("organisation", "lifecycle__lifecycle")
    for one in projects.prefetch_related("members", "budget", "lifecycle__endings", "bodies"):
        found[(one.short,)] = one
        if one.source:
            found[one.source, one.external_id] = one
    return found


def _line(
    record: Record,
    key: tuple[str, ...],
    project: Project | None,
    cells: Mapping[UUID, Mapping[str, object]],
    around: Around,
    options: Mapping[str, str],
    seen: dict[tuple[str, ...], int],
) -> Line:
    title = " ".join(record.get("title").split())[:160] or (project.title if project else "")
    if faults := odd_cells(record) or _wrong_identity(record, key, project, around):
        return _refused(record, title, faults)
    same = (short_id(project.pk),) if project else key
    if same in seen:
        note = f"Même projet que la ligne {seen[same]} : la première compte."
        return Line(record.number, Outcome.MERGED, title, note=note)
    seen[same] = record.number
    if project is None:
        reading = read_new(record, key, around, options)
    else:
        reading = read_changes(record, project, cells[project.pk], around)
    if reading.faults:
        return _refused(record, title, reading.faults)
    return _settled(reading, title, project, around)


def _refused(record: Record, title: str, faults: Sequence[Fault]) -> Line:
    return Line(record.number, Outcome.REFUSED, title, fault=faults[0], others=faults[1:])


def _settled(reading: Reading, title: str, project: Project | None, around: Around) -> Line:
    line = Line(reading.record.number, Outcome.CREATE, title, reading.changes, payload=reading.asked)
    line.note = " ".join(reading.told)
    if project is not None:
        line.outcome = Outcome.UPDATE if reading.changes else Outcome.UNCHANGED
        if reading.changes and around.actor is None:
            return _refused(reading.record, title, [Fault(NOBODY)])
    return line


def _wrong_identity(
    record: Record, key: tuple[str, ...], project: Project | None, around: Around
) -> list[Fault]:
    """What keeps a line from being compared at all."""
    said = record.get("short")[:200]
    if len(key) == 1 and (project is None or not _may_know(around.actor, project)):
        reason = (
            "Cet identifiant est inconnu ici : reprenez celui de l’export, ou videz-le pour créer le projet."
        )
        return [Fault(reason, "short", said)]
    if project is not None and around.actor is not None and not rules.edits(around.actor, project):
        return [Fault("Vous ne tenez pas ce projet : retirez la ligne.", "short", said)]
    if len(key) == 2 and not key[0]:
        return [Fault("L’origine manque : dites d’où viennent ces projets.", "source", "")]
    return []


def _may_know(actor: User | None, project: Project) -> bool:
    return actor is None or rules.can_see(actor, project)


# --- declaration ------------------------------------------------------------------------------------------------------


def closing(plan: Plan) -> list[str]:
    """The line that ends an import on a terminal."""
    return [projects_line(plan)]


def _origin(name: str) -> str:
    """« suivi_des_poc.xlsx » → « Suivi des poc », to be rewritten by a person."""
    words = re.sub(r"[\W_]+", " ", PurePath(name).stem).strip()
    return (words[:1].upper() + words[1:])[:IDENTIFIER] or "Fichier importé"


ALIASES: dict[str, tuple[str, ...]] = {
    "short": ("adresse de la fiche",),
    "title": ("intitulé", "nom", "nom du projet", "projet", "poc"),
    "state": ("état", "avancement du poc", "phase"),
    "kind": ("type", "type de projet"),
    "lifecycle": ("méthode",),
    "stages_passed": ("nombre d’étapes passées", "étapes franchies"),
    "progress": ("avancement", "% d’avancement", "taux d’avancement"),
    "weather_line": ("commentaire", "point d’avancement"),
    "next_step": ("prochaine étape", "prochaines étapes"),
    "needs": ("besoins", "points de blocage"),
    "organisation": ("caisse", "structure", "organisme porteur"),
    "direction": ("direction", "service", "direction d’origine"),
    "partners": ("organismes partenaires",),
    "domain": ("filière", "thème", "catégorie"),
    "objective": ("objectif", "axe stratégique"),
    "trigger": ("déclencheur", "origine"),
    "keywords": ("tags", "mots clés"),
    "audience": ("diffusion", "visibilité"),
    "summary": ("description", "résumé", "présentation"),
    "video_url": ("lien vidéo",),
    "link_url": ("url", "site"),
    "started_on": ("date de début", "début", "date de démarrage"),
    "expected_end_on": ("date de fin prévue", "échéance", "date d’échéance"),
    "ended_on": ("date de fin", "date d’abandon", "date de clôture"),
    "ending": ("suites", "suites données"),
    "cause": ("cause d’arrêt", "motif"),
    "budget_planned": ("budget", "budget prévu", "budget prévisionnel"),
    "budget_committed": ("budget engagé",),
    "budget_spent": ("budget dépensé", "coût réel"),
    "source": ("source",),
    "external_id": ("id", "référence", "ref", "numéro"),
}
HELP = {
    "short": "celui d’un export d’ici\u00a0: la ligne change ce projet",
    "organisation": "son nom ou son code",
    "sponsors": "séparés par des points-virgules",
    "partners": "séparés par des points-virgules",
    "keywords": "cinq au plus, séparés par des virgules",
    "stages_passed": "pour un projet nouveau",
    "external_id": "unique à la source, pour ne pas importer deux fois",
    "mark": "celui d’un export d’ici\u00a0: il dit ce qui a changé depuis",
}
_READ = [
    code for code in exports.COLUMNS if code not in exports.TOLD_ONLY or code in ("stages_passed", "mark")
]
COLUMNS = (
    *(
        Column(code, exports.COLUMNS[code], ALIASES.get(code, ()), code == "title", HELP.get(code, ""))
        for code in _READ
    ),
    Column(
        "owner_mail",
        "adresse du porteur",
        ("mail du porteur", "courriel du porteur"),
        help="pour un projet nouveau",
    ),
    Column("note", "raison", ("raison de l’arrêt",), help="en une phrase, pour un changement de statut"),
    Column(
        "lesson", "leçon", ("ce que d’autres peuvent en apprendre", "enseignements"), help="pour un abandon"
    ),
)
OPTIONS = (
    Option(
        "source",
        "D’où viennent ces projets\u202f?",
        "Montré sur chaque fiche : « importé de … ».",
        True,
        _origin,
    ),
    Option("organisation", "Organisme par défaut", "Son nom ou son code ; vide : le vôtre."),
    Option("lifecycle", "Parcours par défaut", "Son nom ; vide : POC en sept étapes."),
)
RULES = (
    "Une ligne qui porte l’identifiant d’un export change ce projet ; les autres créent le leur, une seule fois.",
    "Sans identifiant d’origine, un projet est reconnu à son titre et à son organisme.",
    "Une case vide n’efface rien, sauf dans un export d’ici avec sa colonne « repère ».",
    "Ce qui a changé sur le portail depuis l’export est gardé ; changé des deux côtés, la ligne est refusée.",
    "Le statut change comme sur la fiche : geler ou abandonner veut une cause et une raison ; abandonner, une leçon.",
    "Les étapes, le porteur et les idées d’un projet existant changent depuis sa fiche, jamais par un fichier.",
    "Un projet nouveau sans adresse de porteur reste à reprendre par une équipe d’animation.",
    "Formule, cellule fusionnée, dates à l’envers, avancement hors de 0 à 100 % : ligne refusée, cellule nommée.",
)


def register() -> None:
    importers.register(
        Importer(
            code="projects",
            title="Expérimentations",
            noun="projet",
            brick="projects",
            columns=COLUMNS,
            plan=plan,
            apply=imported.write_projects,
            rules=RULES,
            options=OPTIONS,
            closing=closing,
            searchable=KIND,
            written=lambda lines: [line.payload.id for line in lines],
            position=30,
            by_actor=True,
            by_anybody=True,
            strict=True,
            at_once=100,
        )
    )

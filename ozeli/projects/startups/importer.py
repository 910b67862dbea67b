"""`ozeli import startups FILE`: each line compared with the project that it made before, if any."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ozeli.core.imports import (
    Column,
    Importer,
    Line,
    Option,
    Outcome,
    Plan,
    Record,
    importers,
    refused,
    title_key,
)
from ozeli.network.models import Domain

from ..import_lines import projects_line
from ..models import KIND, Project
from . import kept
from .bodies import Bodies, read_companion
from .phases import Oddity
from .reader import Startup, Unread, read
from .writer import write_startups

HELD_HERE = "Modifié ici depuis son import : le fichier n’y change plus rien."


def plan(records: Sequence[Record], options: Mapping[str, str]) -> Iterator[Line]:
    """What would become of each line. Raises Refused for a companion file that cannot be read."""
    bodies = Bodies(
        read_companion(options.get("incubators", "")), read_companion(options.get("organisations", ""))
    )
    topics = {title_key(name): one for one in Domain.objects.all() for name in (one.name, one.code)}
    lines = [_read(record) for record in records]
    _merge_twins(lines)
    made = [line.payload for line in lines if line.payload is not None]
    standing = {one.external_id: one for one in kept.standing(one.external_id for one in made)}
    current, known = kept.routes({one.lifecycle_id for one in standing.values()})
    for line in lines:
        if line.payload is not None:
            startup: Startup = line.payload
            bodies.settle(startup)
            found = next((topics[key] for one in startup.topics if (key := title_key(one)) in topics), None)
            startup.domain = found.pk if found else None
            project = standing.get(startup.external_id)
            route = known[project.lifecycle_id] if project else current
            startup.lifecycle = route.pk
            if project is not None:
                _compare(line, project, route, bodies.names, found.name if found else "")
            line.note = " ".join([*startup.notes, line.note]).strip()
        yield line


def _read(record: Record) -> Line:
    try:
        startup = read(record)
    except Unread as error:
        return refused(record, str(error), column=error.column, title=record.get("title")[:160])
    return Line(record.number, Outcome.CREATE, startup.title, payload=startup)


def _merge_twins(lines: Sequence[Line]) -> None:
    """Of two lines of one startup, the first counts."""
    seen: dict[str, int] = {}
    for line in lines:
        if line.payload is None:
            continue
        key = line.payload.external_id
        if key in seen:
            line.outcome, line.payload = Outcome.MERGED, None
            line.note = f"Même identifiant que la ligne {seen[key]} : la première compte."
        seen.setdefault(key, line.number)


def _compare(line: Line, project: Project, route: kept.Route, names: Mapping[str, str], domain: str) -> None:
    startup: Startup = line.payload
    startup.id, startup.version = project.pk, project.version
    line.changes = list(kept.changes(project, startup, route, names, domain))
    if not line.changes:
        line.outcome = Outcome.UNCHANGED
    elif project.version != project.imported_version:
        line.outcome, line.changes, line.note = Outcome.LEFT_OUT, (), HELD_HERE
    else:
        line.outcome = Outcome.UPDATE


# --- what is said at the end ------------------------------------------------------------------------------------------


def closing(plan: Plan) -> list[str]:
    """The rules that were followed and how often, then the line that ends the import."""
    startups = [line.payload for line in plan.lines if line.payload is not None]
    followed: Counter[Oddity] = Counter()
    for one in startups:
        followed.update(one.course.oddities)
    spellings = {word for one in startups for word in one.publics}
    return [
        "Règles suivies, et combien de fois :",
        *(f"  {followed[one]:>4}  {one.value}" for one in Oddity if followed[one]),
        f"  {sum(not one.sponsors for one in startups):>4}  Sans commanditaire : le projet n’en a pas.",
        f"  {len(spellings):>4}  Façons d’écrire les publics : les graphies d’un même public sont réunies.",
        projects_line(plan),
    ]


COLUMNS = (
    Column("external_id", "identifiant", ("id",), required=True),
    Column("title", "titre", ("title",), required=True),
    Column("summary", "mission", ("mission",)),
    Column("pitch", "description", ("description",)),
    Column("is_cut", "description coupée", ("description_truncated",)),
    Column("incubator", "incubateur", ("incubator_id",), required=True, help="porte le projet"),
    Column("incubator_name", "nom de l’incubateur", ("incubator_title",)),
    Column("sponsors", "commanditaires", ("sponsor_ids",)),
    Column("sponsor_names", "noms des commanditaires", ("sponsor_titles",)),
    Column("phases", "phases", ("phases",), required=True, help="étapes et fins, datées"),
    Column("topics", "thèmes", ("thematiques",), help="mots-clés, et domaine quand l’un porte ce nom"),
    Column("publics", "publics", ("usertypes",)),
    Column("technics", "techniques", ("techno",)),
    Column("link", "adresse", ("link",)),
    Column("code", "code source", ("repository",)),
    Column("has_figures", "statistiques publiées", ("stats",)),
    Column("figures", "adresse des statistiques", ("stats_url",)),
    Column("budget", "adresse du budget", ("budget_url",)),
    Column("impact", "mesure d’impact", ("impact_url",)),
    Column("accessibility", "accessibilité", ("accessibility_status",)),
    Column("events", "événements", ("events",), help="deviennent des billets du journal de bord"),
    Column("fund", "fonds d’accélération", ("fast",), help="devient une ligne de budget"),
)
FILES = (
    Option(
        "incubators",
        "Fichier des incubateurs",
        "leurs noms, et l’administration à laquelle ils appartiennent",
    ),
    Option("organisations", "Fichier des administrations", "leurs noms et leurs sigles"),
)
RULES = (
    "Un projet importé n’a pas de porteur ici\u00a0: une équipe d’animation peut le reprendre.",
    "Dès que quelqu’un modifie ici un projet importé, l’import n’y change plus rien.",
    "Le statut est celui de la dernière phase\u00a0: transféré et opéré terminent, les deux abandons arrêtent.",
    "L’incubateur porte le projet, les commanditaires s’y ajoutent.",
    "Un organisme connu ici par son nom est repris\u202f; les autres naissent dans la branche « État et opérateurs ».",
    "Une étape que le fichier ne dit pas, avant une autre qu’il dit, compte comme passée, sans bilan.",
    *(one.value for one in Oddity),
    "Les publics écrits de plusieurs façons sont réunis\u202f; les autres restent comme ils sont écrits.",
    "Liens, techniques et accessibilité suivent la description\u202f; les événements vont au journal de bord.",
)


def register() -> None:
    importers.register(
        Importer(
            code="startups",
            title="Startups d’État",
            noun="projet",
            brick="projects",
            columns=COLUMNS,
            plan=plan,
            apply=write_startups,
            rules=RULES,
            files=FILES,
            closing=closing,
            searchable=KIND,
            written=lambda lines: [line.payload.id for line in lines],
            position=40,
        )
    )

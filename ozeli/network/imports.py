"""Bodies of the network, from a table.

No code covers all bodies in the files that exist: a body is known by its code when there is one, else by its name
(case, accents and well-known acronyms do not count) and its département.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.text import slugify

from ozeli.core.french import fold, quoted, sort_key
from ozeli.core.imports import Change, Column, Importer, Line, Outcome, Record, importers, refused, title_key

from .enums import Region, SizeBand
from .geography import REGION_OF, department_code, department_of_postcode
from .models import Branch, Organisation
from .names import KNOWN_AS, branch_title, free_code, name_key, proper_name
from .searchable import KIND, object_id

LONGEST_NAME = 160
LEFT_OUT_TYPES = {"agenceretraite": "Une agence retraite est un point d’accueil, pas un organisme."}
_YES, _NO = (
    frozenset({"oui", "o", "1", "vrai", "true", "ouvert", "yes"}),
    frozenset({"non", "n", "0", "faux", "false"}),
)
_LABELS = {
    "name": "nom",
    "branch": "branche",
    "parent": "caisse nationale",
    "region": "région",
    "department": "département",
    "size_band": "effectif",
    "is_active": "ouvert",
}


@dataclass(slots=True)
class Body:
    """A body as the lines of a file tell it; several lines may tell one."""

    key: str
    name: str
    code: str = ""
    branch: str = ""
    parent: str = ""
    region: str = ""
    department: str = ""
    size_band: str = ""
    is_active: bool | None = None
    notes: list[str] = field(default_factory=list)
    existing: Organisation | None = None
    parent_code: str = ""

    def take(self, other: "Body") -> None:
        """What another line of the same body says, where this one says nothing."""
        for name in ("code", "branch", "parent", "region", "department", "size_band"):
            if not getattr(self, name):
                setattr(self, name, getattr(other, name))
        if self.is_active is None:
            self.is_active = other.is_active
        if _rank(other) > _rank(self):
            self.name = other.name
        self.notes += other.notes


def _rank(body: Body) -> int:
    """A name that still stands is better than one of before, and small letters than capitals."""
    return 2 * (sort_key(body.name) not in KNOWN_AS) + (not body.name.isupper())


# --- plan ---------------------------------------------------------------------------------------------------------


def plan(records: Sequence[Record], options: Mapping[str, str]) -> Iterator[Line]:
    """One line for each record, the first of each body bearing what all of them say."""
    bodies, lines = _Bodies(), []
    for record in records:
        line = _left_out(record) or _read(record, bodies)
        lines.append(line)
    bodies.settle()
    for line in lines:
        if isinstance(line.payload, Body) and line.outcome == Outcome.CREATE:
            _compare(line, line.payload, bodies)
        yield line


def _left_out(record: Record) -> Line | None:
    reason = LEFT_OUT_TYPES.get(title_key(record.get("type")))
    return Line(record.number, Outcome.LEFT_OUT, record.get("name")[:160], note=reason) if reason else None


def _read(record: Record, bodies: "_Bodies") -> Line:
    """The body of a line, as a line to create until it is compared."""
    name = " ".join(record.get("name").split())
    if not sort_key(name):
        return refused(record, "Le nom manque : écrivez le nom de l’organisme.", column="name")
    if len(name) > LONGEST_NAME:
        return refused(record, f"Le nom dépasse {LONGEST_NAME} caractères : raccourcissez-le.", column="name")
    body = Body(name_key(name), name, code=slugify(record.get("code"))[:60], parent=record.get("parent"))
    body.branch = record.get("branch")
    if fault := _place(record, body) or _rest(record, body):
        return refused(record, fault[1], column=fault[0], title=name)
    first = bodies.known(body)
    if first is not None:
        first.take(body)
        note = f"Même organisme que {quoted(first.name)}\u00a0: les deux lignes n’en font qu’une."
        return Line(record.number, Outcome.MERGED, name, note=note)
    bodies.add(body)
    return Line(record.number, Outcome.CREATE, name, payload=body)


def _place(record: Record, body: Body) -> tuple[str, str] | None:
    """Fill département and region; (column, reason) when they cannot be understood."""
    told, by_post = record.get("department"), department_of_postcode(record.get("postal_code"))
    body.department = department_code(told)
    if told and not body.department:
        return "department", "Ce département n’existe pas : écrivez son code, comme 59, 2A ou 974."
    if by_post.startswith("97") or not body.department:
        body.department = body.department or by_post  # overseas postcodes are too often another island's
    elif by_post and by_post != body.department:
        body.notes.append(
            f"Département {body.department} corrigé en {by_post}, celui du code postal {record.get('postal_code')}."
        )
        body.department = by_post
    region = record.get("region")
    body.region = REGION_OF.get(body.department, "") or _region(region)
    if region and not body.region and not body.department:
        return "region", "Cette région n’existe pas : écrivez son nom ou son code Insee."
    return None


def _region(text: str) -> str:
    key = title_key(text)
    code = text.strip().zfill(2) if text.strip().isdigit() else ""
    return next((one.value for one in Region if one.value == code or title_key(one.label) == key), "")


def _rest(record: Record, body: Body) -> tuple[str, str] | None:
    size, active = title_key(record.get("size_band")), title_key(record.get("is_active"))
    body.size_band = next((one.value for one in SizeBand if size in (one.value, title_key(one.label))), "")
    if size and not body.size_band:
        choices = ", ".join(f"« {one.label} »" for one in SizeBand)
        return "size_band", f"Cet effectif n’est pas une tranche connue : écrivez {choices}."
    if active and active not in _YES | _NO:
        return "is_active", "Écrivez « oui » ou « non » : l’organisme est-il ouvert ?"
    body.is_active = (active in _YES) if active else None
    return None


class _Bodies:
    """The bodies of the file and those that stand, by code and by name."""

    def __init__(self) -> None:
        self.found: list[Body] = []
        self.announced: set[str] = set()
        self._by_key: dict[str, list[Body]] = {}
        self._by_code: dict[str, Body] = {}
        self.standing = {
            one.code: one for one in Organisation.objects.select_related("branch", "parent").order_by("pk")
        }
        self._standing_by_key: dict[str, list[Organisation]] = {}
        for one in self.standing.values():
            self._standing_by_key.setdefault(name_key(one.name), []).append(one)
        self.branches = {
            branch_key(name): one for one in Branch.objects.all() for name in (one.name, one.code)
        }

    def new_branch(self, name: str) -> str:
        """What to say of a branch that the file brings, once."""
        key = branch_key(name)
        if key in self.announced:
            return ""
        self.announced.add(key)
        return f"La branche {quoted(branch_title(name))} sera créée."

    def known(self, body: Body) -> Body | None:
        if body.code and body.code in self._by_code:
            return self._by_code[body.code]
        alike = [
            one
            for one in self._by_key.get(body.key, [])
            if _together(one.department, body.department) and not (body.code and one.code)
        ]
        return alike[0] if alike else None

    def add(self, body: Body) -> None:
        self.found.append(body)
        self._by_key.setdefault(body.key, []).append(body)
        if body.code:
            self._by_code[body.code] = body

    def settle(self) -> None:
        """Give each body what stands for it, a code, and the code of its parent."""
        taken = set(self.standing)
        for body in self.found:
            body.existing = self.standing.get(body.code) or self._standing(body)
            if body.existing is None:
                body.name = proper_name(body.name)
                body.code = free_code(body.code or body.name, body.department, taken)
            else:
                body.code = body.existing.code
            taken.add(body.code)
        for body in self.found:
            body.parent_code = self._parent(body)

    def _standing(self, body: Body) -> Organisation | None:
        alike = self._standing_by_key.get(body.key, [])
        found = next((one for one in alike if _together(one.department, body.department)), None)
        if found is None and len(alike) == 1 == len(self._by_key[body.key]):
            return alike[0]  # nobody else bears that name: its département was wrong
        return found

    def _parent(self, body: Body) -> str:
        if not body.parent:
            return ""
        key = name_key(body.parent)
        parent = next(iter(self._by_key.get(key, [])), None)
        standing = self.standing.get(body.parent) or next(iter(self._standing_by_key.get(key, [])), None)
        code = parent.code if parent is not None else standing.code if standing is not None else ""
        if not code:
            body.notes.append(f"Caisse nationale {quoted(body.parent)} inconnue\u00a0: laissée vide.")
        return "" if code == body.code else code


def branch_key(name: str) -> str:
    return title_key(name).rstrip("s")


def _together(one: str, other: str) -> bool:
    return not one or not other or one == other


def _compare(line: Line, body: Body, bodies: _Bodies) -> None:
    """Settle the outcome of the line that bears a body."""
    line.title, standing = body.name, body.existing
    if standing is None and not body.branch:
        line.outcome, line.payload = Outcome.REFUSED, None
        line.fault = refused(
            Record(line.number, {}), "La branche manque : écrivez-la.", column="branch"
        ).fault
        return
    if body.branch and branch_key(body.branch) not in bodies.branches:
        body.notes.append(bodies.new_branch(body.branch))
    line.note = " ".join(dict.fromkeys(filter(None, body.notes)))
    if standing is not None:
        line.changes = list(_changes(body, standing, bodies))
        line.outcome = Outcome.UPDATE if line.changes else Outcome.UNCHANGED
        line.title = standing.name


def _changes(body: Body, standing: Organisation, bodies: _Bodies) -> Iterator[Change]:
    """The fields that the file changes; what it leaves blank stays."""
    if name_key(body.name) != name_key(standing.name):
        yield Change(_LABELS["name"], standing.name, proper_name(body.name))
    if body.branch and bodies.branches.get(branch_key(body.branch)) != standing.branch:
        yield Change(_LABELS["branch"], standing.branch.name, branch_name(body.branch, bodies.branches))
    if body.parent_code and (standing.parent is None or standing.parent.code != body.parent_code):
        yield Change(_LABELS["parent"], standing.parent.name if standing.parent else "", body.parent)
    if body.region and body.region != standing.region:
        yield Change(_LABELS["region"], standing.get_region_display(), str(Region(body.region).label))
    if body.department and body.department != standing.department:
        yield Change(_LABELS["department"], standing.department, body.department)
    if body.size_band and body.size_band != standing.size_band:
        after = str(SizeBand(body.size_band).label)
        yield Change(_LABELS["size_band"], standing.get_size_band_display(), after)
    if body.is_active is not None and body.is_active != standing.is_active:
        yield Change(
            _LABELS["is_active"], *("oui" if one else "non" for one in (standing.is_active, body.is_active))
        )


def branch_name(text: str, branches: Mapping[str, Branch]) -> str:
    known = branches.get(branch_key(text))
    return known.name if known else branch_title(text)[:80]


# --- apply --------------------------------------------------------------------------------------------------------


def apply(lines: Sequence[Line], *, actor: Any, options: Mapping[str, str]) -> None:
    """Create and update bodies, then give them their parents. Lines already written change nothing."""
    bodies = [line.payload for line in lines]
    branches = _branches(bodies)
    found = Organisation.objects.select_for_update(of=("self",)).in_bulk(
        [body.code for body in bodies], field_name="code"
    )
    new = [_created(body, branches) for body in bodies if body.code not in found]
    Organisation.objects.bulk_create(new)
    found |= {one.code: one for one in new}
    parents = Organisation.objects.in_bulk(
        [body.parent_code for body in bodies if body.parent_code], field_name="code"
    )
    for body in bodies:
        _fill(found[body.code], body, branches, parents)
    Organisation.objects.bulk_update(
        found.values(),
        [
            "name",
            "sort_name",
            "branch",
            "parent",
            "region",
            "department",
            "size_band",
            "is_active",
            "version",
        ],
    )


def _branches(bodies: Iterable[Body]) -> dict[str, Branch]:
    known = {branch_key(name): one for one in Branch.objects.all() for name in (one.name, one.code)}
    for body in bodies:
        if body.branch and branch_key(body.branch) not in known:
            name = branch_name(body.branch, known)
            code = slugify(fold(name))[:30] or "branche"
            known[branch_key(body.branch)] = Branch.objects.get_or_create(code=code, defaults={"name": name})[
                0
            ]
    return known


def _created(body: Body, branches: Mapping[str, Branch]) -> Organisation:
    return Organisation(
        code=body.code,
        name=body.name,
        sort_name=sort_key(body.name),
        branch=branches[branch_key(body.branch)],
        region=body.region,
        department=body.department,
        size_band=body.size_band,
        is_active=body.is_active is not False,
    )


def _fill(
    row: Organisation, body: Body, branches: Mapping[str, Branch], parents: Mapping[str, Organisation]
) -> None:
    if name_key(body.name) != name_key(row.name):
        row.name = proper_name(body.name)
        row.sort_name = sort_key(row.name)
    if body.branch:
        row.branch = branches[branch_key(body.branch)]
    if body.parent_code in parents:
        row.parent = parents[body.parent_code]
    row.region = body.region or row.region
    row.department = body.department or row.department
    row.size_band = body.size_band or row.size_band
    row.is_active = row.is_active if body.is_active is None else body.is_active
    row.version += body.existing is not None


def written(lines: Sequence[Line]) -> list[UUID]:
    codes = [line.payload.code for line in lines]
    return [object_id(pk) for pk in Organisation.objects.filter(code__in=codes).values_list("pk", flat=True)]


COLUMNS = (
    Column("name", "nom", ("name", "organisme", "libellé", "raison sociale", "dénomination"), required=True),
    Column("code", "code", ("code ozéli", "identifiant"), help="reconnaît un organisme mieux que son nom"),
    Column("type", "type", ("typologie", "nature"), help="sert à écarter les points d’accueil"),
    Column("branch", "branche", ("branch",), help="obligatoire pour un organisme nouveau"),
    Column(
        "parent", "caisse nationale", ("parent", "rattachement", "tête de réseau"), help="son nom ou son code"
    ),
    Column("region", "région", ("region_code", "code région"), help="nom ou code Insee"),
    Column("department", "département", ("department_code", "code département", "dept")),
    Column("postal_code", "code postal", ("cp", "postal_code"), help="corrige un département faux"),
    Column("size_band", "effectif", ("taille", "size", "size_band")),
    Column("is_active", "ouvert", ("actif", "active", "en activité"), help="oui ou non"),
)
RULES = (
    "Les lignes de type « AGENCE_RETRAITE » sont laissées de côté : ce sont des points d’accueil.",
    "Un organisme est reconnu à son code, sinon à son nom (sans casse ni accents) et à son département.",
    "Plusieurs lignes du même organisme n’en font qu’une ; les anciens noms des caisses nationales sont connus.",
    "Un département que le code postal contredit est corrigé ; la région est celle du département.",
    "Une case vide n’efface rien. Une branche inconnue est créée. Un nom tout en capitales reçoit ses minuscules.",
)


def register() -> None:
    importers.register(
        Importer(
            code="organisations",
            title="Organismes",
            noun="organisme",
            brick="directory",
            columns=COLUMNS,
            plan=plan,
            apply=apply,
            rules=RULES,
            searchable=KIND,
            written=written,
            position=10,
        )
    )

"""Incubators and sponsors, as bodies of the network: those that stand are known by name, the others are made once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from django.utils.text import capfirst, slugify

from ozeli.core.errors import Refused
from ozeli.core.french import fold, sort_key
from ozeli.core.tables import open_table
from ozeli.network.models import Branch, Organisation
from ozeli.network.names import name_key, proper_name
from ozeli.network.searchable import KIND, object_id
from ozeli.search.services import schedule_index

from .reader import Named, Startup

BRANCH, BRANCH_NAME, BRANCH_PLACE = "etat-operateurs", "État et opérateurs", 90
INCUBATOR = "incubateur-"
LONGEST_NAME = 160
LONGEST_CODE = 60


@dataclass(frozen=True, slots=True)
class Body:
    """A body that the file names. `parent` is the code of the one that it belongs to."""

    code: str
    name: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a companion file says of a body."""

    name: str
    acronym: str = ""
    owner: str = ""


def read_companion(path: str) -> dict[str, Told]:
    """A file of incubators or of organisations, by identifier; nothing without one. Raises Refused."""
    if not path:
        return {}
    try:
        table = open_table(Path(path))
    except OSError as error:
        raise Refused(f"{path} ne s’ouvre pas : {error.strerror}.") from error
    if not {"id"} <= set(table.header) or not {"name", "title"} & set(table.header):
        raise Refused(f"{path} n’a pas de colonnes « id » et « name » : ce n’est pas le fichier attendu.")
    rows = (row.cells for row in table.rows() if not row.fault)
    return {
        cells["id"]: Told(
            cells.get("title") or cells.get("name", ""), cells.get("acronym", ""), cells.get("owner_id", "")
        )
        for cells in rows
        if cells.get("id")
    }


class Bodies:
    """The bodies that stand, and those that the file brings."""

    def __init__(self, incubators: Mapping[str, Told], organisations: Mapping[str, Told]) -> None:
        self.incubators, self.organisations = incubators, organisations
        self.new: dict[str, Body] = {}
        self._codes: dict[tuple[str, str], str] = {}
        standing = Organisation.objects.select_related("branch").order_by("pk")
        self.names = {one.code: one.name for one in standing}
        self._ours = {one.code for one in standing if one.branch.code == BRANCH}
        self._by_name: dict[str, str] = {}
        for one in standing:
            self._by_name.setdefault(name_key(one.name), one.code)

    def settle(self, startup: Startup) -> None:
        """Give a startup the codes of its bodies."""
        startup.organisation = self.incubator(startup.incubator)
        sponsors = [self.organisation(one) for one in startup.sponsors]
        startup.ordered_by = [code for code in dict.fromkeys(sponsors) if code != startup.organisation]
        named = [startup.organisation, *startup.ordered_by]
        parents = [self.new[code].parent for code in named if code in self.new]
        startup.bodies = [self.new[code] for code in [*parents, *named] if code in self.new]

    def incubator(self, one: Named) -> str:
        told = self.incubators.get(one.id) or Told(one.name)
        owner = self.organisations.get(told.owner)
        parent = self.organisation(Named(told.owner, owner.name)) if owner else ""
        return self._code(INCUBATOR, one, told.name or one.name, "", parent)

    def organisation(self, one: Named) -> str:
        told = self.organisations.get(one.id) or Told(one.name)
        return self._code("", one, told.name or one.name, told.acronym, "")

    def _code(self, prefix: str, one: Named, name: str, acronym: str, parent: str) -> str:
        """The same code at each import: that of the body that stands, else one made of the identifier."""
        key = (prefix, one.id)
        if key not in self._codes:
            self._codes[key] = self._known(prefix, one.id, name, acronym) or self._made(
                prefix, one.id, name, parent
            )
        return self._codes[key]

    def _known(self, prefix: str, identifier: str, name: str, acronym: str) -> str:
        if (code := _code_of(prefix, identifier)) in self._ours:
            return code
        words = [name] if prefix else [name, identifier, acronym]
        return next((self._by_name[key] for one in words if (key := name_key(one)) in self._by_name), "")

    def _made(self, prefix: str, identifier: str, name: str, parent: str) -> str:
        code = _code_of(prefix, identifier)
        if code in self.names:  # somebody else's
            code = f"{code[: LONGEST_CODE - 5]}-etat"
        if code not in self._ours:
            self.new[code] = Body(code, _proper(name or identifier), parent)
            self.names[code] = self.new[code].name
            self._by_name.setdefault(name_key(name or identifier), code)
        return code


def _code_of(prefix: str, identifier: str) -> str:
    """What is made of an identifier; a long one keeps its difference from others that begin alike."""
    words = slugify(fold(identifier).replace(".", "-").replace("_", "-"))
    code = f"{prefix}{words}"
    if len(code) > LONGEST_CODE:
        code = f"{code[: LONGEST_CODE - 7].strip('-')}-{crc32(identifier.encode()) % 2**24:06x}"
    return code


def _proper(name: str) -> str:
    """Names of several words all in capitals get their small letters; acronyms stay."""
    said = " ".join(name.replace("'", "’").split())
    return capfirst(proper_name(said) if said.isupper() and " " in said else said)[:LONGEST_NAME]


# --- written ----------------------------------------------------------------------------------------------------------


def write_bodies(bodies: Iterable[Body]) -> None:
    """Make those that do not stand yet, those that others belong to first; the search hears of them."""
    wanted = {one.code: one for one in bodies}
    standing = dict(_keys(wanted))
    absent = [one for one in wanted.values() if one.code not in standing]
    if not absent:
        return
    branch, _new = Branch.objects.get_or_create(
        code=BRANCH, defaults={"name": BRANCH_NAME, "position": BRANCH_PLACE}
    )
    keys = dict(_keys([one.parent for one in absent if one.parent]))
    for some in ([one for one in absent if not one.parent], [one for one in absent if one.parent]):
        made = [
            Organisation(
                code=one.code,
                name=one.name,
                sort_name=sort_key(one.name),
                branch=branch,
                parent_id=keys.get(one.parent),
            )
            for one in some
        ]
        keys |= {one.code: one.pk for one in Organisation.objects.bulk_create(made)}
    schedule_index(KIND, [object_id(keys[one.code]) for one in absent])


def _keys(codes: Iterable[str]) -> Iterator[tuple[str, int]]:
    yield from Organisation.objects.filter(code__in=list(codes)).values_list("code", "pk")

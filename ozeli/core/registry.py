"""Registries by which a higher app shows itself on the pages of a lower one, without ever being imported by it.

Entries are registered in `AppConfig.ready`, and read in the order of their position.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from .ui import LookAlike, Tab, ThreadNode


class Entry(Protocol):
    """What every registry holds: something with a name of its own and a place in the order."""

    @property
    def code(self) -> str: ...

    @property
    def position(self) -> int: ...


E = TypeVar("E", bound=Entry)


class Registry(Generic[E]):
    """Entries by code, in order. Registering a code again replaces the entry."""

    def __init__(self) -> None:
        self._entries: dict[str, E] = {}

    def register(self, entry: E) -> E:
        self._entries[entry.code] = entry
        return entry

    def unregister(self, code: str) -> None:
        self._entries.pop(code, None)

    def get(self, code: str) -> E | None:
        return self._entries.get(code)

    def __getitem__(self, code: str) -> E:
        return self._entries[code]

    def __contains__(self, code: str) -> bool:
        return code in self._entries

    def __iter__(self) -> Iterator[E]:
        return iter(sorted(self._entries.values(), key=lambda entry: (entry.position, entry.code)))

    def __len__(self) -> int:
        return len(self._entries)


# --- search ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What the search keeps of an object. `body` maps a weight (A: title, B, C, D) to its text.

    `audience` is `organisation`, `branch` or `network`. `score` is any growing measure of interest (votes…); it
    breaks ties between texts that answer equally well, and its order decides what is looked at first.
    """

    kind: str
    object_id: UUID
    title: str
    body: Mapping[str, str] = field(default_factory=dict)
    audience: str = "network"
    organisation_id: int | None = None
    branch_id: int | None = None
    domain_id: int | None = None
    status: str = ""
    year: int | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchCard:
    """How a found object shows itself: `text` feeds the extract, `notes` are the short facts under it.

    `template` (given `card`, `title`, `extract`) replaces the plain card; `item` is the object it needs.
    """

    object_id: UUID
    title: str
    url: str
    text: str = ""
    notes: Sequence[str] = ()
    item: Any = None
    template: str = "search/_card.html"


@dataclass(frozen=True, slots=True)
class Searchable:
    """A kind of object that can be found.

    `load(ids)` yields the documents of the objects that may be found at all (no draft, nothing hidden or
    withdrawn): an id it leaves out is removed from the index. `ids()` yields every id that may be found.
    `load_cards(ids, user)` yields the cards of those that `user` may read *now*: the last word on visibility.
    `scores(ids)` gives the current scores, when they change without the text changing. `brick` is the module
    whose cell of the matrix opens these objects; people with a contribution scope on it see that scope.
    `alike(shared, user)`, when these objects may be shown to somebody who writes a text that resembles them, draws
    (`core.ui.LookAlike`) those that `user` may read among `shared`: the words in common, by id.
    """

    kind: str
    brick: str
    label: str
    label_plural: str
    load: Callable[[Sequence[UUID]], Iterable[SearchDocument]]
    ids: Callable[[], Iterable[UUID]]
    load_cards: Callable[[Sequence[UUID], Any], Iterable[SearchCard]]
    scores: Callable[[Sequence[UUID]], Mapping[UUID, float]] | None = None
    position: int = 100
    scoped: bool = True
    alike: Callable[[Mapping[UUID, list[str]], Any], Mapping[UUID, LookAlike]] | None = None

    @property
    def code(self) -> str:
        return self.kind


searchables: Registry[Searchable] = Registry()


# --- pages and menus --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Panel:
    """A block that an app adds to a page of a lower app.

    `target` names the page (« organisation »). `load(request, obj)` gives the context of `template`, read there as
    `panel`; None shows nothing. People without the brick never load it.
    """

    code: str
    target: str
    brick: str
    template: str
    load: Callable[[Any, Any], Mapping[str, Any] | None]
    position: int = 100


@dataclass(frozen=True, slots=True)
class HomeBrickKind:
    """What a row of the home may show. `load(request)` gives the context of `template`, read there as `row`.

    None shows nothing. `wide` templates (the hero) draw their own band instead of standing in the column; two `half`
    rows that follow each other stand side by side. An empty `brick` is for everybody.

    `options` are what an administrator may set: « count », « text », « ideas » (chosen by their keys), « days ».
    A kind that has some is loaded by `load(request, options)`. `description` says what it shows.
    """

    code: str
    brick: str
    template: str
    load: Callable[..., Mapping[str, Any] | None]
    title: str = ""
    position: int = 100
    wide: bool = False
    half: bool = False
    options: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class AdminPage:
    """A screen of the administration, offered to those who hold `level` on `brick` (`network`: not on a body alone).

    `subject` is a code of `ADMIN_SUBJECTS`; `keywords` are other words by which one looks for it.
    """

    code: str
    title: str
    description: str
    url_name: str
    brick: str
    level: int
    position: int = 100
    network: bool = False
    subject: str = "contents"
    keywords: str = ""
    url_args: tuple[str, ...] = ()

    def is_open_to(self, user: Any) -> bool:
        if user.level(self.brick) < self.level:
            return False
        return not self.network or user.scope(self.brick, self.level) is None


@dataclass(frozen=True, slots=True)
class TodoItem:
    """Something that may wait for a person, told on the home: « 2 avis à rendre ».

    `rows(user)` is the queryset of what waits for them, or None when nothing can: never evaluated by itself, it is
    counted with those of every other app in one query. That query is kept for the day: `rows` may look at nothing of
    the person but their key, body, grants and whether they lead a team, and at no instant but the day. `due` names the
    date of a row, the soonest of which is told.
    `one` and `many` follow the number. People under `level` on `brick` are not asked. `url` is where it is dealt with.
    """

    code: str
    brick: str
    one: str
    many: str
    url: str
    rows: Callable[[Any], Any]
    level: int = 1
    due: str = ""
    position: int = 100


@dataclass(frozen=True, slots=True)
class PageTab:
    """One of the pages that stand side by side under one heading (`target`: « graveyard »), whichever apps bring them.

    People without the brick are not shown it.
    """

    code: str
    target: str
    label: str
    url: str
    brick: str
    position: int = 100


@dataclass(frozen=True, slots=True)
class ThreadPart:
    """What became of the object of a page, in its thread: the knots that a higher app brings.

    `target` names the page (« idea »), `kind` those knots (a key of `core.ui.KINDS`). `load(request, obj)` gives the
    nodes, none when nothing happened yet. People without the brick never load it.
    """

    code: str
    target: str
    kind: str
    brick: str
    load: Callable[[Any, Any], Sequence[ThreadNode]]
    position: int = 100


ADMIN_SUBJECTS = {
    "people": "Personnes et droits",
    "network": "Réseau",
    "portal": "Accueil et apparence",
    "contents": "Contenus",
    "running": "Suivi et exploitation",
}
panels: Registry[Panel] = Registry()
home_bricks: Registry[HomeBrickKind] = Registry()
admin_pages: Registry[AdminPage] = Registry()
todo_items: Registry[TodoItem] = Registry()
page_tabs: Registry[PageTab] = Registry()
thread_parts: Registry[ThreadPart] = Registry()


def knots_for(target: str, request: Any, obj: Any) -> dict[str, list[ThreadNode]]:
    """The knots that other apps bring to the thread of `obj`, by kind."""
    found: dict[str, list[ThreadNode]] = {}
    for part in thread_parts:
        if part.target == target and request.user.level(part.brick) >= 1:
            found.setdefault(part.kind, []).extend(part.load(request, obj))
    return {kind: nodes for kind, nodes in found.items() if nodes}


def tabs_for(target: str, request: Any) -> list[Tab]:
    """The tabs of `target` that this person may open, the one they are on marked; none when there is no choice."""
    opened = [tab for tab in page_tabs if tab.target == target and request.user.level(tab.brick) >= 1]
    return (
        [Tab(tab.label, tab.url, current=tab.url == request.path) for tab in opened]
        if len(opened) > 1
        else []
    )


def panels_for(target: str, request: Any, obj: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """(template, context) of the panels that this person sees on the page of `obj`."""
    found = []
    for panel in panels:
        if panel.target != target or request.user.level(panel.brick) < 1:
            continue
        if (context := panel.load(request, obj)) is not None:
            found.append((panel.template, context))
    return found


# --- words of the journal ---------------------------------------------------------------------------------------


class JournalVerbs:
    """How the acts of the journal are said in French: « rights.level_set » → « a changé un droit »."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}
        self._explained: dict[str, Callable[[Mapping[str, Any]], str]] = {}
        self._kinds: dict[str, str] = {}
        self._families: dict[str, str] = {}

    def register(self, **labels: str) -> None:
        """`register(**{"idea.deposited": "a déposé une idée"})`."""
        self._labels |= labels

    def explain(self, kind: str, details: Callable[[Mapping[str, Any]], str]) -> None:
        """`details(held)` says in one line what the acts on this kind of object keep besides their verb."""
        self._explained[kind] = details

    def name_kind(self, kind: str, label: str) -> None:
        """How a kind of object of the journal is called: « idea » → « Idée »."""
        self._kinds[kind] = label

    def kinds(self) -> dict[str, str]:
        return dict(self._kinds)

    def label(self, verb: str) -> str:
        return self._labels.get(verb, verb)

    def details(self, kind: str, held: Mapping[str, Any]) -> str:
        return self._explained[kind](held) if kind in self._explained else ""

    def name_family(self, label: str, *starts: str) -> None:
        """Under which heading a list of verbs shows those that start so: « idea » for « idea.deposited »."""
        self._families |= dict.fromkeys(starts, label)

    def by_family(self) -> dict[str, list[tuple[str, str]]]:
        """(verb, label) under their headings, in order; those of no family under « Autres actes », last."""
        found: dict[str, list[tuple[str, str]]] = {
            label: [] for label in sorted(set(self._families.values()))
        }
        for verb, label in sorted(self._labels.items(), key=lambda item: item[1]):
            found.setdefault(self._families.get(verb.split(".")[0], "Autres actes"), []).append((verb, label))
        return {family: verbs for family, verbs in found.items() if verbs}


journal_verbs = JournalVerbs()


# --- events and their mails -----------------------------------------------------------------------------------------


class Pace(StrEnum):
    """How soon a person wants the mail of a kind of event. The line in the portal is always there."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"

    @property
    def label(self) -> str:
        return {"now": "Tout de suite", "daily": "Chaque jour", "weekly": "Chaque semaine"}.get(
            self, "Jamais"
        )


@dataclass(frozen=True, slots=True)
class Message:
    """What one person is told of an event: a line in the portal and, when there is a `subject`, a mail.

    `url` is a path of the portal. `lines` are the paragraphs of the mail. `action_required` says so at the head of
    the subject; no subject says it otherwise. `own`: it concerns something that is this person's own.
    """

    text: str
    url: str
    subject: str = ""
    lines: Sequence[str] = ()
    action_required: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event worth telling (« idea.commented »).

    `recipients(event)` yields the ids of the people concerned; the actor and closed accounts are left out later. When
    they are very many it may yield the first ones above `event.after`, in order, more than a batch of them.
    `visible(user, object_ids)` yields, through `visible_to`, the objects among those that this person may read now:
    asked before each notification, each mail and each display, so that nobody is told of what they may not see.
    `message(event, user)` gives the words, or None when this person has nothing to learn.
    `readers(object_id, user_ids)`, when given, asks the same question for many people at once.
    `reason` ends « Vous recevez ce courriel parce que … » at the foot of the mail.

    Each person chooses a pace for the type: `default_pace` until then, under the heading `family`. With `own_pace`,
    what concerns one's own things has a line and a pace of its own, under `own_family`. A type of no `family` is not
    offered. `topic` is the type whose choice this one follows, `topic_title` what that choice is called when it covers
    several. `asks_action`: it may ask for an action, so its mail is at once or daily and never silenced.
    `still_required(event, user)` is asked again when the mail leaves. `offered(user)` says who may ever be told it.

    In a digest, events of one object stand together under its title (`titles(object_ids)`), each type in few words:
    `short` (« mise à l’étude ») or, for several, `short_many` (« {} commentaires »).
    `visible_pairs(wanted)`, when given, answers `visible` for many people: (person, objects) → ids by person.
    """

    code: str
    title: str
    recipients: Callable[[Any], Iterable[int]]
    message: Callable[[Any, Any], Message | None]
    visible: Callable[[Any, Sequence[UUID]], Iterable[UUID]]
    readers: Callable[[UUID, Iterable[int]], Sequence[Any]] | None = None
    reason: str = "vous êtes l’auteur de ce contenu, vous y participez ou vous le suivez"
    position: int = 100
    family: str = ""
    default_pace: Pace = Pace.DAILY
    own_family: str = ""
    own_pace: Pace | None = None
    topic: str = ""
    topic_title: str = ""
    asks_action: bool = False
    still_required: Callable[[Any, Any], bool] | None = None
    offered: Callable[[Any], bool] | None = None
    short: str = ""
    short_many: str = ""
    titles: Callable[[Sequence[UUID]], Mapping[UUID, str]] | None = None
    visible_pairs: (
        Callable[[Sequence[tuple[Any, Collection[UUID]]]], Mapping[int, Collection[UUID]]] | None
    ) = None


event_types: Registry[EventType] = Registry()

"""Every address × method × persona, from one table. An address that is not in the table is red.

A row says, for a method, the status that each persona gets; `*` is everybody else who is signed in, `anon` nobody.
A POST is sent empty: 302 or 422 mean that the person came in, 404 and 403 that the door is closed.
"""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.idempotency import FIELD
from ozeli.ideas.enums import State
from ozeli.ideas.models import IdeaExpert
from ozeli.network.enums import Audience
from tests.factories import DecisionFactory, IdeaFactory
from tests.guards.table import TABLE, World
from tests.personas import NAMES, Cast

SignIn = Callable[[User | None], Client]


def every_route(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """The pattern of every address of the portal."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from every_route(entry, route)


def test_every_address_is_in_the_table() -> None:
    routes = set(every_route())

    assert routes - TABLE.keys() == set(), "addresses without a line in the permission table"
    assert TABLE.keys() - routes == set(), "lines of the table without an address"


@pytest.fixture
def world(people: Cast) -> World:
    shown = IdeaFactory(author=people.alice, state=State.NOT_RETAINED)
    inner = IdeaFactory(author=people.alice, audience=Audience.ORGANISATION)
    studied = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    DecisionFactory(idea=studied)
    IdeaExpert.objects.create(idea=studied, user=people.charlie, asked_on=clock.today())
    return World(people, shown, inner, studied)


def expected_statuses(line: str) -> dict[str, int]:
    """« anon=302 dev,zoe=404 *=200 » by persona."""
    statuses: dict[str, int] = {}
    for word in line.split():
        names, status = word.split("=")
        for name in names.split(","):
            statuses[name] = int(status)
    return {name: statuses.get(name, statuses.get("*", 0)) for name in ("anon", *NAMES)} | {
        "anon": statuses.get("anon", 302)
    }


CASES = [(route, method) for route, row in TABLE.items() for method in row.methods]


@pytest.mark.parametrize(("route", "method"), CASES, ids=[f"{method} {route}" for route, method in CASES])
def test_door(route: str, method: str, world: World, sign_in: SignIn) -> None:
    row = TABLE[route]
    people: dict[str, User | None] = {"anon": None, **world.people.people()}
    found = {}
    for name, status in expected_statuses(row.methods[method]).items():
        client = sign_in(people[name])
        path = row.path(world)
        data = {FIELD: str(uuid4()), **row.data(world)} if method == "POST" else None
        response = getattr(client, method.lower())(path, data)
        if response.status_code != status:
            found[name] = f"{response.status_code}, not {status}"

    assert found == {}


METHODS = ("get", "post", "put", "patch", "delete")
# allauth's own views answer an unknown method like a GET, and write nothing then.
ALLAUTH = {
    "connexion/",
    "moi/mot-de-passe/",
    "moi/confirmer/",
    "mot-de-passe-oublie/",
    "^mot-de-passe-oublie/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
}


@pytest.mark.parametrize("route", [route for route in TABLE if route not in ALLAUTH])
def test_no_other_method(route: str, world: World, sign_in: SignIn) -> None:
    """A method that the table does not list is refused, to the most powerful person too."""
    row = TABLE[route]
    client = sign_in(world.people.sonia)
    open_methods = {name for name in METHODS if name.upper() not in row.methods}

    statuses = {name: getattr(client, name)(row.path(world)).status_code for name in open_methods}

    assert {name: status for name, status in statuses.items() if status not in (404, 405)} == {}

"""Saved searches and their feeds: one's own, true to one's rights each time, and gone at once when revoked."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ozeli.accounts.models import MatrixCell, Profile, User
from ozeli.activity import fanout
from ozeli.activity.models import Event, Notification
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.idempotency import FIELD
from ozeli.core.listings import listings
from ozeli.ideas.enums import State
from ozeli.network.enums import Audience
from ozeli.people import feeds
from ozeli.people.models import Feed, SavedSearch
from ozeli.people.services import saved
from tests.accounts.factors import give_totp
from tests.factories import IdeaFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def nothing_read() -> None:
    feeds._reads.clear()


@pytest.fixture(autouse=True)
def marks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(saved, "_mark", lambda pk: tmp_path / str(pk))


def keep(user: User, code: str = "ideas", query: str = "", name: str = "Ma veille") -> SavedSearch:
    return saved.save_search(user, listings[code], QueryDict(query), name)


def read(token: str, **headers: str) -> Any:
    return Client().get(f"/flux/{token}.atom", headers=headers)


def entries(response: Any) -> list[ET.Element]:
    return ET.fromstring(response.content).findall("a:entry", ATOM)


def titles(response: Any) -> list[str]:
    return [one.findtext("a:title", "", ATOM) for one in entries(response)]


# --- keeping ----------------------------------------------------------------------------------------------------------


def test_from_a_filtered_list_to_the_same_list(people: Cast, sign_in: SignIn) -> None:
    alice = sign_in(people.alice)
    IdeaFactory(title="Une idée à l’étude", state=State.UNDER_STUDY)
    page = alice.get("/idees/?etat=a-l-etude&page=zzz").content.decode()
    assert "/moi/recherches/nouvelle/?liste=ideas&amp;etat=a-l-etude" in page

    path = "/moi/recherches/nouvelle/?liste=ideas&etat=a-l-etude&page=zzz&intrus=1"
    assert "À l’étude" in alice.get(path).content.decode()
    response = alice.post(path, {FIELD: str(uuid4()), "name": "À l’étude chez nous"})

    assert response.status_code == 302
    search = SavedSearch.objects.get()
    assert search.get_absolute_url() == "/idees/?etat=a-l-etude"
    listed = alice.get("/moi/recherches/").content.decode()
    assert 'href="/idees/?etat=a-l-etude"' in listed
    assert "À l’étude chez nous" not in sign_in(people.bob).get("/moi/recherches/").content.decode()


def test_one_name_once(people: Cast) -> None:
    keep(people.alice)
    with pytest.raises(Refused, match="déjà ce nom"):
        keep(people.alice)
    keep(people.bob)


def test_nobody_touches_the_search_of_another(people: Cast, sign_in: SignIn) -> None:
    search = keep(people.alice)
    bob = sign_in(people.bob)
    for path in (f"/moi/recherches/{search.pk}/", f"/moi/recherches/{search.pk}/flux/"):
        assert bob.post(path, {FIELD: str(uuid4()), "name": "Volée", "pace": ""}).status_code == 404
    bob.post(f"/moi/recherches/{search.pk}/supprimer/", {FIELD: str(uuid4())})

    assert SavedSearch.objects.get().name == "Ma veille"


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_whatever_its_length(people: Cast, sign_in: SignIn, rows: int) -> None:
    for one in range(rows):
        keep(people.alice, name=f"Veille {one}")
    client = sign_in(people.alice)

    with CaptureQueriesContext(connection) as queries:
        client.get("/moi/recherches/")

    assert len([query for query in queries if "people_" in query["sql"]]) == 1


# --- being told -------------------------------------------------------------------------------------------------------


def test_told_of_what_is_new_and_readable_only(people: Cast) -> None:
    IdeaFactory(title="Déjà là")
    search = keep(people.alice)
    saved.change_search(search, name=search.name, pace="daily")
    IdeaFactory(title="Nouvelle et lisible")
    IdeaFactory(title="Nouvelle et fermée", audience=Audience.ORGANISATION, author=people.charlie)
    assert saved.searches_due() == []

    with clock.stopped(clock.now() + timedelta(days=1)):
        assert saved.searches_due() == [search.pk]
        assert saved.tell_new_results(search.pk) == 1
        assert saved.tell_new_results(search.pk) == 0
        fanout.tell_batch(Event.objects.get().pk)

    told = Notification.objects.get()
    assert told.user_id == people.alice.pk
    assert "1\u00a0nouveau résultat" in told.text
    assert told.url == "/idees/"


def test_nothing_new_tells_nothing(people: Cast) -> None:
    IdeaFactory()
    search = keep(people.alice)
    saved.change_search(search, name=search.name, pace="weekly")
    with clock.stopped(clock.now() + timedelta(days=6)):
        assert saved.searches_due() == []
    with clock.stopped(clock.now() + timedelta(days=8)):
        assert saved.searches_due() == [search.pk]
        assert saved.tell_new_results(search.pk) == 0
    assert not Event.objects.exists()


# --- feeds ------------------------------------------------------------------------------------------------------------


def test_feed_is_proper_atom(people: Cast) -> None:
    IdeaFactory(title="Un titre & des <balises>\x0b", author=people.bob)
    search = keep(people.alice)
    token = saved.open_feed(search)

    response = read(token)

    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(response.content)
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert root.findtext("a:id", "", ATOM) == f"urn:uuid:{search.pk}"
    assert datetime.fromisoformat(root.findtext("a:updated", "", ATOM)).tzinfo is not None
    links = {one.get("rel"): one.get("href") for one in root.findall("a:link", ATOM)}
    assert links["self"].endswith(f"/flux/{token}.atom")
    assert links["alternate"].startswith("http")
    (entry,) = entries(response)
    assert entry.findtext("a:title", "", ATOM) == "Un titre & des <balises>"
    assert entry.findtext("a:id", "", ATOM).startswith("urn:uuid:")
    assert entry.findtext("a:updated", "", ATOM)
    assert "Bob Martin" in entry.findtext("a:author/a:name", "", ATOM)
    assert entry.find("a:link", ATOM).get("href").startswith("http")  # type: ignore[union-attr]


def test_feed_of_nothing_does_not_move(people: Cast) -> None:
    token = saved.open_feed(keep(people.alice))

    assert read(token)["ETag"] == read(token)["ETag"]


def test_token_is_kept_nowhere(people: Cast, sign_in: SignIn) -> None:
    search = keep(people.alice)
    alice = sign_in(people.alice)
    shown = alice.post(
        f"/moi/recherches/{search.pk}/flux/", {FIELD: str(uuid4())}, follow=True
    ).content.decode()
    token = re.search(r"/flux/([\w-]+)\.atom", shown)[1]  # type: ignore[index]
    assert read(token).status_code == 200

    assert token not in alice.get("/moi/flux/").content.decode()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select count(*) from "{table}" t where t::text like %s', [f"%{token}%"])
            assert cursor.fetchone()[0] == 0, table


def test_rights_are_asked_each_time(people: Cast) -> None:
    inner = IdeaFactory(author=people.alice, audience=Audience.ORGANISATION, title="CANARI de la Loire")
    IdeaFactory(title="CANARI masquée", is_hidden=True)
    mine, others = saved.open_feed(keep(people.alice)), saved.open_feed(keep(people.bob))

    assert titles(read(mine)) == [inner.title]
    assert titles(read(others)) == []


def test_anonymous_idea_tells_its_month_only(people: Cast) -> None:
    IdeaFactory(author=people.bob, is_anonymous=True, title="Sans nom")
    (entry,) = entries(read(saved.open_feed(keep(people.alice))))

    assert entry.findtext("a:updated", "", ATOM)[8:10] == "01"
    assert "Bob" not in ET.tostring(entry, encoding="unicode")
    assert "Anonyme" in entry.findtext("a:author/a:name", "", ATOM)


def test_closed_account_closed_cell_revoked_feed(people: Cast) -> None:
    token = saved.open_feed(keep(people.alice))
    assert read(token).status_code == 200

    cell = MatrixCell.objects.get(profile=Profile.objects.get(code="reader"), brick="ideas")
    MatrixCell.objects.filter(pk=cell.pk).update(level=0)
    assert read(token).status_code == 404
    MatrixCell.objects.filter(pk=cell.pk).update(level=1)
    User.objects.filter(pk=people.alice.pk).update(is_active=False)
    assert read(token).status_code == 404
    User.objects.filter(pk=people.alice.pk).update(is_active=True)
    assert read(token).status_code == 200
    saved.revoke_feed(people.alice, Feed.objects.get().pk)
    assert read(token).status_code == 404
    assert read("x" * 43).status_code == 404


def test_feed_of_who_owes_a_second_factor_stops(people: Cast, settings: Any) -> None:
    token, of_alice = saved.open_feed(keep(people.adam)), saved.open_feed(keep(people.alice))

    settings.SECOND_FACTOR_REQUIRED = True
    assert (read(token).status_code, read(of_alice).status_code) == (404, 200)
    give_totp(people.adam)
    assert read(token).status_code == 200


def test_reading_writes_nothing_and_is_remembered_by_day(people: Cast) -> None:
    token = saved.open_feed(keep(people.alice))
    feed = Feed.objects.get()
    assert saved.last_used_on(feed) is None

    with CaptureQueriesContext(connection) as queries:
        assert read(token).status_code == 200

    assert not [one for one in queries if one["sql"].split()[0].lower() in ("insert", "update", "delete")]
    assert saved.last_used_on(feed) is not None


def test_unchanged_feed_is_not_sent_again(people: Cast) -> None:
    IdeaFactory()
    token = saved.open_feed(keep(people.alice))
    first = read(token)
    assert "max-age=300" in first["Cache-Control"]

    again = read(token, **{"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    IdeaFactory()
    assert read(token, **{"If-None-Match": first["ETag"]}).status_code == 200


def test_reader_in_a_hurry_waits(people: Cast) -> None:
    token = saved.open_feed(keep(people.alice))
    statuses = [read(token).status_code for _one in range(14)]

    assert statuses[:12] == [200] * 12
    assert statuses[12:] == [429, 429]


def test_cimetiere_and_answers_make_feeds_a_word_search_does_not(people: Cast) -> None:
    IdeaFactory(state=State.NOT_RETAINED, title="Refusée et expliquée")
    for code in ("graveyard", "answers"):
        assert titles(read(saved.open_feed(keep(people.alice, code, name=code)))) == [
            "Non retenue\u00a0: Refusée et expliquée"
        ]
    with pytest.raises(Refused, match="flux"):
        saved.open_feed(keep(people.alice, "search", "q=sms", name="Mots"))

"""The page of a person: closed until opened, and never showing more than its reader may read."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from ozeli.accounts.models import User
from ozeli.activity import fanout
from ozeli.activity.models import Event, Notification, OutgoingMail
from ozeli.core.idempotency import FIELD
from ozeli.core.registry import searchables
from ozeli.network.enums import Audience
from ozeli.people.models import PersonPage
from ozeli.people.services import pages
from ozeli.people.services.pages import save_page
from ozeli.search.services import index_objects
from tests.factories import IdeaFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
OPEN = {
    "is_open": True,
    "about": "Je connais bien les courriers.",
    "shows_job": True,
    "shows_roles": True,
    "shows_ideas": True,
    "takes_mail": True,
}


def test_closed_by_default_then_open_then_closed(people: Cast, sign_in: SignIn) -> None:
    bob = sign_in(people.alice)
    page = save_page(people.alice, OPEN | {"is_open": False})
    assert sign_in(people.bob).get(page.get_absolute_url()).status_code == 404
    assert bob.get(page.get_absolute_url()).status_code == 404

    save_page(people.alice, OPEN)
    shown = sign_in(people.bob).get(page.get_absolute_url())
    assert shown.status_code == 200
    assert "courriers" in shown.content.decode()
    assert people.alice.email not in shown.content.decode()

    save_page(people.alice, OPEN | {"is_open": False})
    assert sign_in(people.bob).get(page.get_absolute_url()).status_code == 404


def test_closed_account_closes_its_page(people: Cast, sign_in: SignIn) -> None:
    page = save_page(people.alice, OPEN)
    User.objects.filter(pk=people.alice.pk).update(is_active=False)

    assert sign_in(people.bob).get(page.get_absolute_url()).status_code == 404
    assert list(searchables["person"].load([page.pk])) == []


def test_ideas_shown_are_those_that_the_reader_may_read(people: Cast, sign_in: SignIn) -> None:
    IdeaFactory(author=people.alice, title="Idée du réseau")
    IdeaFactory(author=people.alice, title="Idée de la Loire", audience=Audience.ORGANISATION)
    IdeaFactory(author=people.alice, title="Idée masquée", is_hidden=True)
    IdeaFactory(author=people.alice, title="Idée anonyme", is_anonymous=True)
    page = save_page(people.alice, OPEN)

    def shown(user: User) -> set[str]:
        html = sign_in(user).get(page.get_absolute_url()).content.decode()
        titles = ("Idée du réseau", "Idée de la Loire", "Idée masquée", "Idée anonyme")
        return {title for title in titles if title in html}

    assert shown(people.bob) == {"Idée du réseau"}
    assert shown(people.rita) == {"Idée du réseau", "Idée de la Loire"}
    assert shown(people.alice) == {"Idée du réseau", "Idée de la Loire"}

    save_page(people.alice, OPEN | {"shows_ideas": False})
    assert shown(people.bob) == set()


def test_search_finds_open_pages_only(people: Cast, sign_in: SignIn) -> None:
    page = save_page(people.alice, OPEN)
    index_objects("person", [page.pk])
    bob = sign_in(people.bob)
    assert page.get_absolute_url() in bob.get("/recherche/?q=alice").content.decode()

    save_page(people.alice, OPEN | {"is_open": False})
    assert (
        page.get_absolute_url() not in bob.get("/recherche/?q=alice").content.decode()
    )  # before the job too
    index_objects("person", [page.pk])
    assert page.get_absolute_url() not in bob.get("/recherche/?q=alice").content.decode()


def test_own_page_form(people: Cast, sign_in: SignIn) -> None:
    alice = sign_in(people.alice)
    response = alice.post("/moi/page/", {FIELD: str(uuid4()), "is_open": "on", "about": "Bonjour <b>"})

    assert response.status_code == 302
    page = PersonPage.objects.get(user=people.alice)
    assert (page.is_open, page.about, page.shows_ideas, page.takes_mail) == (
        True,
        "Bonjour <b>",
        False,
        False,
    )
    assert "Bonjour &lt;b&gt;" in sign_in(people.bob).get(page.get_absolute_url()).content.decode()
    assert alice.post("/moi/page/", {FIELD: str(uuid4()), "about": "x" * 601}).status_code == 422


# --- writing ----------------------------------------------------------------------------------------------------------


def test_letter_reaches_its_reader_alone(people: Cast, sign_in: SignIn) -> None:
    page = save_page(people.alice, OPEN)
    words = {"words": "Peut-on en parler jeudi ?"}
    response = sign_in(people.bob).post(page.get_absolute_url() + "ecrire/", {FIELD: str(uuid4()), **words})
    assert response.status_code == 302

    fanout.tell_batch(Event.objects.get().pk)

    assert list(Notification.objects.values_list("user", flat=True)) == [people.alice.pk]
    mail = OutgoingMail.objects.get()
    assert "jeudi" in mail.text
    assert people.bob.email in mail.text


def test_nobody_writes_where_it_is_not_wanted(people: Cast, sign_in: SignIn) -> None:
    page = save_page(people.alice, OPEN | {"takes_mail": False})
    response = sign_in(people.bob).post(
        page.get_absolute_url() + "ecrire/", {FIELD: str(uuid4()), "words": "Bonjour"}
    )

    assert response.status_code == 422
    assert not Event.objects.exists()


def test_five_letters_a_day(people: Cast) -> None:
    page = save_page(people.alice, OPEN)
    for _one in range(5):
        pages.write_to(page, "Bonjour", actor=people.bob)

    with pytest.raises(pages.Refused, match="demain"):
        pages.write_to(page, "Bonjour", actor=people.bob)


# --- the page of a body -----------------------------------------------------------------------------------------------


def test_body_tells_nothing_of_fewer_than_five(people: Cast, sign_in: SignIn) -> None:
    from datetime import timedelta

    from ozeli.core import clock, memo
    from ozeli.ideas.enums import State

    def page() -> str:
        memo.forget_all()
        return sign_in(people.alice).get("/organismes/cpam-loire/").content.decode()

    ten = clock.today() - timedelta(days=10)
    for _one in range(4):
        IdeaFactory(author=people.alice, state=State.NOT_RETAINED, deposited_on=ten)
    assert "10\u00a0jours" not in page()

    IdeaFactory(author=people.alice, state=State.NOT_RETAINED, deposited_on=ten)
    assert "10\u00a0jours" in page()
    assert "/reponses/cpam-loire/" in page()

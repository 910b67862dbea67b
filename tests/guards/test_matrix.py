"""Each cell of the matrix flipped: at *aucun* a brick is gone at the next request, pages, menu and results."""

from collections.abc import Callable

import pytest
from django.test import Client

from ozeli.accounts.models import MatrixCell, Profile, User
from ozeli.core.access import Level, bricks
from ozeli.search.selectors import look_alikes, search
from tests.factories import IdeaFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]

PAGES = {
    "ideas": [
        "/idees/",
        "/idees/deposer/",
        "/idees/bouton/",
        "/mes-idees/",
        "/cimetiere/",
        "/animation/",
        "/animation/retards/",
        "/administration/reponses/",
        "/reponses/",
        "/moderation/",
        "/invitations/",
    ],
    "challenges": ["/defis/"],
    "projects": ["/projets/"],
    "search": ["/recherche/?q=sms"],
    "figures": ["/donnees-cles/"],
    "tools": ["/outils/", "/administration/listes/outils/"],
    "directory": [
        "/organismes/",
        "/organismes/cpam-loire/",
        "/administration/listes/organismes/",
        "/administration/delais/",
        "/annuaire/",
    ],
    "home": ["/administration/accueil/", "/administration/accueil/apercu/", "/administration/theme/"],
    "rights": [
        "/administration/matrice/",
        "/administration/personnes/",
        "/administration/journal/",
    ],
    "operations": ["/exploitation/", "/exploitation/taches/"],
}
PROFILES = ("reader", "contributor", "administrator", "superadmin", "developer")
PERSONAS = {
    "reader": "alice",
    "contributor": "nora",
    "administrator": "adam",
    "superadmin": "sonia",
    "developer": "dev",
}


def set_cell(profile: str, brick: str, level: Level) -> None:
    MatrixCell.objects.update_or_create(
        profile=Profile.objects.get(code=profile), brick=brick, defaults={"level": level}
    )


def test_every_brick_has_its_pages() -> None:
    assert {brick.code for brick in bricks} == PAGES.keys()


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("brick", PAGES)
def test_cell_closed_then_open(brick: str, profile: str, people: Cast, sign_in: SignIn) -> None:
    client = sign_in(getattr(people, PERSONAS[profile]))

    set_cell(profile, brick, Level.NONE)
    closed = {page: client.get(page).status_code for page in PAGES[brick]}
    menu = client.get("/").content.decode()
    set_cell(profile, brick, Level.ADMIN)
    opened = {page: client.get(page).status_code for page in PAGES[brick]}

    assert set(closed.values()) == {404}
    assert set(opened.values()) == {200}
    path = bricks[brick].path
    assert not path or f'href="{path}"' not in menu


def test_closed_ideas_leave_search_and_home(people: Cast, sign_in: SignIn) -> None:
    idea = IdeaFactory(author=people.bob, title="Prêter un fauteuil roulant à l’accueil")
    client = sign_in(people.alice)
    set_cell("reader", "ideas", Level.NONE)
    alice = User.objects.get(pk=people.alice.pk)

    assert idea.title not in client.get("/").content.decode()
    assert idea.short not in client.get("/recherche/?q=fauteuil").content.decode()
    assert list(look_alikes(f"{idea.title} {idea.problem} {idea.proposal}", user=alice)) == []
    assert search("fauteuil roulant", user=alice).hits == []

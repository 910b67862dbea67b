"""The short lists that administrators keep: added, changed, archived, ordered, undone, journaled."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts.models import Profile, User
from ozeli.accounts.services import actor_key, grant_membership
from ozeli.core import clock, memo
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import FIELD
from ozeli.ideas.services.circuit import answer_due_on
from ozeli.journal import changes
from ozeli.journal.models import Entry
from ozeli.network.models import Branch, Domain, Organisation, StrategicObjective
from ozeli.network.selectors import answer_delay, where_used
from ozeli.portal.models import ToolLink
from tests.factories import IdeaFactory, OrganisationFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
BASE = "/administration/listes/"


def post(client: Client, path: str, **fields: object) -> int:
    return client.post(path, {FIELD: str(uuid4()), **fields}).status_code


@pytest.fixture
def adam(sign_in: SignIn, people: Cast) -> Client:
    return sign_in(people.adam)


@pytest.fixture
def tool(db: None) -> ToolLink:
    return ToolLink.objects.create(name="Le magasin", url="https://magasin.test/?q={q}", position=10)


def test_row_is_added_last_with_its_code(adam: Client) -> None:
    last = max(Branch.objects.values_list("position", flat=True), default=0)

    assert post(adam, f"{BASE}branches/ajouter/", name="Œuvres sociales") == 302

    branch = Branch.objects.get(name="Œuvres sociales")
    assert branch.code and branch.position > last
    assert Entry.objects.get().details == {
        "name": "Œuvres sociales",
        "changes": {"is_active": [False, True]},
    }


def test_empty_choices_are_said_in_words(adam: Client) -> None:
    page = adam.get(f"{BASE}organismes/ajouter/").content.decode()

    assert "-----" not in page
    assert "Non renseigné" in page


def test_code_is_never_taken_twice(adam: Client) -> None:
    Domain.objects.create(code="accueil", name="Accueil du public")

    post(adam, f"{BASE}domaines/ajouter/", name="Accueil")

    assert Domain.objects.get(name="Accueil").code == "accueil-2"


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("branches/ajouter/", {"name": ""}, "Écrivez le nom de la branche."),
        ("outils/ajouter/", {"name": "X", "url": "http://clair.test/"}, "https://"),
        ("outils/ajouter/", {"name": "X", "url": "ftp://a.test/"}, "https://"),
        ("outils/ajouter/", {"name": "X", "url": "https://a.test/ b"}, "https://"),
        ("organismes/ajouter/", {"name": "Caf neuve"}, "Choisissez la branche"),
        ("outils/ajouter/", {"name": "le MAGASIN", "url": "https://b.test/"}, "existe déjà"),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    path: str, fields: dict[str, str], said: str, adam: Client, tool: ToolLink
) -> None:
    response = adam.post(BASE + path, {FIELD: str(uuid4()), **fields})

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert not fields["name"] or f'value="{fields["name"]}"' in page
    assert not Entry.objects.exists()


def test_change_keeps_before_and_after_and_is_undone_then_redone(adam: Client, tool: ToolLink) -> None:
    path = f"{BASE}outils/{tool.pk}/"
    assert post(adam, path, name="Le grand magasin", url=tool.url, description="", version=1) == 302
    entry = Entry.objects.get()
    assert entry.details["changes"] == {"name": ["Le magasin", "Le grand magasin"]}
    page = adam.get(f"{BASE}outils/").content.decode()
    assert "nom\u00a0: Le magasin → Le grand magasin" in page

    assert post(adam, f"{BASE}outils/annuler/{entry.pk}/") == 302
    tool.refresh_from_db()
    assert (tool.name, tool.version) == ("Le magasin", 3)

    undone = Entry.objects.latest("pk")
    assert undone.verb == "setting.undo"
    assert post(adam, f"{BASE}outils/annuler/{undone.pk}/") == 302
    tool.refresh_from_db()
    assert tool.name == "Le grand magasin"


def test_only_the_last_change_is_undone(adam: Client, tool: ToolLink) -> None:
    for version, name in ((1, "Un"), (2, "Deux")):
        post(adam, f"{BASE}outils/{tool.pk}/", name=name, url=tool.url, description="", version=version)
    first = Entry.objects.earliest("pk")

    post(adam, f"{BASE}outils/annuler/{first.pk}/")

    tool.refresh_from_db()
    assert tool.name == "Deux"
    assert adam.get(f"{BASE}outils/").content.decode().count("Annuler<span") == 1


def test_undo_refuses_a_row_changed_elsewhere(people: Cast, tool: ToolLink) -> None:
    key = actor_key(people.adam)
    changes.change(tool, {"name": "Un"}, kind="tool", actor=key)
    ToolLink.objects.filter(pk=tool.pk).update(name="Ailleurs")

    with pytest.raises(Conflict):
        changes.undo(Entry.objects.get(), ToolLink, actor=key)
    assert ToolLink.objects.get().name == "Ailleurs"


def test_move_is_not_undone_by_the_journal(people: Cast, tool: ToolLink) -> None:
    ToolLink.objects.create(name="Autre", url="https://autre.test/", position=20)
    changes.move(tool, ToolLink.objects.all(), 1, kind="tool", actor=None)

    with pytest.raises(Refused):
        changes.undo(Entry.objects.get(), ToolLink, actor=None)


def test_two_at_once_sees_both_and_may_win(adam: Client, tool: ToolLink) -> None:
    fields = {"url": tool.url, "description": ""}
    path = f"{BASE}outils/{tool.pk}/"
    post(adam, path, name="Le premier", version=1, **fields)

    response = adam.post(path, {FIELD: str(uuid4()), "name": "Le second", "version": 1, **fields})

    page = response.content.decode()
    assert response.status_code == 409
    assert "Le premier" in page and 'value="Le second"' in page
    assert ToolLink.objects.get().name == "Le premier"
    assert post(adam, path, name="Le second", version=2, **fields) == 302
    assert ToolLink.objects.get().name == "Le second"


def test_archived_row_is_kept_said_and_restored(adam: Client, people: Cast) -> None:
    objective = StrategicObjective.objects.create(code="sobriete", title="Sobriété")
    IdeaFactory(author=people.alice, objective=objective)
    path = f"{BASE}objectifs/{objective.pk}/"
    assert "Idée\u00a0: 1" in adam.get(path).content.decode()

    assert post(adam, f"{path}archiver/", want=0) == 302
    assert "Sobriété" not in adam.get(f"{BASE}objectifs/").context["rows"].__repr__()
    assert "archivé" in adam.get(f"{BASE}objectifs/?etat=archives").content.decode()
    assert "Sobriété" not in adam.get("/idees/deposer/").content.decode()

    post(adam, f"{path}archiver/", want=1)
    assert "Sobriété" in adam.get("/idees/deposer/").content.decode()
    assert [entry.verb for entry in Entry.objects.filter(kind="objective").order_by("pk")] == [
        "setting.archive",
        "setting.restore",
    ]


def test_archived_domain_is_not_offered_any_more(adam: Client) -> None:
    sector = Domain.objects.create(code="ancien", name="Ancien secteur")
    Domain.objects.create(code="ancien-sous", name="Sous ancien", parent=sector)

    post(adam, f"{BASE}domaines/{sector.pk}/archiver/", want=0)

    adam.get("/")  # takes the message away
    page = adam.get("/idees/deposer/").content.decode()
    assert "Ancien secteur" not in page
    assert "Sous ancien" not in page


def test_archived_tool_leaves_the_home_at_once(adam: Client, tool: ToolLink) -> None:
    assert "Le magasin" in adam.get("/outils/").content.decode()

    post(adam, f"{BASE}outils/{tool.pk}/archiver/", want=0)

    adam.get("/moi/")  # takes the message away
    assert "Le magasin" not in adam.get("/outils/").content.decode()


def test_rows_are_ordered_by_buttons(adam: Client, tool: ToolLink) -> None:
    others = [ToolLink.objects.create(name=name, url="https://x.test/", position=100) for name in ("B", "C")]

    def order() -> list[str]:
        return [row.name for row, *_ in adam.get(f"{BASE}outils/").context["rows"]]

    assert order() == ["Le magasin", "B", "C"]
    post(adam, f"{BASE}outils/{others[1].pk}/deplacer/", step=-1)
    assert order() == ["Le magasin", "C", "B"]
    post(adam, f"{BASE}outils/{tool.pk}/deplacer/", step=-1)
    assert order() == ["Le magasin", "C", "B"]
    post(adam, f"{BASE}outils/{tool.pk}/deplacer/", step=1)
    assert order() == ["C", "Le magasin", "B"]
    assert Entry.objects.filter(verb="setting.move").count() == 2


def test_first_is_not_moved_up_nor_last_down(adam: Client) -> None:
    """Among the rows ordered together: a sub-domain is first or last within its sector."""
    Domain.objects.all().update(is_active=False)
    sector = Domain.objects.create(code="a", name="Sante", position=10)
    for place, name in enumerate(("Soins", "Prévention", "Accès aux droits")):
        Domain.objects.create(code=f"c{place}", name=name, parent=sector, position=place)
    Domain.objects.create(code="b", name="Retraite", position=20)

    page = adam.get(f"{BASE}domaines/").content.decode()
    ends = {
        name: [f'{way}<span class="sr"> {name}</span>' in page for way in ("Monter", "Descendre")]
        for name in ("Sante", "Soins", "Prévention", "Accès aux droits", "Retraite")
    }
    assert ends == {
        "Sante": [False, True],
        "Soins": [False, True],
        "Prévention": [True, True],
        "Accès aux droits": [True, False],
        "Retraite": [True, False],
    }


def test_domains_stand_under_their_sector_and_stay_two_levels(adam: Client) -> None:
    Domain.objects.all().update(is_active=False)
    sector = Domain.objects.create(code="a", name="Sante", position=20)
    other = Domain.objects.create(code="b", name="Retraite", position=10)
    child = Domain.objects.create(code="c", name="Soins", parent=sector, position=5)

    rows = [row.name for row, *_ in adam.get(f"{BASE}domaines/").context["rows"]]
    assert rows == ["Retraite", "Sante", "Soins"]

    path = f"{BASE}domaines/{sector.pk}/"
    response = adam.post(path, {FIELD: str(uuid4()), "name": "Sante", "parent": other.pk, "version": 1})
    assert response.status_code == 422
    assert "a des sous-domaines" in response.content.decode()
    assert post(adam, f"{BASE}domaines/{child.pk}/", name="Soins", parent=other.pk, version=1) == 302
    assert Domain.objects.get(pk=child.pk).parent == other
    assert "rattachement\u00a0: Sante → Retraite" in adam.get(f"{BASE}domaines/").content.decode()


def test_bodies_are_paged_searched_and_exported(adam: Client) -> None:
    for number in range(18):
        OrganisationFactory(code=f"caf-{number:02}", name=f"Caf numéro {number:02}")
    page = adam.get(f"{BASE}organismes/?q=numero")
    assert len(page.context["rows"]) == 15
    assert len(adam.get(f"{BASE}organismes/{page.context['next_url']}").context["rows"]) == 3

    response = adam.get(f"{BASE}organismes/export.csv?q=numero")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 19
    assert text.splitlines()[0] == "organisme;branche;région;délai promis;en service"


def test_body_is_closed_with_what_hangs_from_it(adam: Client, people: Cast) -> None:
    path = f"{BASE}organismes/{people.loire.pk}/"
    used = dict(where_used(people.loire))
    assert used["personne"] >= 1
    assert "Personne\u00a0:" in adam.get(path).content.decode()

    post(adam, f"{path}archiver/", want=0)

    assert not Organisation.objects.get(pk=people.loire.pk).is_active
    adam.get("/moi/")  # takes the message away
    assert people.loire.name not in adam.get("/organismes/").content.decode()
    assert User.objects.filter(organisation=people.loire).exists()


def test_body_does_not_depend_on_itself(adam: Client, people: Cast) -> None:
    Organisation.objects.filter(pk=people.rhone.pk).update(parent=people.loire)
    body = people.loire
    fields = {"name": body.name, "branch": body.branch_id, "version": 1, "parent": people.rhone.name}

    response = adam.post(f"{BASE}organismes/{body.pk}/", {FIELD: str(uuid4()), **fields})

    assert response.status_code == 422
    assert "dépendre de lui-même" in response.content.decode()


def test_delegate_of_one_body_keeps_no_list(sign_in: SignIn, people: Cast) -> None:
    administrator = Profile.objects.get(code="administrator")
    grant_membership(people.bob, administrator, actor=people.sonia, organisation=people.loire)
    bob = sign_in(people.bob)

    assert bob.get(f"{BASE}domaines/").status_code == 403
    assert bob.get("/administration/accueil/").status_code == 403
    assert bob.get("/administration/theme/").status_code == 403
    assert "Domaines d’activité" not in bob.get("/administration/").content.decode()


@pytest.mark.parametrize(("name", "count"), [("outils", 6), ("domaines", 6), ("organismes", 6)])
def test_query_count_is_the_same_with_one_and_three(
    name: str,
    count: int,
    adam: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    settings: object,
) -> None:
    settings.READ_ONLY_GET = False

    def more(number: int) -> None:
        for _ in range(number):
            code = uuid4().hex[:20]
            ToolLink.objects.create(name=code, url="https://x.test/")
            OrganisationFactory(code=code, name=code)
            Domain.objects.create(code=code, name=code, parent=Domain.objects.filter(parent=None).first())

    more(1)
    adam.get(f"{BASE}{name}/")
    with django_assert_num_queries(count):
        adam.get(f"{BASE}{name}/")
    more(2)
    with django_assert_num_queries(count):
        adam.get(f"{BASE}{name}/")


# --- delays -----------------------------------------------------------------------------------------------------------


def test_delay_of_the_network_changes_promises_to_come_only(adam: Client, people: Cast) -> None:
    today = clock.today()
    idea = IdeaFactory(author=people.alice, answer_due_on=today + timedelta(days=30))

    assert post(adam, "/administration/delais/", days=12, version=0) == 302

    assert answer_delay(people.loire) == 12
    assert answer_due_on(people.loire, today) == today + timedelta(days=12)
    idea.refresh_from_db()
    assert idea.answer_due_on == today + timedelta(days=30)
    entry = Entry.objects.get(kind="delay")
    assert entry.details["changes"] == {"answer_delay_days": [30, 12]}
    assert "délai promis\u00a0: 30 → 12" in adam.get("/administration/delais/").content.decode()

    assert post(adam, f"/administration/delais/annuler/{entry.pk}/") == 302
    assert answer_delay(people.loire) == 30


def test_own_delay_of_a_body_wins(adam: Client, people: Cast) -> None:
    post(adam, "/administration/delais/", days=12, version=0)
    body = people.loire
    fields = {"name": body.name, "branch": body.branch_id, "version": 1, "answer_delay_days": 45}
    assert post(adam, f"{BASE}organismes/{body.pk}/", **fields) == 302

    assert answer_delay(Organisation.objects.get(pk=body.pk)) == 45
    assert answer_delay(people.rhone) == 12
    assert body.name in adam.get("/administration/delais/").content.decode()


def test_anonymous_promise_does_not_follow_a_change(adam: Client) -> None:
    before = answer_due_on(None, clock.today())
    post(adam, "/administration/delais/", days=200, version=0)
    memo.forget_all()

    assert answer_due_on(None, clock.today()) == before


@pytest.mark.parametrize("days", ["", "0", "367", "douze"])
def test_delay_that_is_none_is_refused(days: str, adam: Client) -> None:
    assert post(adam, "/administration/delais/", days=days, version=0) == 422


def test_delay_changed_meanwhile_shows_both(adam: Client) -> None:
    post(adam, "/administration/delais/", days=12, version=0)

    response = adam.post("/administration/delais/", {FIELD: str(uuid4()), "days": 20, "version": 0})

    assert response.status_code == 409
    assert "12\u00a0jours" in response.content.decode()
    assert 'value="20"' in response.content.decode()

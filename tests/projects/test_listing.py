"""The list of projects: every criterion, orders, pages, columns, the advanced search, what is not shown."""

from datetime import timedelta

import pytest
from django.http import QueryDict

from ozeli.activity.services import set_follow
from ozeli.core import clock
from ozeli.core.listings import listings
from ozeli.network.enums import Audience
from ozeli.projects.enums import BodyRole, Cause, Kind, Role, State, Trigger, Weather
from ozeli.projects.forms.filters import KEPT, NAMES, QUICK, FilterForm
from ozeli.projects.models import KIND, Project, ProjectBody, ProjectMember, ProjectMove, StageReport
from ozeli.projects.selectors import listing
from ozeli.search.services import reindex
from tests.factories import DomainFactory
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db

# Session, person, rights, projects, their owners, unread notifications.
LIST_QUERIES = 6
TABLE_QUERIES = 5
BEYOND = 16
TODAY = clock.today()


def titles(response):
    return [row.title for row in response.context["rows"]]


def days(count):
    return clock.today() + timedelta(count)


# --- what a row says --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("as_in_production")
def test_list_query_count(rows, people, sign_in, django_assert_num_queries):
    ProjectFactory.create_batch(rows, owner=people.alice)
    client = sign_in(people.bob)
    client.get("/projets/")
    with django_assert_num_queries(LIST_QUERIES):
        response = client.get("/projets/")
    assert len(response.context["rows"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("as_in_production")
def test_table_query_count(rows, people, sign_in, django_assert_num_queries):
    ProjectFactory.create_batch(rows, owner=people.alice, domain=DomainFactory())
    client, path = (
        sign_in(people.bob),
        "/projets/?colonnes=statut,etape,organisme,branche,domaine,parcours,suite,prevu",
    )
    client.get(path)
    with django_assert_num_queries(TABLE_QUERIES):
        response = client.get(path)
    assert len(response.context["table"]) == rows


@pytest.mark.usefixtures("as_in_production")
def test_list_query_count_of_two_pages(people, sign_in, django_assert_num_queries):
    ProjectFactory.create_batch(BEYOND, owner=people.alice)
    client = sign_in(people.bob)
    client.get("/projets/")
    with django_assert_num_queries(LIST_QUERIES + 1):
        client.get("/projets/")


def test_a_row_says_where_it_stands_and_who_carries_it(people, sign_in):
    ProjectFactory(owner=people.alice, passed=3, weather=Weather.CLOUD, expected_end_on=days(40))
    (row,) = sign_in(people.bob).get("/projets/").context["rows"]
    assert (row.passed, row.total) == (3, 7)
    assert row.where == "Plan de réalisation"
    assert row.who == "Alice Martin, CPAM de la Loire"
    assert row.weather_word == "Nuages"
    assert row.when.startswith("Fin prévue le ")
    assert not row.is_late


def test_what_is_late_is_said_in_words(people, sign_in):
    ProjectFactory(owner=people.alice, expected_end_on=days(-1))
    page = sign_in(people.bob).get("/projets/")
    assert page.context["rows"][0].is_late
    assert "dépassée" in page.content.decode()


def test_a_stop_says_its_cause_and_no_lateness(people, sign_in):
    ProjectFactory(
        owner=people.alice,
        state=State.ABANDONED,
        cause=Cause.ANSWERED_NO,
        ended_on=days(-3),
        expected_end_on=days(-9),
    )
    (row,) = sign_in(people.bob).get("/projets/").context["rows"]
    assert row.where == "L’essai a répondu non"
    assert not row.is_late


def test_list_hides_what_the_person_may_not_read(people, sign_in):
    ProjectFactory(owner=people.alice, title="Du réseau")
    ProjectFactory(owner=people.alice, title="De la branche", audience=Audience.BRANCH)
    ProjectFactory(owner=people.alice, title="De la caisse", audience=Audience.ORGANISATION)
    ProjectFactory(owner=people.alice, title="Retiré", is_withdrawn=True)
    assert set(titles(sign_in(people.charlie).get("/projets/"))) == {"Du réseau"}
    assert set(titles(sign_in(people.bob).get("/projets/"))) == {"Du réseau", "De la branche"}
    assert len(titles(sign_in(people.alice).get("/projets/"))) == 4


def test_empty_list_says_what_to_do(people, sign_in):
    client = sign_in(people.alice)
    assert "Aucun projet pour l’instant" in client.get("/projets/").content.decode()
    assert "Aucun projet ne répond à ces filtres" in client.get("/projets/?statut=gele").content.decode()


# --- every criterion --------------------------------------------------------------------------------------------------


def _two(people):
    """The one that each criterion finds, and one that none does."""
    sector = DomainFactory(code="relation", name="Relation usager")
    found = ProjectFactory(
        owner=people.alice,
        title="Trouvé",
        passed=3,
        kind=Kind.DEMONSTRATOR,
        domain=sector,
        direction="Direction de l’Écoute des usagers",
        trigger=Trigger.PAIN_POINT,
        keywords=["courrier", "Délai"],
        weather=Weather.STORM,
        started_on=days(-200),
        expected_end_on=days(-2),
        touched_on=days(-100),
        progress=45,
    )
    ProjectFactory(
        owner=people.charlie,
        title="Autre",
        lifecycle="essai-3",
        state=State.TO_LAUNCH,
        domain=DomainFactory(code="autre", name="Autre"),
        expected_end_on=days(500),
    )
    return found


@pytest.mark.parametrize(
    "query",
    [
        "statut=en-cours", "organisme=CPAM de la Loire", "direction=ecoute", "branche=maladie", "domaine=relation",
        "declencheur=irritant-d-agents", "motcle=courrier", "motcle=délai", "nature=demonstrateur", "parcours=poc-7",
        "etape=plan", "atteinte=plan", "franchie=solution", "passees=3", "avancement_min=40", "meteo=orage",
        "avancement_min=45&avancement_max=45", "retard=oui", "silence=90", "lien=suivis", "debut_au=" + str(days(-199)),
        "debut_du=" + str(days(-200)), "fin_au=" + str(days(-2)), "statut=en-cours&etape=plan&meteo=orage",
        "annee=" + str(days(-200).year) + "&debut_au=" + str(days(-200)),
    ],
)  # fmt: skip
def test_each_criterion_finds_the_one(query, people, sign_in):
    set_follow(KIND, _two(people).pk, user=people.bob, wanted=True)
    page = sign_in(people.bob).get(f"/projets/?{query}")
    assert titles(page) == ["Trouvé"]
    assert len(page.context["applied"]) == query.count("=")


def test_a_stage_that_lasts_is_found(people, sign_in):
    slow, other = ProjectFactory.create_batch(2, owner=people.alice, passed=1)
    stage = slow.lifecycle.stages.get(code="challenge")
    StageReport.objects.filter(project=slow, stage=stage).update(
        entered_on=days(-2 * stage.expected_days - 1), passed_on=days(0)
    )
    StageReport.objects.filter(project=other, stage=stage).update(
        entered_on=days(-2 * stage.expected_days), passed_on=days(0)
    )
    client = sign_in(people.bob)
    assert titles(client.get("/projets/?lente=challenge")) == [slow.title]


def test_stops_and_endings(people, sign_in):
    stopped = ProjectFactory(
        owner=people.alice, state=State.ABANDONED, cause=Cause.LEGAL, ended_on=days(-1), title="Arrêté"
    )
    done = ProjectFactory(owner=people.alice, state=State.COMPLETED, title="Terminé", ended_on=days(-10))
    ending = done.lifecycle.endings.get(code="deploy")
    Project.objects.filter(pk=done.pk).update(ending=ending)
    reopened = ProjectFactory(owner=people.alice, title="Rouvert")
    ProjectMove.objects.create(
        project=reopened, transition="complete", source=State.UNDER_WAY, target=State.COMPLETED, ending=ending
    )
    client = sign_in(people.bob)
    assert titles(client.get("/projets/?cause=cadre-juridique")) == [stopped.title]
    assert titles(client.get("/projets/?suite=deploy")) == [done.title]
    assert titles(client.get("/projets/?issue=deploy")) == [reopened.title]
    assert set(titles(client.get("/projets/?statut=finis"))) == {"Arrêté", "Terminé"}
    assert titles(client.get("/projets/?statut=vivants")) == ["Rouvert"]
    assert titles(client.get(f"/projets/?fini_au={days(-5)}")) == ["Terminé"]


def test_what_is_not_said_is_asked_for(people, sign_in):
    told = ProjectFactory(
        owner=people.alice, domain=DomainFactory(), trigger=Trigger.STRATEGY, weather=Weather.SUN,
        started_on=TODAY, expected_end_on=TODAY,
    )  # fmt: skip
    silent = ProjectFactory(owner=people.alice)
    client = sign_in(people.bob)
    for name in ("domaine", "declencheur", "meteo", "annee", "retard"):
        assert titles(client.get(f"/projets/?{name}=sans")) == [silent.title], name
    imported = ProjectFactory(
        owner=people.alice, state=State.ABANDONED, cause="", source="fichier", external_id="1"
    )
    assert titles(client.get("/projets/?cause=sans")) == [imported.title]
    assert told.title in titles(client.get("/projets/"))


def test_bodies_that_take_part_and_people_around(people, sign_in):
    project = ProjectFactory(owner=people.alice, team={Role.COACH: [people.bob]})
    ProjectFactory(owner=people.alice)
    ProjectBody.objects.create(
        project=project, organisation=people.charlie.organisation, role=BodyRole.PARTNER
    )
    name = people.charlie.organisation.name
    client = sign_in(people.bob)
    assert titles(client.get("/projets/", {"partenaire": name})) == [project.title]
    assert titles(client.get("/projets/?lien=miens")) == [project.title]
    assert titles(client.get("/projets/?lien=portes")) == []
    ProjectMember.objects.filter(project=project, role=Role.OWNER).delete()
    assert titles(client.get("/projets/?lien=sans-porteur")) == [project.title]


def test_words_are_those_of_the_search(people, sign_in):
    project = ProjectFactory(owner=people.alice, title="Un pupitre pour les aidants")
    ProjectFactory(owner=people.alice)
    reindex(KIND, now=True)
    assert titles(sign_in(people.bob).get("/projets/?mots=pupitre")) == [project.title]
    assert titles(sign_in(people.bob).get("/projets/?mots=introuvable")) == []


def test_sector_takes_its_sub_categories(people, sign_in):
    sector = DomainFactory(code="relation", name="Relation usager")
    child = DomainFactory(code="courriers", name="Courriers", parent=sector)
    ProjectFactory(title="Au secteur", domain=sector, owner=people.alice)
    ProjectFactory(title="Aux courriers", domain=child, owner=people.alice)
    ProjectFactory(title="Ailleurs", domain=DomainFactory(), owner=people.alice)
    client = sign_in(people.bob)
    page = client.get("/projets/?domaine=relation")
    assert set(titles(page)) == {"Au secteur", "Aux courriers"}
    assert '<option value="courriers">Courriers</option>' in page.content.decode()
    assert titles(client.get("/projets/?domaine=relation&rubrique=courriers")) == ["Aux courriers"]
    assert titles(client.get("/projets/?domaine=courriers")) == ["Aux courriers"]


def test_what_cannot_be_understood_is_left_out(people, sign_in):
    ProjectFactory(owner=people.alice)
    query = "&".join(
        f"{name}=%00n-importe-quoi" for name in NAMES if name not in ("mots", "direction", "motcle")
    )
    page = sign_in(people.bob).get(f"/projets/?{query}&tri=x&page=y&colonnes=z")
    assert len(page.context["rows"]) == 1
    assert page.context["applied"] == []


def test_bounds_that_cross_find_nothing_and_are_kept(people, sign_in):
    ProjectFactory(owner=people.alice, progress=50)
    page = sign_in(people.bob).get("/projets/?avancement_min=60&avancement_max=40")
    assert titles(page) == []
    assert len(page.context["applied"]) == 2


def test_each_name_of_an_address_has_its_field_and_its_words():
    assert set(NAMES) == {*FilterForm.base_fields}
    assert set(QUICK) <= set(NAMES) <= set(KEPT)


# --- orders, pages, columns -------------------------------------------------------------------------------------------


def test_orders(people, sign_in):
    for title, touched, due, progress, created in (
        ("a", -1, 30, 10, -9), ("b", -2, 10, 90, -8), ("c", -3, None, 50, -7),
    ):  # fmt: skip
        ProjectFactory(
            owner=people.alice, title=title, touched_on=days(touched), progress=progress, created_on=days(created),
            expected_end_on=days(due) if due else None,
        )  # fmt: skip
    ProjectFactory(
        owner=people.alice, title="d", state=State.COMPLETED, touched_on=days(-4), expected_end_on=days(-50),
        progress=0, created_on=days(-10),
    )  # fmt: skip
    client = sign_in(people.bob)
    orders = {sort: "".join(titles(client.get(f"/projets/?tri={sort}"))) for sort in listing.SORTS}
    # What is over waits for nothing: it comes last, beside what has no term.
    assert orders["echeance"][:2] == "ba"
    assert set(orders.pop("echeance")[2:]) == {"c", "d"}
    assert orders == {"recentes": "abcd", "avancement": "bcad", "creation": "cbad"}


@pytest.mark.parametrize("sort", listing.SORTS)
def test_pages_follow_one_another_whatever_the_order(sort, people, sign_in):
    ProjectFactory.create_batch(BEYOND, owner=people.alice, expected_end_on=days(3))
    client = sign_in(people.bob)
    first = client.get(f"/projets/?tri={sort}&statut=en-cours")
    second = client.get(f"/projets/{first.context['next_url']}")
    assert len(titles(first)) == 15
    assert len({*titles(first), *titles(second)}) == BEYOND
    assert titles(client.get(f"/projets/{second.context['previous_url']}")) == titles(first)
    assert first.context["counted"] == f"{BEYOND}\u00a0projets"


def test_counts_are_capped_and_a_long_one_is_kept_for_a_minute(people, sign_in, monkeypatch):
    monkeypatch.setattr(listing, "COUNTED", 16)
    monkeypatch.setattr(listing, "REMEMBERED", 17)
    made = ProjectFactory.create_batch(17, owner=people.alice)
    client = sign_in(people.bob)
    assert client.get("/projets/").context["counted"] == "plus de\u00a016 projets"
    Project.objects.filter(pk=made[0].pk).update(is_withdrawn=True)
    assert client.get("/projets/").context["counted"] == "plus de\u00a016 projets"
    # What one person reads is not counted for another; a short count is always exact.
    assert sign_in(people.charlie).get("/projets/").context["counted"] == "16\u00a0projets"
    Project.objects.filter(pk=made[1].pk).update(is_withdrawn=True)
    assert len(sign_in(people.charlie).get("/projets/").context["rows"]) == 15


def test_columns_are_those_of_the_address_in_their_order(people, sign_in):
    ProjectFactory(owner=people.alice, passed=2, budget_planned=1234)
    page = sign_in(people.bob).get("/projets/?colonnes=prevu,inconnue,statut,porteur")
    assert [column.code for column in page.context["columns"]] == ["statut", "porteur", "prevu"]
    (row,) = page.context["table"]
    assert [cell.text for cell in row.cells] == ["En cours", "Alice Martin", "1\u202f234\u00a0€"]
    assert "colonnes=statut,porteur,prevu" in page.context["sorts"][1][1]
    assert "colonnes" not in page.context["export_url"]


# --- the advanced search ----------------------------------------------------------------------------------------------


def test_search_offers_every_criterion(people, sign_in):
    page = sign_in(people.alice).get("/projets/recherche/?domaine=&statut=gele")
    offered = {field.name for _title, fields in page.context["form"].groups() for field in fields}
    assert offered >= {*NAMES} - {"atteinte", "franchie", "lente", "issue", "rubrique"}
    assert page.context["form"]["statut"].value() == "gele"


def test_search_leads_to_a_clean_address(people, sign_in):
    asked = {
        "chercher": "1", "mots": "", "statut": "en-cours", "etape": "plan", "rapport": "franchie", "passees": "",
        "debut_du": "2026-01-01", "colonnes": "fin,statut", "tri": "echeance",
    }  # fmt: skip
    client = sign_in(people.alice)
    found = client.get("/projets/recherche/", asked)
    assert found.status_code == 302
    assert found["Location"] == (
        "/projets/?statut=en-cours&debut_du=2026-01-01&franchie=plan&colonnes=fin,statut&tri=echeance"
    )
    # Coming back, the page shows what the address says.
    form = client.get(f"/projets/recherche/{found['Location'].removeprefix('/projets/')}").context["form"]
    assert (form["etape"].value(), form["rapport"].value()) == ("plan", "franchie")


def test_columns_are_chosen_in_a_page_that_keeps_the_rest(people, sign_in):
    client = sign_in(people.alice)
    page = client.get("/projets/colonnes/?statut=en-cours&tri=echeance&colonnes=fin,statut")
    assert page.context["form"]["colonnes"].value() == ["statut", "fin"]
    chosen = {"choisir": "1", "statut": "en-cours", "tri": "echeance", "colonnes": ["fin", "meteo", "x"]}
    assert client.get("/projets/colonnes/", chosen)["Location"] == (
        "/projets/?statut=en-cours&tri=echeance&colonnes=meteo,fin"
    )
    assert client.get("/projets/colonnes/?choisir=1")["Location"] == "/projets/?"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"debut_du": "2026-02-01", "debut_au": "2026-01-01"},
            "Démarré jusqu’au\u202f» vient avant «\u202fDémarré à partir du",
        ),
        ({"avancement_min": "101"}, "Un avancement est un nombre entier, de 0 à 100."),
        ({"avancement_max": "-1"}, "Un avancement est un nombre entier, de 0 à 100."),
        ({"passees": "beaucoup"}, "Un nombre d’étapes va de 0 à 20."),
        ({"fin_du": "demain"}, "Écrivez une date"),
        ({"annee": "20x6"}, "Écrivez une année"),
        ({"organisme": "nulle part"}, "Aucun organisme ouvert ne porte ce nom"),
    ],
)
def test_search_says_what_it_does_not_understand(asked, said, people, sign_in):
    page = sign_in(people.alice).get("/projets/recherche/", {"chercher": "1", "direction": "Accueil"} | asked)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert 'value="Accueil"' in page.content.decode()


# --- kept, followed ---------------------------------------------------------------------------------------------------


def test_a_kept_list_brings_the_last_news_first_and_hides_what_it_must(people):
    old = ProjectFactory(owner=people.alice, touched_on=days(-5), weather_line="On avance.")
    new = ProjectFactory(owner=people.alice)
    ProjectFactory(owner=people.alice, audience=Audience.ORGANISATION)
    one = listings["projects"]
    entries = one.entries(people.charlie, QueryDict("statut=en-cours&tri=avancement"), 10)
    assert [entry.id for entry in entries] == [new.pk, old.pk]
    assert entries[1].summary == "On avance."
    assert entries[0].author == "Alice Martin, CPAM de la Loire"
    assert one.describe(QueryDict("statut=en-cours&passees=3")) == "En cours, 3\u00a0étapes passées"
    assert (
        one.kept(QueryDict("statut=en-cours&page=x&colonnes=fin&statutx=1")) == "statut=en-cours&colonnes=fin"
    )

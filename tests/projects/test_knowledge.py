"""What stages taught: the reports told, browsed by stage, method and domain, searched by words."""

import csv
import io
from datetime import timedelta

import pytest

from ozeli.core import clock
from ozeli.network.enums import Audience
from ozeli.projects.models import REPORT_KIND, Project
from ozeli.projects.selectors import knowledge
from ozeli.search.services import index_objects
from tests.factories import DomainFactory
from tests.projects.factories import ProjectFactory, told

REPORTS = "/projets/bilans/"


def titles(response) -> list[str]:
    return [row.project.title for row in response.context["rows"]]


def test_only_what_is_told_and_may_be_read(people, sign_in):
    told(ProjectFactory(owner=people.alice, title="Pour tous"), done="Nous avons écouté douze agents.")
    ProjectFactory(owner=people.alice, title="Rien de dit")
    inner = ProjectFactory(owner=people.alice, title="Pour la Loire", audience=Audience.ORGANISATION)
    told(inner, done="Nous avons écouté.")
    told(ProjectFactory(owner=people.alice, title="Retiré", is_withdrawn=True), done="Nous avons écouté.")

    assert titles(sign_in(people.bob).get(REPORTS)) == ["Pour tous"]
    assert set(titles(sign_in(people.alice).get(REPORTS))) == {"Pour tous", "Pour la Loire"}


def test_what_is_withdrawn_is_not_knowledge_even_for_its_team(people, sign_in):
    told(ProjectFactory(owner=people.alice, is_withdrawn=True), done="Nous avons écouté.")
    assert titles(sign_in(people.alice).get(REPORTS)) == []
    assert titles(sign_in(people.nora).get(REPORTS)) == []


def test_reports_are_browsed_by_stage_method_domain_and_what_they_say(people, sign_in):
    phone = DomainFactory(code="telephone", name="Téléphone")
    voice = DomainFactory(code="voix", name="Voix", parent=phone)
    first = ProjectFactory(owner=people.alice, title="Premier", domain=voice)
    second = ProjectFactory(owner=people.bob, title="Second", passed=2)
    told(first, 1, done="Écoutes", methods=("entretiens",), failures="Personne n’est venu.")
    told(second, 3, successes="Deux caisses d’accord", methods=("entretiens", "cinq-pourquoi"))
    client = sign_in(people.charlie)

    def found(query: str) -> set[str]:
        return set(titles(client.get(f"{REPORTS}?{query}")))

    assert found("etape=challenge") == {"Premier"}
    assert found("etape=solution") == {"Second"}
    assert found("methode=entretiens") == {"Premier", "Second"}
    assert found("methode=cinq-pourquoi") == {"Second"}
    assert found("domaine=telephone") == {"Premier"}
    assert found("domaine=voix&etape=solution") == set()
    assert found("dit=echecs") == {"Premier"}
    assert found("dit=reussites&methode=entretiens") == {"Second"}
    assert found("etape=inconnue&methode=inconnue&domaine=@&dit=x&page=@@@") == {"Premier", "Second"}


def test_same_stage_of_two_lifecycles_is_one_when_it_bears_the_same_code(people, sign_in):
    told(ProjectFactory(owner=people.alice, title="Sept"), 1, done="Fait")
    told(ProjectFactory(owner=people.alice, title="Trois", lifecycle="essai-3"), 1, done="Fait")
    client = sign_in(people.bob)
    assert titles(client.get(f"{REPORTS}?etape=challenge")) == ["Sept"]
    assert titles(client.get(f"{REPORTS}?etape=prepare")) == ["Trois"]


def test_what_is_asked_for_is_read_first(people, sign_in):
    told(ProjectFactory(owner=people.alice), successes="Le bus attire.", failures="Trois pannes.")
    row = sign_in(people.bob).get(f"{REPORTS}?dit=echecs").context["rows"][0]
    assert row.passages == [("Ce qui n’a pas marché", "Trois pannes."), ("Ce qui a marché", "Le bus attire.")]


def test_words_find_what_is_told_within_a_stage(people, sign_in):
    first, second = (ProjectFactory(owner=people.alice, title=title, passed=1) for title in ("A", "B"))
    reports = [told(first, 1, done="Un questionnaire aux assurés"), told(second, 2, done="Un questionnaire")]
    index_objects(REPORT_KIND, [one.pk for one in reports])
    client = sign_in(people.bob)
    assert set(titles(client.get(f"{REPORTS}?mots=questionnaires"))) == {"A", "B"}
    assert titles(client.get(f"{REPORTS}?mots=questionnaire&etape=stakeholders")) == ["B"]
    assert titles(client.get(f"{REPORTS}?mots=zyxw")) == []


def test_list_is_paged_by_key_both_ways(people, sign_in):
    for number in range(17):
        written = clock.today() - timedelta(days=number)
        told(ProjectFactory(owner=people.alice, title=f"n° {number:02}"), done="Fait", written_on=written)
    client = sign_in(people.bob)
    first = client.get(REPORTS)
    assert titles(first) == [f"n° {number:02}" for number in range(15)]
    assert "17 bilans" in first.content.decode().replace("\u00a0", " ")
    second = client.get(REPORTS + first.context["next_url"])
    assert titles(second) == ["n° 15", "n° 16"]
    assert titles(client.get(REPORTS + second.context["previous_url"])) == titles(first)


def test_empty_pages_say_what_to_do(people, sign_in):
    client = sign_in(people.bob)
    assert "Aucun bilan pour l’instant" in client.get(REPORTS).content.decode()
    assert "Aucun bilan ne répond à ces filtres" in client.get(f"{REPORTS}?dit=echecs").content.decode()


def test_export_goes_through_every_batch(monkeypatch, people, sign_in):
    monkeypatch.setattr(knowledge, "EXPORT_BATCH", 2)
    for number in range(5):
        project = ProjectFactory(owner=people.alice, title=f"n° {number}")
        told(
            project,
            done="=SOMME(A1)",
            methods=("entretiens",),
            written_on=clock.today() - timedelta(days=number),
        )
    response = sign_in(people.bob).get(f"{REPORTS}export.csv?methode=entretiens")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert tuple(header) == knowledge.HEADER
    assert [row[1] for row in rows] == [f"n° {number}" for number in range(5)]
    assert rows[0][header.index("ce qui a été fait")] == "'=SOMME(A1)"
    assert rows[0][header.index("techniques")] == "Entretiens d’usagers"


def test_list_takes_the_same_queries_for_one_row_and_three(
    people, sign_in, as_in_production, django_assert_num_queries
):
    client = sign_in(people.bob)
    told(ProjectFactory(owner=people.alice), done="Fait", methods=("entretiens",))
    client.get(REPORTS)
    with django_assert_num_queries(7):
        client.get(REPORTS)
    for _ in range(2):
        told(ProjectFactory(owner=people.charlie, passed=1), 2, done="Fait", methods=("cinq-pourquoi",))
    with django_assert_num_queries(7):
        client.get(REPORTS)


def test_report_told_has_a_day():
    from django.db import IntegrityError, transaction

    project = ProjectFactory()
    report = project.reports.get()
    with pytest.raises(IntegrityError, match="projects_told_is_dated"), transaction.atomic():
        type(report).objects.filter(pk=report.pk).update(is_told=True, written_on=None)
    assert Project.objects.count() == 1


# --- methods ----------------------------------------------------------------------------------------------------------


def test_catalogue_is_narrowed_by_words_and_stage(people, sign_in):
    client = sign_in(people.alice)

    def found(query: str) -> list[str]:
        return [
            method.code for method, _helps in client.get(f"/projets/methodes/?{query}").context["methods"]
        ]

    assert len(found("")) > 15
    assert found("mots=pourquoi symptome") == ["cinq-pourquoi"]
    assert "carte-acteurs" in found("etape=stakeholders")
    assert "cinq-pourquoi" not in found("etape=stakeholders")
    assert "Aucune méthode" in client.get("/projets/methodes/?mots=zyxw").content.decode()


def test_method_says_who_used_it_among_what_one_may_read(people, sign_in):
    told(ProjectFactory(owner=people.alice, title="Pour tous"), done="Fait", methods=("entretiens",))
    inner = ProjectFactory(owner=people.alice, title="Pour la Loire", audience=Audience.ORGANISATION)
    told(inner, done="Fait", methods=("entretiens",))
    response = sign_in(people.bob).get("/projets/methodes/entretiens/")
    assert titles(response) == ["Pour tous"]
    assert "racont" in response.content.decode()
    assert sign_in(people.bob).get("/projets/methodes/inconnue/").status_code == 404


def test_method_takes_the_same_queries_for_one_row_and_three(
    people, sign_in, as_in_production, django_assert_num_queries
):
    client, page = sign_in(people.bob), "/projets/methodes/entretiens/"
    told(ProjectFactory(owner=people.alice), done="Fait", methods=("entretiens",))
    client.get(page)
    with django_assert_num_queries(7):
        client.get(page)
    for _ in range(2):
        told(ProjectFactory(owner=people.charlie), done="Fait", methods=("entretiens", "cinq-pourquoi"))
    with django_assert_num_queries(7):
        client.get(page)


def test_methods_are_kept_by_administrators_of_the_network(people, sign_in):
    page = sign_in(people.adam).get("/projets/methodes/").content.decode()
    assert "/administration/listes/methodes/" in page
    assert (
        "/administration/listes/methodes/"
        not in sign_in(people.nora).get("/projets/methodes/").content.decode()
    )
    assert sign_in(people.adam).get("/administration/listes/methodes/").status_code == 200
    assert sign_in(people.nora).get("/administration/listes/methodes/").status_code == 403

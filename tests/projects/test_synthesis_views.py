"""Syntheses through their pages: begun, edited by two people, chosen, published, found again."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from ozeli.accounts.models import User
from ozeli.network.enums import Audience
from ozeli.projects.enums import SynthesisState
from ozeli.projects.models import Project, Synthesis, SynthesisSection
from ozeli.projects.services import synthesis as services
from ozeli.projects.services import synthesis_publication as publication
from tests.personas import Cast
from tests.projects import synthesis as make
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
LIST = "/projets/syntheses/"


def post(client: Client, url: str, **fields: Any) -> Any:
    return client.post(url, {"idempotency_key": str(uuid.uuid4())} | fields)


def begin(client: Client, **fields: Any) -> Any:
    values = {"period": "2026-1", "scope": "network", "audience": "", "signature": "Anne Roche"}
    return post(client, f"{LIST}nouvelle/", **values | fields)


# --- begin ------------------------------------------------------------------------------------------------------------


def test_a_half_year_is_enough(people: Cast, sign_in: SignIn) -> None:
    make.half_year(people)
    answer = begin(sign_in(people.nora))

    synthesis = Synthesis.objects.get()
    assert answer.status_code == 302 and answer.url == synthesis.get_absolute_url()
    assert (synthesis.starts_on, synthesis.ends_on) == (make.FIRST, make.LAST)
    assert synthesis.title == "Synthèse des expérimentations, premier semestre\xa02026"
    page = sign_in(people.nora).get(answer.url).content.decode()
    assert "Ce qui s’arrête, et pourquoi" in page and "Relire et publier" in page


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"period": "libre", "first": "2026-06-30", "last": "2026-01-01"}, "vient avant le début"),
        ({"period": "libre", "first": "2026-06-30"}, "Donnez cette date"),
        ({"period": "libre", "first": "le 3 mars", "last": "2026-01-01"}, "par exemple 2026-06-30"),
        ({"period": "libre", "first": "1991-01-01", "last": "2026-01-01"}, "10 ans au plus"),
        ({"period": "libre", "first": "2027-01-01", "last": "2027-01-02"}, "n’a pas commencé"),
        ({"scope": "branch"}, "Choisissez la branche"),
        ({"scope": "organisation"}, "Nommez l’organisme"),
        ({"scope": "organisation", "organisation": "Caisse de nulle part"}, "Aucun organisme ouvert"),
        ({"scope": "network", "audience": "branch"}, "au moins ceux dont elle parle"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    people: Cast, sign_in: SignIn, fields: dict[str, str], message: str
) -> None:
    answer = begin(sign_in(people.nora), **fields)

    assert answer.status_code == 422
    assert message in answer.content.decode() and "Anne Roche" in answer.content.decode()
    assert not Synthesis.objects.exists()


def test_a_contributor_of_a_body_is_offered_that_body(people: Cast, sign_in: SignIn) -> None:
    page = sign_in(people.rita).get(f"{LIST}nouvelle/").content.decode()
    assert 'value="organisation"' in page and 'name="branch"' not in page
    elsewhere = begin(sign_in(people.rita), scope="organisation", organisation=people.rhone.name)
    assert elsewhere.status_code == 422 and "que vous animez" in elsewhere.content.decode()
    assert begin(sign_in(people.rita), scope="network").status_code == 422
    answer = begin(sign_in(people.rita), scope="organisation", organisation=people.loire.name)
    assert answer.status_code == 302 and Synthesis.objects.get().audience == Audience.ORGANISATION


# --- edit -------------------------------------------------------------------------------------------------------------


def test_two_people_on_a_section_see_both_texts(people: Cast, sign_in: SignIn) -> None:
    make.half_year(people)
    synthesis = make.draft(people)
    url = f"{synthesis.get_absolute_url()}sections/essentiel/"
    nora, adam = sign_in(people.nora), sign_in(people.adam)

    assert post(nora, url, version="1", body="Le texte de Nora [1].").status_code == 302
    answer = post(adam, url, version="1", body="Le texte d’Adam.")
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Le texte de Nora [1]." in shown and "Le texte d’Adam." in shown
    assert post(adam, url, version="2", body="Le texte d’Adam.").status_code == 302
    section = synthesis.sections.get(code="essentiel")
    assert (section.body, section.is_edited, section.written_by) == ("Le texte d’Adam.", True, people.adam)


def test_two_people_on_two_sections_do_not_meet(people: Cast, sign_in: SignIn) -> None:
    synthesis = make.draft(people)
    url = f"{synthesis.get_absolute_url()}sections/"

    assert post(sign_in(people.nora), f"{url}essentiel/", version="1", body="Un.").status_code == 302
    assert post(sign_in(people.adam), f"{url}appris/", version="1", body="Deux.").status_code == 302


def test_a_source_that_is_not_is_refused(people: Cast, sign_in: SignIn) -> None:
    synthesis = make.draft(people)
    answer = post(
        sign_in(people.nora),
        f"{synthesis.get_absolute_url()}sections/essentiel/",
        version="1",
        body="Inventé [9].",
    )

    assert answer.status_code == 422
    assert "ne porte ce numéro" in answer.content.decode() and "Inventé [9]." in answer.content.decode()


def test_a_section_is_written_again_after_both_were_shown(people: Cast, sign_in: SignIn) -> None:
    make.half_year(people)
    synthesis = make.draft(people)
    section = synthesis.sections.get(code="arrete")
    services.write_section(section, "Rien à signaler.", actor=people.nora, version=1)
    url, client = f"{synthesis.get_absolute_url()}sections/arrete/refaire/", sign_in(people.nora)

    page = client.get(url).content.decode()
    assert "Rien à signaler." in page and "Visio en agence" in page
    assert post(client, url, version="1").status_code == 409
    assert post(client, url, version="2").status_code == 302
    section.refresh_from_db()
    assert "Visio en agence" in section.body and not section.is_edited and section.sources.count() == 3


def test_the_title_and_the_signature_are_changed_once(people: Cast, sign_in: SignIn) -> None:
    synthesis = make.draft(people)
    url = f"{synthesis.get_absolute_url()}modifier/"

    assert post(sign_in(people.nora), url, version="1", title="Le semestre", signature="").status_code == 302
    late = post(sign_in(people.adam), url, version="1", title="Autre", signature="X")
    assert late.status_code == 409
    assert "Le semestre" in late.content.decode() and "Autre" in late.content.decode()


def test_projects_are_chosen_and_left_out(people: Cast, sign_in: SignIn) -> None:
    made = make.half_year(people)
    hidden = make.project("CANARI", owner=people.alice, audience=Audience.ORGANISATION)
    synthesis = make.draft(people)
    url, client = f"{synthesis.get_absolute_url()}pages/", sign_in(people.nora)

    page = client.get(url).content.decode()
    assert "Borne d’orientation" in page and "CANARI" not in page
    assert post(client, url, projet=[str(made["before"].pk)]).status_code == 302
    assert post(client, url, projet=[str(hidden.pk)]).status_code == 422
    assert post(client, url, projet=["x"]).status_code == 404
    code = synthesis.sections.get(project=made["before"]).code
    assert post(client, url, retirer=code).status_code == 302
    assert post(client, url, retirer="essentiel").status_code == 302
    assert synthesis.sections.filter(code="essentiel").exists()
    assert not synthesis.sections.filter(project=made["before"]).exists()


def test_sixty_pages_and_no_more(people: Cast, monkeypatch: pytest.MonkeyPatch, sign_in: SignIn) -> None:
    made = make.half_year(people)
    synthesis = make.draft(people)
    monkeypatch.setattr(services, "MOST_PAGES", 3)
    answer = post(
        sign_in(people.nora), f"{synthesis.get_absolute_url()}pages/", projet=[str(made["before"].pk)]
    )
    assert answer.status_code == 422 and "au plus" in answer.content.decode()


def test_a_draft_is_dropped(people: Cast, sign_in: SignIn) -> None:
    synthesis = make.draft(people)
    assert post(sign_in(people.nora), f"{synthesis.get_absolute_url()}supprimer/").url == LIST
    assert not Synthesis.objects.exists() and not SynthesisSection.objects.exists()


# --- publish and read -------------------------------------------------------------------------------------------------


def test_from_the_draft_to_the_reader(people: Cast, sign_in: SignIn) -> None:
    make.half_year(people)
    synthesis = make.draft(people)
    url, writer, reader = synthesis.get_absolute_url(), sign_in(people.nora), sign_in(people.charlie)

    assert reader.get(url).status_code == 404
    assert post(writer, f"{url}publier/", version="1").status_code == 302
    waiting = writer.get(url).content.decode()
    assert "Les fichiers se préparent" in waiting and "every 2s" in waiting
    assert "HX-Refresh" not in writer.get(url, headers={"HX-Request": "true"})
    assert writer.get(f"{url}sections/essentiel/").status_code == 404
    publication.make(synthesis.pk)
    assert writer.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    shown = reader.get(url).content.decode()
    assert "L’essentiel" in shown and "synthese.pdf" in shown and "synthese.docx" in shown
    assert "Modifier" not in shown and "La retirer" not in shown
    assert reader.get(f"{url}publier/").status_code == 403
    assert synthesis.title in reader.get(LIST).content.decode()


def test_the_publication_is_asked_of_what_was_read(people: Cast, sign_in: SignIn) -> None:
    synthesis = make.draft(people)
    answer = post(sign_in(people.nora), f"{synthesis.get_absolute_url()}publier/", version="7")
    assert answer.status_code == 409
    synthesis.refresh_from_db()
    assert synthesis.is_draft


def test_what_keeps_it_from_being_published_is_listed(people: Cast, sign_in: SignIn) -> None:
    made = make.half_year(people)
    synthesis = make.draft(people)
    Project.objects.filter(pk=made["ended"].pk).update(is_withdrawn=True)
    url, client = f"{synthesis.get_absolute_url()}publier/", sign_in(people.nora)

    assert "Elle ne peut pas encore être publiée." in client.get(url).content.decode()
    assert post(client, url, version="1").status_code == 422


def test_a_source_shows_its_rows_to_those_who_may_read_them(people: Cast, sign_in: SignIn) -> None:
    made = make.half_year(people)
    synthesis = make.draft(people)
    services.publish(synthesis, actor=people.nora, version=1)
    publication.make(synthesis.pk)
    Project.objects.filter(pk=made["going"].pk).update(title="Un nouveau nom")
    Project.objects.filter(pk=made["stopped"].pk).update(audience=Audience.ORGANISATION)
    url = f"{synthesis.get_absolute_url()}sources/essentiel/2/"

    shown = sign_in(people.charlie).get(url).content.decode()
    assert "Accueil du mercredi" in shown and "Un nouveau nom" not in shown
    assert "Visio en agence" not in shown and "changé de lecteurs depuis" in shown
    assert "/projets/?debut_du=2026-01-01" in shown
    assert "Visio en agence" in sign_in(people.alice).get(url).content.decode()
    assert sign_in(people.charlie).get(url.replace("/2/", "/99/")).status_code == 404


def test_pages_follow_each_other(people: Cast, sign_in: SignIn) -> None:
    make.half_year(people)
    synthesis = make.draft(people)
    codes = list(synthesis.sections.filter(code__startswith="projet-").values_list("code", flat=True))
    client = sign_in(people.nora)

    page = client.get(f"{synthesis.get_absolute_url()}pages/{codes[1]}/").content.decode()
    assert "Projet 2 sur 3" in page and codes[0] in page and codes[2] in page
    assert client.get(f"{synthesis.get_absolute_url()}pages/essentiel/").status_code == 404


def _published(cast: Cast, count: int) -> None:
    for number in range(count):
        one = make.of_loire(cast)
        Synthesis.objects.filter(pk=one.pk).update(
            state=SynthesisState.PUBLISHED, title=f"Synthèse {number}", published_on=date(2026, 7, 1)
        )


@pytest.mark.parametrize("count", [1, 3])
def test_the_archive_costs_the_same_whatever_it_holds(
    people: Cast, sign_in: SignIn, as_in_production: None, django_assert_num_queries: Any, count: int
) -> None:
    _published(people, count)
    client = sign_in(people.alice)
    client.get(LIST)
    with django_assert_num_queries(5):
        assert client.get(LIST).content.decode().count("publiée le") == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_synthesis_costs_the_same_whatever_it_holds(
    people: Cast, sign_in: SignIn, as_in_production: None, django_assert_num_queries: Any, count: int
) -> None:
    made = [ProjectFactory(owner=people.alice, started_on=date(2026, 2, 2)) for _number in range(count)]
    synthesis = make.draft(people)
    services.add_pages(synthesis, [one.pk for one in made], actor=people.nora)
    client = sign_in(people.nora)
    client.get(synthesis.get_absolute_url())
    with django_assert_num_queries(8):
        client.get(synthesis.get_absolute_url())


def test_the_archive_is_narrowed_and_exported(people: Cast, sign_in: SignIn) -> None:
    _published(people, 1)
    make.draft(people)
    alice, nora = sign_in(people.alice), sign_in(people.nora)

    assert "Synthèse 0" in alice.get(LIST, {"annee": "2026", "porte": "organisme"}).content.decode()
    assert "Aucune synthèse ne répond" in alice.get(LIST, {"annee": "2024"}).content.decode()
    assert "Synthèse 0" in alice.get(LIST, {"organisme": people.loire.name}).content.decode()
    drafts = nora.get(LIST, {"etat": "preparation"}).content.decode()
    assert "premier semestre" in drafts and "Synthèse 0" not in drafts
    assert "Aucune synthèse en préparation" in alice.get(LIST, {"etat": "preparation"}).content.decode()
    lines = b"".join(alice.get(f"{LIST}export.csv").streaming_content).decode().splitlines()
    assert lines[0].startswith("\ufeffadresse;titre;porte sur") and len(lines) == 2

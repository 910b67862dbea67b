"""The draft of a synthesis: what the data say, in sentences that a director signs unedited."""

from datetime import date

import pytest

from ozeli.network.enums import Audience
from ozeli.projects.documents.text import blocks, borrowed, calls
from ozeli.projects.models import Project, Synthesis
from ozeli.projects.selectors.synthesis_periods import Period, half_year, half_year_of, offered
from ozeli.projects.services.synthesis_draft import said
from ozeli.projects.synthesis_rules import covering
from tests.personas import Cast
from tests.projects import synthesis as make

pytestmark = pytest.mark.django_db


def text_of(synthesis: Synthesis, code: str) -> str:
    """A section on one line, its hard spaces made plain."""
    body = synthesis.sections.get(code=code).body
    return " ".join(body.replace("\u202f", " ").split())


def test_the_essentials_are_said_with_their_sources(people: Cast) -> None:
    make.half_year(people)
    said_of = text_of(make.draft(people), "essentiel")

    assert "Au premier semestre 2026, 5 projets ont été suivis [1]." in said_of
    assert "4 projets ont démarré, contre 1 au semestre précédent [2]." in said_of
    assert "2 étapes ont été passées, dans 1 projet, contre aucune au semestre précédent [3]." in said_of
    assert "1 projet est allé à son terme [4], et 1 s’est arrêté en chemin [5]." in said_of
    assert "Au 30 juin 2026, 2 projets sont en cours [6] et 1 gelé [7]." in said_of


def test_each_call_has_its_rows(people: Cast) -> None:
    made = make.half_year(people)
    synthesis = make.draft(people)

    for section in synthesis.sections.all():
        assert set(calls(section.body)) <= set(section.sources.values_list("number", flat=True)), section
    started = synthesis.sections.get(code="essentiel").sources.get(number=2)
    assert started.total == 4
    assert {row[1] for row in started.rows} == {
        made[name].title for name in ("going", "ended", "stopped", "frozen")
    }
    assert started.address == "/projets/?debut_du=2026-01-01&debut_au=2026-06-30"


def test_a_stop_says_its_cause_and_its_lesson(people: Cast) -> None:
    make.half_year(people)
    synthesis = make.draft(people)

    stops, lessons = text_of(synthesis, "arrete"), text_of(synthesis, "appris")
    assert "1 projet s’est arrêté, contre aucun au semestre précédent [1]." in stops
    assert (
        "« Visio en agence » (CPAM de la Loire), le 1er avril 2026 : budget [2]. Le devis a triplé." in stops
    )
    assert "1 projet a été gelé, contre aucun au semestre précédent [3]." in stops
    assert "à l’arrêt, le 1er avril 2026 : « Demander un éditeur de textes avant de signer. »" in lessons
    assert "à l’étape « Parties prenantes » : « Montrer la maquette à trois agents »" in lessons


def test_nothing_is_said_as_french_says_it(people: Cast) -> None:
    synthesis = make.draft(people)

    assert text_of(synthesis, "essentiel") == "Aucun projet n’a été suivi au premier semestre 2026."
    assert text_of(synthesis, "commence") == "Aucun projet n’a démarré."
    assert text_of(synthesis, "avance") == "Aucune étape n’a été passée."
    assert text_of(synthesis, "arrete") == "Aucun projet ne s’est arrêté."
    assert text_of(synthesis, "appris") == "Aucune leçon n’a été écrite au premier semestre 2026."
    assert text_of(synthesis, "chiffres") == "Aucun projet suivi n’a inscrit de budget."


def test_what_was_reopened_meanwhile_did_not_stop(people: Cast) -> None:
    made = make.half_year(people)
    make.moved(made["stopped"], "reopen", "abandoned", "under_way", date(2026, 6, 1))
    synthesis = make.draft(people)

    assert "Aucun projet ne s’est arrêté" in text_of(synthesis, "arrete")
    assert "1 projet qui s’était arrêté a repris" in text_of(synthesis, "avance")


def test_states_are_those_of_the_last_day_of_the_period(people: Cast) -> None:
    made = make.half_year(people)
    make.moved(made["going"], "freeze", "under_way", "frozen", date(2026, 9, 9))
    Project.objects.filter(pk=made["going"].pk).update(state="frozen", cause="budget")
    synthesis = make.draft(people)

    table = synthesis.sections.get(code="chiffres").figures["tables"][0]
    assert table["header"][1].replace("\xa0", " ") == "au 30 juin 2026"
    assert table["rows"] == [
        ["À lancer", 0, 0],
        ["En cours", 2, 1],
        ["Gelé", 1, 0],
        ["Abandonné", 1, 0],
        ["Terminé", 1, 0],
        ["Ensemble", 5, 1],
    ]


def test_projects_that_ended_or_taught_have_a_page(people: Cast) -> None:
    make.half_year(people)
    synthesis = make.draft(people)

    pages = list(synthesis.sections.filter(code__startswith="projet-").values_list("title", flat=True))
    assert pages == ["Rappel par SMS", "Visio en agence", "Accueil du mercredi"]
    page = synthesis.sections.get(title="Accueil du mercredi")
    assert ["Étapes passées", "2 sur 7"] in page.figures["facts"]
    assert "Étape 2 « Parties prenantes » passée le 12 mars 2026." in page.body.replace(
        "\u202f", " "
    ).replace("\xa0", " ")


@pytest.mark.parametrize("audience", list(Audience))
def test_no_project_is_quoted_that_one_reader_may_not_read(people: Cast, audience: Audience) -> None:
    hidden = [
        make.project("CANARI retiré", owner=people.alice, is_withdrawn=True),
        make.project("CANARI d’un autre", owner=people.bob, audience=Audience.ORGANISATION),
        make.project("CANARI d’une autre branche", owner=people.charlie, audience=Audience.BRANCH),
    ]
    if audience != Audience.ORGANISATION:
        hidden.append(
            make.project("CANARI de l’organisme", owner=people.alice, audience=Audience.ORGANISATION)
        )
    if audience == Audience.NETWORK:
        hidden.append(make.project("CANARI de la branche", owner=people.alice, audience=Audience.BRANCH))
    make.half_year(people)
    synthesis = make.of_loire(people, audience=audience)

    for section in synthesis.sections.all():
        assert "CANARI" not in section.body + section.title + str(section.figures), section
        for source in section.sources.all():
            assert "CANARI" not in str(source.rows) + source.label


@pytest.mark.parametrize("audience", list(Audience))
def test_what_may_be_quoted_is_seen_by_each_reader(people: Cast, audience: Audience) -> None:
    for owner in (people.alice, people.bob, people.charlie):
        for open_to in Audience:
            make.project(f"{owner} {open_to}", owner=owner, audience=open_to)
    where = {"branch_id": people.loire.branch_id, "organisation_id": people.loire.pk}
    quoted = set(Project.objects.filter(covering(audience, **where)).values_list("pk", flat=True))
    readers = {
        Audience.ORGANISATION: [people.alice],
        Audience.BRANCH: [people.alice, people.bob],
        Audience.NETWORK: [people.alice, people.bob, people.charlie],
    }[audience]

    assert quoted
    for reader in readers:
        assert quoted <= set(Project.objects.visible_to(reader).values_list("pk", flat=True))


def test_words_of_a_sheet_mean_nothing_as_markup(people: Cast) -> None:
    made = make.project("## Titre [4]", owner=people.alice, summary="- une\n\n## deux [7] #panic()")
    synthesis = make.draft(people)

    section = synthesis.sections.get(code="commence")
    assert "(4)" in section.body and "(7)" in section.body and "[7]" not in section.body
    assert [block.kind for block in blocks(section.body)] == ["p", "ul"]
    assert made.title not in section.body


def test_the_little_markup_is_read() -> None:
    read = blocks("Une phrase [1].\nSuite.\n\n## Un titre\n- un [2]\n- deux\n\nFin")

    assert [(one.kind, len(one.items)) for one in read] == [("p", 1), ("h", 1), ("ul", 2), ("p", 1)]
    assert [(run.text, run.note) for run in read[0].items[0]] == [
        ("Une phrase", 0),
        ("", 1),
        (". Suite.", 0),
    ]
    assert borrowed("mot " * 200).endswith("mot…")


def test_periods_know_their_names_and_the_one_before() -> None:
    first, free = half_year(2026, 1), Period(date(2026, 3, 1), date(2026, 3, 31))

    assert first.during == "au premier semestre\xa02026" and first.before == half_year(2025, 2)
    assert half_year(2026, 2).before == first
    assert free.during == "du 1er\xa0mars au 31\xa0mars\xa02026"
    assert free.before == Period(date(2026, 1, 29), date(2026, 2, 28))
    assert [one.code for one in offered(date(2026, 11, 20))] == ["2026-2", "2026-1", "2025-2", "2025-1"]
    assert half_year_of("2026-1") == first and half_year_of("2026-3") is None and half_year_of("") is None


@pytest.mark.parametrize(
    ("how_many", "words"),
    [(0, "aucun projet n’a démarré"), (1, "1\xa0projet a démarré"), (2, "2\xa0projets ont démarré")],
)
def test_numbers_agree(how_many: int, words: str) -> None:
    assert said(how_many, "projet a démarré", "projets ont démarré") == words

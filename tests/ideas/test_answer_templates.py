"""Answer templates: their blanks, their scopes, their screens, and what they become in an answer."""

import uuid

import pytest

from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import long_date
from ozeli.ideas import blanks
from ozeli.ideas.enums import State
from ozeli.ideas.models import AnswerTemplate, Decision
from ozeli.ideas.services.answer_templates import (
    TemplateWords,
    change_template,
    create_template,
    delete_template,
)
from ozeli.ideas.services.decisions import prepare_decision
from ozeli.journal.models import Entry
from tests.factories import IdeaFactory
from tests.personas import Cast

from .test_desk import send

TEXT = (
    "Bonjour {auteur}, merci pour « {titre} », déposée le {date}. Un outil du réseau le fait déjà pour {organisme}."
    " Voici comment y prendre part dès maintenant."
)


def template(organisation=None, title="Existe déjà", text=TEXT, **more):
    words = {"verdict": "not_retained", "reason": "exists", "written_on": clock.today()} | more
    return AnswerTemplate.objects.create(organisation=organisation, title=title, text=text, **words)


def keyed(**fields):
    return {"idempotency_key": str(uuid.uuid4())} | fields


def written(**changes):
    sent = {"title": "Merci, mais non", "verdict": "not_retained", "reason": "cost", "text": TEXT}
    return keyed(**sent | changes)


@pytest.fixture
def studied(people: Cast):
    return IdeaFactory(author=people.alice, state=State.UNDER_STUDY, title="Un glossaire commun")


# --- blanks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{titre} {auteur} {organisme} {date}", []),
        ("Bonjour {prenom}", ["{prenom}"]),
        ("{Titre} et { titre }", ["{Titre}", "{ titre }"]),
        ("{titre.__class__}", ["{titre.__class__}"]),
        ("{}", ["{}"]),
        ("une accolade { seule", ["{"]),
        ("une autre }", ["}"]),
        ("{{titre}}", ["{", "}"]),
        ("{0} {titre!r}", ["{0}", "{titre!r}"]),
    ],
)
def test_only_known_blanks_are_taken(text, wrong):
    assert blanks.unknown(text) == wrong


def test_blanks_are_filled_from_the_idea(people, studied):
    filled = blanks.filled(TEXT, studied)
    assert "Bonjour Alice Martin" in filled
    assert "« Un glossaire commun »" in filled
    assert long_date(studied.deposited_on) in filled
    assert "pour CPAM de la Loire" in filled


def test_anonymous_idea_fills_neither_author_nor_body_nor_day(people):
    idea = IdeaFactory(author=people.alice, is_anonymous=True, state=State.UNDER_STUDY)
    filled = blanks.filled(TEXT, idea)
    assert blanks.unfilled(filled) == ["{auteur}", "{organisme}"]
    assert long_date(idea.deposited_on) not in filled


def test_words_of_an_idea_are_not_blanks(people):
    idea = IdeaFactory(author=people.alice, title="Le champ {date} et le code {0}")
    assert blanks.filled("« {titre} »", idea) == "« Le champ {date} et le code {0} »"


@pytest.mark.parametrize(
    ("answer", "dull"),
    [
        ("Merci pour ceci. Nous ne le ferons pas.", True),
        ("merci  pour CECI!\n\nNous ne le ferons pas", True),
        ("Nous ne le ferons pas.", True),
        ("Merci pour ceci. Nous ne le ferons pas. Votre remarque sur les guichets nous servira.", False),
        ("Autre chose.", False),
        ("", False),
    ],
)
def test_answer_that_adds_no_sentence_is_told_apart(answer, dull):
    assert blanks.said_as_it_is(answer, ["Merci pour ceci. Nous ne le ferons pas."]) is dull


# --- the library ------------------------------------------------------------------------------------------------------


def test_referent_writes_for_their_body_alone(people, sign_in):
    client = sign_in(people.rita)
    assert (
        client.post("/animation/reponses-types/nouvelle/", written(organisation="cpam-loire")).status_code
        == 302
    )
    (made,) = AnswerTemplate.objects.all()
    assert (made.organisation, made.written_by, made.reason) == (people.loire, people.rita, "cost")
    for body in ("cpam-rhone", ""):
        response = client.post(
            "/animation/reponses-types/nouvelle/", written(organisation=body, title="Autre")
        )
        assert response.status_code == 422
    assert AnswerTemplate.objects.count() == 1
    assert Entry.objects.get(verb="template.create").details == {"title": "Merci, mais non"}


def test_network_desk_writes_for_everyone_or_a_body(people, sign_in):
    client = sign_in(people.nora)
    for body, expected in (("", None), ("CPAM du Rhône", people.rhone)):
        assert (
            client.post("/animation/reponses-types/nouvelle/", written(organisation=body)).status_code == 302
        )
        assert AnswerTemplate.objects.filter(organisation=expected).exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "Donnez un titre"),
        ({"text": "Court."}, "20 caractères"),
        ({"text": "Bonjour {prenom}, merci de votre idée."}, "{prenom}"),
        ({"verdict": ""}, "Choisissez la décision"),
        ({"title": "Existe déjà"}, "porte déjà ce titre"),
    ],
)
def test_wrong_template_is_refused_with_its_words(change, said, people, sign_in):
    template(people.loire)
    response = sign_in(people.rita).post(
        "/animation/reponses-types/nouvelle/", written(organisation="cpam-loire", **change)
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert change.get("text", "Un outil du réseau") in page


def test_each_desk_sees_its_texts_and_those_of_the_network(people, sign_in):
    template(None, "Du réseau")
    template(people.loire, "De la Loire")
    other = template(people.rhone, "Du Rhône")
    page = sign_in(people.rita).get("/animation/reponses-types/").content.decode()
    assert "Du réseau" in page
    assert "De la Loire" in page
    assert "Du Rhône" not in page
    assert sign_in(people.rita).get(f"/animation/reponses-types/{other.pk}/").status_code == 404
    assert "Du Rhône" in sign_in(people.nora).get("/animation/reponses-types/").content.decode()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("portee=reseau", {"Du réseau"}),
        ("portee=cpam-loire", {"De la Loire"}),
        ("decision=retained", {"De la Loire"}),
        ("mots=réseau", {"Du réseau", "De la Loire"}),
        ("mots=loire", {"De la Loire"}),
        ("portee=inconnue&decision=x", {"Du réseau", "De la Loire"}),
    ],
)
def test_library_is_filtered_and_exported(query, shown, people, sign_in):
    template(None, "Du réseau")
    template(people.loire, "De la Loire", verdict="retained", reason="")
    client = sign_in(people.rita)
    page = client.get(f"/animation/reponses-types/?{query}")
    assert {one.title for one, _mine in page.context["templates"]} == shown
    lines = b"".join(client.get(f"/animation/reponses-types/export.csv?{query}").streaming_content).decode()
    assert {title for title in ("Du réseau", "De la Loire") if f"\n{title};" in lines} == shown


def test_change_read_too_late_is_a_conflict_that_shows_both(people, sign_in):
    made = template(people.loire)
    client = sign_in(people.rita)
    sent = written(organisation="cpam-loire", title="Existe déjà", text=f"{TEXT} Ma version.", version=1)
    AnswerTemplate.objects.update(version=2, text=f"{TEXT} L’autre version.")
    response = client.post(f"/animation/reponses-types/{made.pk}/", sent)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Ma version." in page
    assert "L’autre version." in page
    assert client.post(f"/animation/reponses-types/{made.pk}/", sent | keyed(version=2)).status_code == 302
    made.refresh_from_db()
    assert (made.version, made.text) == (3, f"{TEXT} Ma version.")


def test_services_hold_the_scope(people):
    made = template(None)
    words = TemplateWords("Autre titre", "retained", TEXT, organisation=people.loire)
    with pytest.raises(Refused, match="autre bureau"):
        change_template(made, words, actor=people.rita, version=1)
    with pytest.raises(Refused, match="autre bureau"):
        delete_template(made, actor=people.rita)
    with pytest.raises(Refused, match="autre bureau"):
        create_template(TemplateWords("Titre", "retained", TEXT), actor=people.rita)
    with pytest.raises(Refused, match="autre bureau"):
        create_template(words, actor=people.alice)
    with pytest.raises(Conflict):
        change_template(made, words, actor=people.nora, version=9)
    delete_template(made, actor=people.nora)
    delete_template(made, actor=people.nora)
    assert Entry.objects.filter(verb="template.delete").count() == 1


@pytest.mark.usefixtures("as_in_production")
def test_library_takes_the_same_queries_for_one_row_and_three(people, sign_in, django_assert_num_queries):
    client = sign_in(people.rita)
    template(people.loire)
    client.get("/animation/reponses-types/")
    with django_assert_num_queries(6):
        client.get("/animation/reponses-types/")
    template(None, "Deux")
    template(people.loire, "Trois")
    with django_assert_num_queries(6):
        client.get("/animation/reponses-types/")


# --- in an answer -----------------------------------------------------------------------------------------------------


def test_template_fills_the_answer_and_loses_nothing(people, sign_in, studied):
    made = template()
    response = send(
        sign_in(people.rita), studied, "repondre",
        answer="Déjà écrit.", starter=f"type-{made.pk}", inserer="1", until="2099-01-01",
    )  # fmt: skip
    assert response.status_code == 200
    form = response.context["form"]
    assert (
        form["answer"]
        .value()
        .startswith("Déjà écrit.\n\nBonjour Alice Martin, merci pour « Un glossaire commun »")
    )
    assert (form["decision"].value(), form["reason"].value(), form["until"].value()) == (
        "not_retained", "exists", "2099-01-01",
    )  # fmt: skip
    assert not Decision.objects.exists()


def test_template_does_not_change_a_decision_already_chosen(people, sign_in, studied):
    made = template()
    response = send(
        sign_in(people.rita), studied, "repondre",
        starter=f"type-{made.pk}", inserer="1", decision="retained", reason="legal",
    )  # fmt: skip
    assert response.context["form"]["decision"].value() == "retained"


def test_template_of_another_body_is_not_offered(people, sign_in, studied):
    made = template(people.rhone, "Du Rhône")
    page = sign_in(people.nora).get(f"/animation/{studied.short}/").content.decode()
    assert "Du Rhône" not in page
    response = send(sign_in(people.nora), studied, "repondre", starter=f"type-{made.pk}", inserer="1")
    assert response.context["form"]["answer"].value() == ""


@pytest.mark.parametrize("blank", ["{titre}", "{auteur}", "{organisme}", "{date}"])
def test_blank_left_in_an_answer_blocks_it(blank, people, sign_in, studied):
    words = f"Merci beaucoup {blank}, nous la retenons et l’essai commence bientôt."
    response = send(sign_in(people.rita), studied, "repondre", decision="retained", answer=words)
    assert response.status_code == 422
    assert f"Il reste {blank}" in response.content.decode()
    with pytest.raises(Refused, match="Il reste"):
        prepare_decision(studied, actor=people.rita, verdict="retained", answer=words)
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("more", "warned"), [("", True), (" Votre exemple du guichet de Roanne nous a convaincus.", False)]
)
def test_template_sent_as_it_is_is_warned_of_and_may_leave(more, warned, people, sign_in, studied):
    template()
    answer = blanks.filled(TEXT, studied) + more
    client = sign_in(people.rita)
    response = send(client, studied, "repondre", decision="not_retained", reason="exists", answer=answer)
    assert response.status_code == 302
    page = client.get(response.url).content.decode()
    assert ("Une réponse s’écrit pour quelqu’un" in page) is warned
    decision = Decision.objects.get()
    batch = client.get(f"/animation/decisions/relire/?d={decision.pk}").content.decode()
    assert ("Une réponse s’écrit pour quelqu’un" in batch) is warned
    sent = client.post(response.url, keyed(version=1))
    assert sent.status_code == 302

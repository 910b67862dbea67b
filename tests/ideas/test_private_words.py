"""Canaries: what the desk keeps for itself is read by the desk, and by the expert for what is theirs. Nobody else.

Each private text holds a word of its own; every page, search, export, feed, notification and mail of each persona is
then looked through.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import Event, Notification, OutgoingMail
from ozeli.core import clock
from ozeli.ideas.enums import State
from ozeli.ideas.models import KIND, AnswerTemplate, CompletionRequest, Idea, IdeaExpert
from ozeli.ideas.selectors.answer_templates import matching as templates_of
from ozeli.ideas.services import circuit, experts
from ozeli.ideas.services.answer_templates import TemplateWords, create_template
from ozeli.ideas.services.completions import answer_completion
from ozeli.ideas.services.decisions import prepare_decision
from ozeli.ideas.services.deposits import IdeaText
from ozeli.ideas.services.desk import assign_handler, write_desk_note
from ozeli.search.services import index_objects
from tests.factories import ANSWER, DomainFactory, IdeaFactory
from tests.personas import NAMES, Cast

DESK = {"rita", "nora", "adam", "sonia"}
EXPERT = "charlie"
# word → who may read it
CANARIES = {
    "zibeline": DESK | {EXPERT},  # a private note of the expert
    "quetzal": DESK | {EXPERT},  # the note that answers it
    "narval": DESK | {EXPERT},  # the message to the expert
    "tatouage": DESK | {EXPERT},  # the opinion
    "ocelot": DESK,  # the reason of an expert who declined
    "wombat": DESK,  # a note of the desk
    "caracal": DESK,  # the word to a new handler
    "fennec": DESK,  # an answer template of the body
    "loutre": DESK,  # an answer being prepared
    "mangouste": DESK | {"alice"},  # the word of the author to the desk
}
PAGES = (
    "/", "/idees/", "/idees/export.csv", "/mes-idees/", "/mes-avis/?etat=tous", "/mes-avis/export.csv?etat=tous",
    "/notifications/", "/moi/", "/cimetiere/", "/cimetiere/export.csv", "/donnees-cles/", "/organismes/",
    "/organismes/cpam-loire/", "/animation/", "/animation/idees/", "/animation/idees/export.csv",
    "/animation/avis/?etat=tous", "/animation/avis/export.csv?etat=tous", "/animation/decisions/",
    "/animation/reponses-types/", "/animation/reponses-types/export.csv",
)  # fmt: skip


@pytest.fixture
def world(people: Cast) -> dict[str, Idea]:
    """An idea at study with experts and notes, one whose complement came, all with their canaries."""
    studied = IdeaFactory(author=people.alice, state=State.UNDER_STUDY, title="Une idée à l’étude")
    asked = experts.ask_expert(
        studied,
        people.charlie,
        actor=people.rita,
        due_on=clock.today() + timedelta(days=9),
        message="Le narval ?",
    )
    experts.write_expert_note(asked, "Ma zibeline reste entre nous.", actor=people.charlie)
    experts.write_expert_note(asked, "Le quetzal aussi, merci.", actor=people.rita)
    experts.give_opinion(asked, "Un avis avec tatouage.", actor=people.charlie)
    declined = experts.ask_expert(studied, people.bob, actor=people.rita)
    experts.decline_opinion(declined, "Un ocelot m’en empêche.", actor=people.bob)
    write_desk_note(studied, "Le wombat est d’accord.", actor=people.rita)
    assign_handler(studied, people.nora, actor=people.rita, note="Le caracal te revient.")
    prepare_decision(
        studied, actor=people.rita, verdict="not_retained", reason="cost", answer=f"{ANSWER} Et la loutre."
    )
    create_template(
        TemplateWords("Le fennec", "retained", "Un fennec dit merci à {auteur}.", organisation=people.loire),
        actor=people.rita,
    )
    completed = IdeaFactory(author=people.alice, title="Une idée complétée")
    circuit.ask_completion(completed, actor=people.rita, note="Une précision, s’il vous plaît.")
    text = IdeaText("Une idée complétée", "Un problème précisé.", "Une proposition.", DomainFactory())
    completed.refresh_from_db()
    answer_completion(
        completed, text, actor=people.alice, version=completed.version, reply="La mangouste suit."
    )
    index_objects(KIND, [studied.pk, completed.pk])
    for event in Event.objects.order_by("pk"):
        tell_batch(event.pk)
    return {"studied": studied, "completed": completed}


def read(client: Client, path: str) -> str:
    response = client.get(path, follow=True)
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def addresses(world: dict[str, Idea]) -> Iterator[str]:
    yield from PAGES
    for idea in world.values():
        sheet, desk = idea.get_absolute_url(), f"/animation/{idea.short}/"
        yield from (
            sheet,
            f"{sheet}avis/",
            f"{sheet}completer/",
            f"{sheet}modifier/",
            desk,
            f"{desk}dossier/",
        )
        yield f"{desk}decision/"
        yield from (f"{desk}avis/{asked.pk}/" for asked in idea.experts.all())
    yield from (f"/animation/reponses-types/{one.pk}/" for one in AnswerTemplate.objects.all())


def found_in(text: str) -> set[str]:
    return {word for word in CANARIES if word in text.lower()}


@pytest.mark.parametrize("name", NAMES)
def test_private_words_stay_with_those_they_are_for(name, people, sign_in, world):
    client = sign_in(getattr(people, name))
    leaked, seen = {}, set()
    for path in addresses(world):
        words = found_in(read(client, path))
        seen |= words
        if wrong := {word for word in words if name not in CANARIES[word]}:
            leaked[path] = wrong
    assert leaked == {}
    if name in {"rita", "nora"}:
        assert seen == set(CANARIES), "a desk that reads nothing proves nothing"
    if name == EXPERT:
        assert seen == {word for word, readers in CANARIES.items() if EXPERT in readers}


@pytest.mark.parametrize("name", ["alice", "charlie", "rita", "sonia"])
def test_no_search_finds_them(name, people, sign_in, world):
    """The page says the words that were asked, and no more often than words that nobody ever wrote."""
    client = sign_in(getattr(people, name))
    echoed = read(client, "/recherche/?q=xyzzyxy").count("xyzzyxy")
    for word in CANARIES:
        page = read(client, f"/recherche/?q={word}")
        assert page.lower().count(word) == echoed, word
        assert word not in read(client, f"/recherche/export.csv?q={word}").lower()
        assert world["studied"].get_absolute_url() not in page, word
        assert world["completed"].get_absolute_url() not in page, word


def test_mails_and_lines_carry_them_to_those_they_are_for_and_in_no_subject(people, world):
    names = {getattr(people, name).pk: name for name in NAMES}
    carried = set()
    for mail in OutgoingMail.objects.all():
        assert not found_in(mail.subject)
        words = found_in(mail.text)
        carried |= words
        assert all(names[mail.user_id] in CANARIES[word] for word in words), (names[mail.user_id], words)
    assert {"zibeline", "quetzal", "narval", "caracal"} <= carried
    for line in Notification.objects.all():
        assert not found_in(line.text)


def test_anonymous_client_reads_nothing(sign_in, world):
    client = sign_in(None)
    assert not any(found_in(read(client, path)) for path in addresses(world))


def test_template_of_a_body_is_unknown_to_the_desk_of_another(people, world):
    from tests.factories import UserFactory

    other = UserFactory(organisation=people.rhone, profile="contributor", profile__scope=people.rhone)
    from ozeli.ideas.selectors.answer_templates import Wanted

    assert not templates_of(other, Wanted()).exists()
    assert templates_of(people.rita, Wanted()).exists()
    assert not templates_of(people.alice, Wanted()).exists()


def test_notes_leave_with_the_idea_and_the_request(people, world):
    expertise = IdeaExpert.objects.get(user=people.charlie)
    assert expertise.notes.count() == 2
    assert CompletionRequest.objects.get().reply == "La mangouste suit."

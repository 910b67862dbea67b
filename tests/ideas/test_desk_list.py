"""The list of a desk, who answers, and the notes that the desk keeps for itself."""

import uuid
from datetime import timedelta

import pytest

from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.ideas.enums import State
from ozeli.ideas.models import CompletionRequest, DeskNote, Idea, IdeaAuthor, IdeaExpert
from ozeli.ideas.selectors.desk_list import Wanted, counts, matching
from ozeli.ideas.services import circuit
from ozeli.ideas.services.desk import assign_handler, assign_many, write_desk_note
from ozeli.journal.models import Entry
from tests.factories import DecisionFactory, IdeaFactory, UserFactory
from tests.personas import Cast

PATH = "/animation/idees/"


@pytest.fixture
def idea(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, title="Prêter un scanner")


@pytest.fixture
def second(people: Cast):
    """Another référent of the Loire."""
    named = {"display_name": "Léa Second", "email": "lea@exemple.test"}
    return UserFactory(organisation=people.loire, profile="contributor", profile__scope=people.loire, **named)


def post(client, path, **fields):
    return client.post(path, {"idempotency_key": str(uuid.uuid4())} | fields)


# --- the list ---------------------------------------------------------------------------------------------------------


def test_list_holds_every_idea_of_the_scope_and_no_other(people, sign_in, idea):
    IdeaFactory(author=people.alice, state=State.WITHDRAWN, title="Retirée depuis")
    IdeaFactory(author=people.bob, title="Une idée du Rhône")
    page = sign_in(people.rita).get(PATH).content.decode()
    assert idea.title in page
    assert "Retirée depuis" in page
    assert "Une idée du Rhône" not in page
    assert "Une idée du Rhône" in sign_in(people.nora).get(PATH).content.decode()


def test_states_are_counted(people, idea):
    IdeaFactory.create_batch(2, author=people.alice, state=State.UNDER_STUDY)
    IdeaFactory(author=people.bob)
    assert counts(people.rita) == {"deposited": 1, "under_study": 2}
    assert counts(people.nora) == {"deposited": 2, "under_study": 2}


def test_filters_keep_what_they_say(people, sign_in, idea):
    today = clock.today()
    late = IdeaFactory(author=people.alice, deposited_on=today - timedelta(days=60), handler=people.rita)
    waits = IdeaFactory(author=people.alice)
    circuit.ask_completion(waits, actor=people.rita, note="Une précision, s’il vous plaît.")
    CompletionRequest.objects.update(asked_on=today - timedelta(days=8))
    studied = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    IdeaExpert.objects.create(idea=studied, user=people.bob, asked_on=today, due_on=today - timedelta(days=1))
    prepared = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    DecisionFactory(idea=prepared)

    def found(**wanted):
        return set(matching(people.rita, Wanted(**wanted)))

    assert found(sign="retard") == {late}
    assert found(handler="moi") == {late}
    assert found(handler="personne") == {idea, waits, studied, prepared}
    assert found(author_days=7) == {waits}
    assert found(author_days=14) == set()
    assert found(sign="avis-retard") == found(sign="avis-attendu") == {studied}
    assert found(sign="preparee") == {prepared}
    assert found(state="under_study") == {studied, prepared}
    page = sign_in(people.rita).get(f"{PATH}?signe=avis-retard&etat=a-l-etude").content.decode()
    assert "1\u00a0avis en retard" in page
    assert "Attend l’auteur depuis 7 jours" in sign_in(people.rita).get(f"{PATH}?auteur=7").content.decode()


@pytest.mark.parametrize(
    "query", ["etat=x", "signe=x", "auteur=99", "qui=x", "organisme=x", "mots=%00", "page=x"]
)
def test_filter_that_cannot_be_understood_is_left_out(query, people, sign_in, idea):
    assert idea.title in sign_in(people.nora).get(f"{PATH}?{query}").content.decode()


def test_export_follows_the_filters(people, sign_in, idea):
    IdeaFactory(author=people.alice, state=State.UNDER_STUDY, title="Une autre")
    lines = b"".join(sign_in(people.rita).get(f"{PATH}export.csv?etat=deposee").streaming_content).decode()
    assert idea.title in lines
    assert "Une autre" not in lines


@pytest.mark.usefixtures("as_in_production")
def test_list_takes_the_same_queries_for_one_row_and_three(people, sign_in, django_assert_num_queries):
    client = sign_in(people.rita)

    def one_more():
        idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY, handler=people.rita)
        IdeaExpert.objects.create(idea=idea, user=people.bob, asked_on=clock.today())

    one_more()
    client.get(PATH)
    with django_assert_num_queries(7):
        client.get(PATH)
    one_more()
    one_more()
    with django_assert_num_queries(7):
        client.get(PATH)


# --- who answers ------------------------------------------------------------------------------------------------------


def test_handler_is_changed_with_a_note_told_and_journaled(people, sign_in, idea, second):
    client = sign_in(people.rita)
    path = f"/animation/{idea.short}/dossier/"
    sent = {"form": "confier", "handler": second.pk, "read": "", "note": "Tu connais ce guichet."}
    assert post(client, path, **sent).status_code == 302
    idea.refresh_from_db()
    assert idea.handler == second
    note = DeskNote.objects.get()
    assert (note.kind, note.handler, note.body) == ("handler", second, "Tu connais ce guichet.")
    assert Entry.objects.get(verb="idea.assign").details["handler"] == str(second.actor_key.key)
    event = Event.objects.get(type="idea.assigned")
    assert event.data == {"handler": second.pk, "note": note.pk}
    assert "Léa Second répond maintenant" in client.get(path).content.decode()
    assert "Tu connais ce guichet." in client.get(path).content.decode()


def test_changed_meanwhile_is_a_conflict_that_keeps_the_note(people, sign_in, idea, second):
    assign_handler(idea, people.nora, actor=people.nora)
    response = post(
        sign_in(people.rita), f"/animation/{idea.short}/dossier/",
        form="confier", handler=second.pk, read="", note="Ma note.",
    )  # fmt: skip
    assert response.status_code == 409
    assert "Ma note." in response.content.decode()
    assert Idea.objects.get(pk=idea.pk).handler == people.nora


@pytest.mark.parametrize("name", ["alice", "bob", "dev", "zoe"])
def test_handler_works_the_desk_and_did_not_sign(name, people, idea):
    with pytest.raises(Refused):
        assign_handler(idea, getattr(people, name), actor=people.rita)
    with pytest.raises(Refused):
        assign_handler(idea, people.rita, actor=getattr(people, name))
    assert Idea.objects.get(pk=idea.pk).handler is None


def test_idea_already_answered_has_no_handler_to_change(people):
    idea = IdeaFactory(author=people.alice, state=State.NOT_RETAINED)
    with pytest.raises(Conflict):
        assign_handler(idea, people.rita, actor=people.rita)


def test_many_are_entrusted_at_once_and_the_others_explained(people, sign_in, idea, second):
    own = IdeaFactory(author=second, title="Celle de Léa")
    elsewhere = IdeaFactory(author=people.bob)
    client = sign_in(people.rita)
    response = post(
        client, f"{PATH}?qui=personne", idee=[idea.short, own.short, elsewhere.short, "x"],
        handler="lea@exemple.test", note="Pour toi.",
    )  # fmt: skip
    assert response.url == f"{PATH}?qui=personne"
    page = client.get(response.url).content.decode()
    assert "1\u00a0idée confiée à Léa Second" in page
    assert "Celle de Léa" in page
    assert "personne ne répond à sa propre idée" in page
    assert [one.handler for one in Idea.objects.filter(pk__in=[idea.pk, own.pk, elsewhere.pk])].count(
        second
    ) == 1
    freed = post(client, PATH, idee=idea.short, freed="on")
    assert freed.status_code == 302
    assert Idea.objects.get(pk=idea.pk).handler is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"handler": "lea@exemple.test"}, "Cochez au moins une idée"),
        ({"idee": "IDEA"}, "qui répondra"),
        ({"idee": "IDEA", "handler": "Personne Inconnue"}, "Personne ne porte ce nom"),
        ({"idee": "IDEA", "handler": "lea@exemple.test", "freed": "on"}, "confier à quelqu’un, ou"),
        ({"idee": "IDEA", "handler": "bob@exemple.test"}, "n’anime pas les idées"),
    ],
)
def test_wrong_selection_changes_nothing_and_stays(fields, said, people, sign_in, idea, second):
    sent = {name: idea.short if value == "IDEA" else value for name, value in fields.items()}
    response = post(sign_in(people.rita), PATH, note="Un mot gardé.", **sent)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert "Un mot gardé." in page
    assert ("checked" in page) == ("idee" in fields)
    assert not DeskNote.objects.exists()


def test_a_hundred_at_once_at_most(people, idea):
    with pytest.raises(Refused, match="100 idées au plus"):
        assign_many([idea] * 101, people.rita, actor=people.rita)


def test_suggestions_name_those_who_answer(people, sign_in, second):
    found = sign_in(people.rita).get(f"{PATH}personnes/?q=martin").json()["results"]
    assert {one["label"].split(",")[0] for one in found} == {
        "Rita Martin",
        "Nora Martin",
        "Adam Martin",
        "Sonia Martin",
    }
    assert len(sign_in(people.rita).get(f"{PATH}personnes/?q=second").json()["results"]) == 1
    assert sign_in(people.rita).get(f"{PATH}personnes/?q=").json() == {"results": []}


# --- notes of the desk ------------------------------------------------------------------------------------------------


def test_note_is_kept_dated_and_journaled_and_taken_back_by_its_author(people, sign_in, idea):
    rita, nora = sign_in(people.rita), sign_in(people.nora)
    path = f"/animation/{idea.short}/dossier/"
    assert post(rita, path, form="note", note="Vu avec l’informatique.").status_code == 302
    note = DeskNote.objects.get()
    assert note.written_on == clock.today()
    assert "Vu avec l’informatique." in nora.get(f"/animation/{idea.short}/").content.decode()
    assert post(nora, path, form="retirer-note", note=note.pk).status_code == 422
    assert post(rita, path, form="retirer-note", note=note.pk).status_code == 302
    assert not DeskNote.objects.exists()
    verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["idea.write_desk_note", "idea.remove_desk_note"]


def test_empty_note_is_refused(people, sign_in, idea):
    assert (
        post(sign_in(people.rita), f"/animation/{idea.short}/dossier/", form="note", note=" ").status_code
        == 422
    )


def test_note_on_an_anonymous_idea_keeps_its_month(people):
    idea = IdeaFactory(author=people.alice, is_anonymous=True)
    note = write_desk_note(idea, "Une note.", actor=people.nora)
    assert note.written_on == clock.today().replace(day=1)


def test_who_signed_neither_reads_nor_writes_notes(people, sign_in, idea):
    write_desk_note(idea, "Entre nous : à refuser.", actor=people.nora)
    IdeaAuthor.objects.create(idea=idea, user=people.rita, position=1)
    client = sign_in(people.rita)
    assert client.get(f"/animation/{idea.short}/dossier/").status_code == 404
    assert "à refuser" not in client.get(f"/animation/{idea.short}/").content.decode()
    with pytest.raises(Refused, match="réservées"):
        write_desk_note(idea, "Une note.", actor=people.rita)

"""Experts: several asked at once, reminded, declining, replaced, removed; and what they exchange with the desk."""

import uuid
from datetime import timedelta
from functools import partial

import pytest

from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import Event, OutgoingMail
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import long_date
from ozeli.ideas.enums import State
from ozeli.ideas.models import ExpertNote, Idea, IdeaAuthor, IdeaExpert
from ozeli.ideas.selectors.experts import due_opinions
from ozeli.ideas.services import experts
from ozeli.journal.models import Entry
from tests.factories import IdeaFactory
from tests.personas import Cast, cast

from .at_once import kinds, together

SOON = timedelta(days=10)


@pytest.fixture
def studied(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, state=State.UNDER_STUDY)


@pytest.fixture
def asked(people: Cast, studied: Idea) -> IdeaExpert:
    return experts.ask_expert(
        studied, people.charlie, actor=people.rita, due_on=clock.today() + SOON, message="Est-ce faisable ?"
    )


def post(client, path, form, **fields):
    return client.post(path, {"form": form, "idempotency_key": str(uuid.uuid4())} | fields)


def desk_url(asked):
    return f"/animation/{asked.idea.short}/avis/{asked.pk}/"


def own_url(asked):
    return f"{asked.idea.get_absolute_url()}avis/"


def told():
    return list(Event.objects.order_by("pk").values_list("type", flat=True))


# --- asked ------------------------------------------------------------------------------------------------------------


def test_several_experts_are_asked_at_once_each_for_their_day(people, sign_in, studied):
    days = [(clock.today() + timedelta(days=ahead)).isoformat() for ahead in (5, 9)]
    response = post(
        sign_in(people.rita), f"/animation/{studied.short}/dossier/", "experts",
        expert_1="bob@exemple.test", due_on_1=days[0], expert_2="Charlie Martin, Caf du Nord", due_on_2=days[1],
        message="Est-ce faisable ?",
    )  # fmt: skip
    assert response.status_code == 302
    found = {one.user: (one.due_on.isoformat(), one.message, one.asked_by) for one in studied.experts.all()}
    assert found == {
        people.bob: (days[0], "Est-ce faisable ?", people.rita),
        people.charlie: (days[1], "Est-ce faisable ?", people.rita),
    }
    assert told() == ["idea.expert_asked", "idea.expert_asked"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "une personne au moins"),
        ({"expert_1": "bob@exemple.test"}, "le jour où cet avis est attendu"),
        ({"due_on_2": "2099-01-01"}, "dont l’avis est attendu ce jour-là"),
        ({"expert_1": "bob@exemple.test", "due_on_1": "2020-01-01"}, "une date à venir"),
        (
            {
                "expert_1": "bob@exemple.test",
                "due_on_1": "SOON",
                "expert_2": "bob@exemple.test",
                "due_on_2": "SOON",
            },
            "écrite deux fois",
        ),
        (
            {
                "expert_1": "bob@exemple.test",
                "due_on_1": "SOON",
                "expert_2": "alice@exemple.test",
                "due_on_2": "SOON",
            },
            "a signé l’idée",
        ),
    ],
)
def test_one_wrong_line_asks_nobody(fields, said, people, sign_in, studied):
    soon = (clock.today() + SOON).isoformat()
    sent = {name: soon if value == "SOON" else value for name, value in fields.items()}
    response = post(
        sign_in(people.rita), f"/animation/{studied.short}/dossier/", "experts", message="Gardé.", **sent
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert "Gardé." in page
    assert not studied.experts.exists()


def test_message_is_read_by_the_expert(people, sign_in, asked):
    assert "Est-ce faisable" in sign_in(people.charlie).get(own_url(asked)).content.decode()


# --- my opinions ------------------------------------------------------------------------------------------------------


def test_my_opinions_show_what_is_asked_the_most_pressing_first(people, sign_in, asked):
    late = IdeaFactory(author=people.alice, state=State.UNDER_STUDY, title="Un avis en retard")
    IdeaExpert.objects.create(
        idea=late,
        user=people.charlie,
        asked_on=clock.today() - SOON,
        due_on=clock.today() - timedelta(days=1),
    )
    client = sign_in(people.charlie)
    page = client.get("/mes-avis/").content.decode()
    assert page.index("Un avis en retard") < page.index(asked.idea.title)
    assert "Avis en retard" in page
    only_late = client.get("/mes-avis/?etat=retard").content.decode()
    assert asked.idea.title not in only_late
    assert [one.idea for one in due_opinions(people.charlie)] == [late, asked.idea]
    assert "Aucun avis ne vous est demandé" in sign_in(people.bob).get("/mes-avis/").content.decode()


@pytest.mark.parametrize("state", ["a-donner", "retard", "donnes", "declines", "clos", "tous", "inconnu"])
def test_every_filter_of_my_opinions_opens(state, people, sign_in, asked):
    client = sign_in(people.charlie)
    assert client.get(f"/mes-avis/?etat={state}").status_code == 200
    exported = b"".join(client.get(f"/mes-avis/export.csv?etat={state}").streaming_content).decode()
    assert (asked.idea.title in exported) == (state in {"a-donner", "tous", "inconnu"})


@pytest.mark.usefixtures("as_in_production")
@pytest.mark.parametrize(
    ("url", "name", "expected"), [("/mes-avis/", "charlie", 6), ("/animation/avis/", "rita", 6)]
)
def test_lists_of_opinions_take_the_same_queries_for_one_row_and_three(
    url, name, expected, people, sign_in, django_assert_num_queries
):
    client = sign_in(getattr(people, name))

    def one_more():
        idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
        IdeaExpert.objects.create(idea=idea, user=people.charlie, asked_on=clock.today())

    one_more()
    client.get(url)
    with django_assert_num_queries(expected):
        client.get(url)
    one_more()
    one_more()
    with django_assert_num_queries(expected):
        client.get(url)


# --- given, declined --------------------------------------------------------------------------------------------------


def test_declining_needs_a_reason_and_tells_the_desk(people, sign_in, asked):
    Idea.objects.filter(pk=asked.idea_id).update(audience="organisation")
    client = sign_in(people.charlie)
    refused = post(client, own_url(asked), "decliner", reason="Non.")
    assert refused.status_code == 422
    assert "Non." in refused.content.decode()
    answer = post(client, own_url(asked), "decliner", reason="Ce sujet n’est pas le mien, voyez Bob.")
    assert answer.url == "/mes-avis/"
    asked.refresh_from_db()
    assert asked.declined_on == clock.today()
    assert told()[-1] == "idea.expert_declined"
    desk = sign_in(people.rita).get(f"/animation/{asked.idea.short}/").content.decode()
    assert "voyez Bob" in desk
    assert "Avis décliné" in desk
    assert client.get(asked.idea.get_absolute_url()).status_code == 404, (
        "the door that was opened for the opinion"
    )
    assert asked.idea.title not in client.get("/mes-avis/?etat=declines").content.decode()
    assert not due_opinions(people.charlie).exists()


def test_opinion_is_given_or_declined_not_both(people, asked):
    experts.decline_opinion(asked, "Je ne connais pas ce sujet.", actor=people.charlie)
    with pytest.raises(Conflict):
        experts.give_opinion(asked, "Finalement, voici mon avis.", actor=people.charlie)
    with pytest.raises(Conflict):
        experts.decline_opinion(asked, "Je ne connais pas ce sujet.", actor=people.charlie)


def test_expert_who_declined_may_be_asked_anew(people, asked):
    experts.decline_opinion(asked, "Je ne connais pas ce sujet.", actor=people.charlie)
    again = experts.ask_expert(asked.idea, people.charlie, actor=people.rita, due_on=clock.today() + SOON)
    assert (again.pk, again.declined_on, again.decline_reason) == (asked.pk, None, "")
    assert told()[-1] == "idea.expert_asked"


def test_expert_asked_again_after_an_opinion_is_told_and_the_opinion_stays(people, asked):
    experts.give_opinion(asked, "Cela marche à Nantes.", actor=people.charlie)
    before = Entry.objects.filter(verb="idea.ask_expert").count()

    experts.ask_expert(asked.idea, people.charlie, actor=people.rita, message="Et le coût.")

    event = Event.objects.latest("pk")
    assert event.type == "idea.expert_asked_again"
    assert Entry.objects.filter(verb="idea.ask_expert").count() == before + 1
    (mail,) = OutgoingMail.objects.filter(pk__in=tell_batch(event.pk).mails)
    assert mail.user == people.charlie
    assert mail.subject.startswith("Votre avis est demandé à nouveau")
    assert "Et le coût." in mail.text
    asked.refresh_from_db()
    assert (asked.opinion, asked.given_on) == ("Cela marche à Nantes.", clock.today())


def test_expert_asked_again_before_an_opinion_is_not_told_twice(people, asked):
    experts.ask_expert(asked.idea, people.charlie, actor=people.rita, message="Et à quel coût ?")
    assert told().count("idea.expert_asked") == 1


# --- changed by the desk ----------------------------------------------------------------------------------------------


def test_another_day_is_told_and_reminded_of(people, sign_in, asked):
    later = clock.today() + timedelta(days=20)
    IdeaExpert.objects.update(reminded_before=asked.due_on)
    assert post(sign_in(people.rita), desk_url(asked), "date", due_on=later.isoformat()).status_code == 302
    asked.refresh_from_db()
    assert asked.due_on == later
    assert told()[-1] == "idea.opinion_day"


def test_somebody_else_is_asked_instead_without_the_notes(people, sign_in, asked):
    experts.write_expert_note(asked, "Entre nous : le prestataire est en retard.", actor=people.charlie)
    soon = (clock.today() + SOON).isoformat()
    client = sign_in(people.rita)
    response = post(client, desk_url(asked), "remplacer", expert="bob@exemple.test", due_on=soon)
    assert response.url == f"/animation/{asked.idea.short}/dossier/"
    (other,) = asked.idea.experts.all()
    assert (other.user, other.message) == (people.bob, "Est-ce faisable ?")
    assert not ExpertNote.objects.exists()
    assert told()[-2:] == ["idea.expert_asked", "idea.expert_removed"]
    assert sign_in(people.charlie).get(own_url(asked)).status_code == 404
    assert post(client, desk_url(asked), "retirer").status_code == 404


def test_request_is_taken_back_but_an_opinion_stays(people, sign_in, asked):
    client = sign_in(people.rita)
    experts.give_opinion(asked, "Deux mois de travail, pas plus.", actor=people.charlie)
    assert post(client, desk_url(asked), "retirer").status_code == 409
    assert IdeaExpert.objects.exists()
    IdeaExpert.objects.update(opinion="", given_on=None)
    assert post(client, desk_url(asked), "retirer").status_code == 302
    assert not IdeaExpert.objects.exists()
    verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["idea.ask_expert", "idea.give_opinion", "idea.remove_expert"]


@pytest.mark.parametrize("act", ["note", "date", "remplacer", "retirer"])
@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "dev", "zoe"])
def test_only_the_desk_changes_a_request(act, name, people, sign_in, asked):
    response = post(sign_in(getattr(people, name)), desk_url(asked), act, note="Un mot", due_on="2099-01-01")
    assert response.status_code in {403, 404}
    assert IdeaExpert.objects.get().due_on == asked.due_on
    assert not ExpertNote.objects.exists()


def test_referent_who_signed_the_idea_sees_neither_file_nor_notes(people, sign_in, asked):
    IdeaAuthor.objects.create(idea=asked.idea, user=people.rita, position=1)
    experts.give_opinion(asked, "Un avis que les auteurs ne lisent pas.", actor=people.charlie)
    client = sign_in(people.rita)
    assert client.get(desk_url(asked)).status_code == 404
    assert client.get(f"/animation/{asked.idea.short}/dossier/").status_code == 404
    assert "les auteurs ne lisent pas" not in client.get(f"/animation/{asked.idea.short}/").content.decode()
    assert asked.idea.title not in client.get("/animation/avis/?etat=tous").content.decode()
    with pytest.raises(Refused, match="réservées"):
        experts.write_expert_note(asked, "Un mot.", actor=people.rita)


# --- private notes ----------------------------------------------------------------------------------------------------


def test_notes_go_both_ways_and_each_side_is_told(people, sign_in, asked):
    expert, desk = sign_in(people.charlie), sign_in(people.rita)
    assert post(expert, own_url(asked), "note", note="Quels volumes ?").url.endswith("avis/#notes")
    assert "Quels volumes ?" in desk.get(desk_url(asked)).content.decode()
    assert post(desk, desk_url(asked), "note", note="Mille par mois.").status_code == 302
    assert "Mille par mois." in expert.get(own_url(asked)).content.decode()
    assert told()[-2:] == ["idea.expert_note", "idea.expert_note"]


def test_closed_exchange_keeps_the_words(people, sign_in, asked):
    Idea.objects.filter(pk=asked.idea_id).update(state=State.WITHDRAWN)
    response = post(sign_in(people.rita), desk_url(asked), "note", note="Un mot arrivé trop tard.")
    assert response.status_code == 409
    assert "Un mot arrivé trop tard." in response.content.decode()


# --- reminders --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked_ago", "due_in", "expected"),
    [
        (10, 4, []),
        (10, 3, ["idea.opinion_soon"]),
        (10, 0, ["idea.opinion_soon"]),
        (10, -1, ["idea.opinion_late"]),
        (10, -7, ["idea.opinion_late"]),
        (20, -8, []),
        (1, 2, []),
        (0, 3, []),
        (1, 3, ["idea.opinion_soon"]),
    ],
)
def test_expert_is_reminded_before_and_after_once(asked_ago, due_in, expected, people, studied):
    today = clock.today()
    IdeaExpert.objects.create(
        idea=studied,
        user=people.charlie,
        asked_on=today - timedelta(days=asked_ago),
        due_on=today + timedelta(days=due_in),
    )
    assert experts.remind_experts() == len(expected)
    assert experts.remind_experts() == 0
    assert told() == expected


@pytest.mark.parametrize("end", ["given", "declined", "answered", "closed"])
def test_nobody_is_reminded_of_what_is_over(end, people, studied):
    today = clock.today()
    row = IdeaExpert.objects.create(
        idea=studied, user=people.charlie, asked_on=today - SOON, due_on=today - timedelta(days=1)
    )
    if end == "given":
        IdeaExpert.objects.update(given_on=today)
    elif end == "declined":
        IdeaExpert.objects.update(declined_on=today)
    elif end == "answered":
        Idea.objects.filter(pk=row.idea_id).update(state=State.WITHDRAWN)
    else:
        people.charlie.is_active = False
        people.charlie.save()
    assert experts.remind_experts() == 0


def test_reminder_says_the_day(people, asked):
    from ozeli.activity.fanout import messages
    from ozeli.core.registry import event_types

    event = Event.objects.create(
        type="idea.opinion_soon",
        kind="idea",
        object_id=asked.idea_id,
        at=clock.now(),
        data={"expert": people.charlie.pk},
    )
    (said,) = messages(event, event_types["idea.opinion_soon"], [people.charlie.pk]).values()
    assert said.action_required
    assert long_date(asked.due_on) in said.text


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_remind_once() -> None:
    people = cast()
    idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    IdeaExpert.objects.create(
        idea=idea,
        user=people.charlie,
        asked_on=clock.today() - SOON,
        due_on=clock.today() - timedelta(days=1),
    )
    assert sorted(together(*[experts.remind_experts] * 4)) == [0, 0, 0, 1]


@pytest.mark.django_db(transaction=True)
def test_taken_back_while_the_opinion_comes_is_one_of_the_two() -> None:
    people = cast()
    idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    asked = experts.ask_expert(idea, people.charlie, actor=people.rita)
    results = together(
        partial(experts.give_opinion, asked, "Deux mois de travail.", actor=people.charlie),
        partial(experts.remove_expert, asked, actor=people.rita),
    )
    assert kinds(results) == [False, True]

"""The late answers of a desk: the list, what it is narrowed to, and ideas entrusted in one act that is undone."""

import uuid
from datetime import timedelta

import pytest

from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.french import long_date
from ozeli.ideas.enums import State
from ozeli.ideas.models import AnswerLead, DeskNote, Idea, SecondLook
from ozeli.ideas.selectors import overdue
from ozeli.ideas.services import second_looks
from ozeli.ideas.services.desk import assign_handler, give_back
from ozeli.ideas.services.promises import keep_promises
from ozeli.ideas.todo import answers_late
from ozeli.journal.models import Entry
from tests.factories import ChallengeFactory, UserFactory
from tests.personas import Cast

from .test_promises import due_in, lead  # noqa: F401 (a fixture)
from .test_second_looks import WORDS, bury

PATH = "/animation/retards/"


def post(client, path=PATH, **fields):
    return client.post(path, {"idempotency_key": str(uuid.uuid4())} | fields)


def titles(response) -> list[str]:
    return [row.idea.title for row in response.context["rows"]]


@pytest.fixture
def late(people: Cast) -> Idea:
    return due_in(-12, author=people.alice, title="Prêter un scanner")


def test_list_tells_what_is_late_oldest_first(people, sign_in, late):
    due_in(-30, author=people.alice, title="La plus ancienne")
    due_in(0, author=people.alice, title="Pour aujourd’hui")
    due_in(-5, author=people.alice, title="À compléter", state=State.TO_COMPLETE)
    due_in(-40, author=people.bob, title="Du Rhône")
    response = sign_in(people.rita).get(PATH)
    assert titles(response) == ["La plus ancienne", "Prêter un scanner"]
    page = response.content.decode()
    assert "12\u00a0jours" in page
    assert long_date(late.answer_due_on) in page.replace("<sup>er</sup>", "er")
    assert titles(sign_in(people.nora).get(PATH))[0] == "Du Rhône"
    assert late in answers_late(people.rita)


def test_list_tells_how_far_it_went_up(people, sign_in, late, lead):  # noqa: F811
    due_in(-1, author=people.alice, title="D’hier")
    due_in(-4, author=people.alice, title="De quatre jours")
    due_in(-30, author=people.bob, title="Sans responsable")
    keep_promises()
    client = sign_in(people.rita)
    page = client.get(PATH).content.decode()
    assert "Remontée à Léa Second le" in page
    assert titles(client.get(f"{PATH}?niveau=desk")) == ["D’hier"]
    assert titles(client.get(f"{PATH}?niveau=responsable")) == ["De quatre jours"]
    assert titles(client.get(f"{PATH}?niveau=reseau")) == ["Prêter un scanner"]
    assert "Remontée au réseau" in sign_in(people.nora).get(PATH).content.decode()
    assert titles(sign_in(lead).get(f"{PATH}?miens=on")) == ["Prêter un scanner", "De quatre jours"]
    assert set(overdue.gone_up_to(lead).values_list("title", flat=True)) == {
        "Prêter un scanner",
        "De quatre jours",
    }
    assert overdue.gone_up_to_network(people.nora) is None
    assert overdue.gone_up_to_network(people.adam).count() == 2


def test_filters_keep_what_they_say(people, sign_in, late):
    challenge = ChallengeFactory(slug="zero-rdv", title="Zéro rendez-vous perdu")
    due_in(-5, author=people.alice, title="Dans un défi", challenge=challenge, handler=people.rita)
    client = sign_in(people.rita)
    assert titles(client.get(f"{PATH}?defi=zero-rdv")) == ["Dans un défi"]
    assert titles(client.get(f"{PATH}?qui=moi")) == ["Dans un défi"]
    assert titles(client.get(f"{PATH}?qui=personne")) == ["Prêter un scanner"]
    assert titles(sign_in(people.nora).get(f"{PATH}?organisme=CPAM du Rhône")) == []
    assert "Zéro rendez-vous perdu" in client.get(PATH).content.decode()


def test_challenge_of_another_body_is_not_named(people, sign_in, late):
    """The name of a challenge that is not for oneself is nowhere on the page, its address narrows nothing."""
    ChallengeFactory(
        slug="entre-nous",
        title="Entre nous",
        organisation=people.rhone,
        audience="organisation",
        bodies=[people.rhone],
    )
    client = sign_in(people.rita)
    assert "Entre nous" not in client.get(PATH).content.decode()
    assert titles(client.get(f"{PATH}?defi=entre-nous")) == ["Prêter un scanner"]


@pytest.mark.parametrize("query", ["niveau=x", "qui=x", "defi=x", "organisme=x", "page=x", "fait=x"])
def test_filter_that_cannot_be_understood_is_left_out(query, people, sign_in, late):
    assert titles(sign_in(people.nora).get(f"{PATH}?{query}")) == ["Prêter un scanner"]


def test_nothing_late_says_so(people, sign_in):
    page = sign_in(people.rita).get(PATH).content.decode()
    assert "Aucune réponse en retard" in page
    late = due_in(-2, author=people.bob)
    assert late.title not in sign_in(people.rita).get(PATH).content.decode()
    assert "ne répond à ces filtres" in sign_in(people.rita).get(f"{PATH}?qui=moi").content.decode()


def test_anonymous_idea_tells_months_alone(people, sign_in):
    due_in(-2, author=people.alice, is_anonymous=True, title="Anonyme")
    idea = Idea.objects.get(title="Anonyme")
    page = sign_in(people.nora).get(PATH).content.decode()
    assert "depuis la fin d" in page
    assert long_date(idea.answer_due_on) not in page.replace("<sup>er</sup>", "er")


# --- entrusted in one act ---------------------------------------------------------------------------------------------


def test_many_are_taken_told_journaled_and_given_back(people, sign_in, late, lead):  # noqa: F811
    other = due_in(-20, author=people.alice, title="Une autre", handler=people.rita)
    client = sign_in(lead)
    response = post(client, act="moi", idee=[late.short, other.short])
    assert response.status_code == 302
    assert set(Idea.objects.values_list("handler", flat=True)) == {lead.pk}
    assert Entry.objects.filter(verb="idea.assign").count() == 2
    page = client.get(response.url)
    assert "2\u00a0idées confiées à vous-même" in page.content.decode()
    undo = page.context["undo_url"]
    # nobody else undoes it
    assert sign_in(people.rita).get(response.url).context["undo_url"] == ""
    post(sign_in(people.rita), undo)
    assert set(Idea.objects.values_list("handler", flat=True)) == {lead.pk}
    assert post(client, undo).status_code == 302
    late.refresh_from_db()
    other.refresh_from_db()
    assert (late.handler, other.handler) == (None, people.rita)
    assert Event.objects.filter(type="idea.assigned", data__handler=people.rita.pk).count() == 1


def test_undo_leaves_what_has_changed_hands_since(people, sign_in, late, lead):  # noqa: F811
    client = sign_in(people.rita)
    response = post(client, act="confier", idee=late.short, handler="Léa Second", note="Tu connais le sujet.")
    undo = client.get(response.url).context["undo_url"]
    late.refresh_from_db()
    assert late.handler == lead
    assert DeskNote.objects.get().body == "Tu connais le sujet."
    assign_handler(late, None, actor=lead)
    page = client.post(undo, {"idempotency_key": str(uuid.uuid4())}, follow=True).content.decode()
    assert "sans changement" in page
    late.refresh_from_db()
    assert late.handler is None


def test_one_is_taken_in_one_click_then_given_back(people, sign_in, late, lead):  # noqa: F811
    assign_handler(late, people.rita, actor=people.rita)
    client = sign_in(lead)
    post(client, act=f"moi:{late.short}")
    late.refresh_from_db()
    assert late.handler == lead
    assert "Rendre à Rita Martin" in client.get(PATH).content.decode()
    post(client, act=f"rendre:{late.short}")
    late.refresh_from_db()
    assert late.handler == people.rita


def test_idea_nobody_held_is_given_back_to_the_team(people, late):
    held = assign_handler(late, people.rita, actor=people.rita)
    assert give_back(held, actor=people.rita).handler is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"act": "moi"}, "Cochez au moins une idée"),
        ({"act": "confier", "idee": "KEY"}, "Écrivez le nom"),
        ({"act": "autre", "idee": "KEY"}, "Choisissez à qui"),
        ({"act": "confier", "idee": "KEY", "handler": "Bob Martin"}, "n’anime pas"),
        ({"act": "confier", "idee": "KEY", "handler": "Qui donc"}, "Personne ne porte ce nom"),
        ({"act": "rendre:KEY"}, "Personne d’autre ne répondait"),
        ({"act": "moi:../etc"}, "Cochez au moins une idée"),
    ],
)
def test_act_that_cannot_be_done_changes_nothing(fields, said, people, sign_in, late):
    fields = {name: value.replace("KEY", late.short) for name, value in fields.items()}
    response = post(sign_in(people.rita), **fields)
    assert response.status_code == 422
    assert said in response.content.decode()
    late.refresh_from_db()
    assert late.handler is None


def test_some_refused_leave_the_others_done(people, sign_in, late):
    own = due_in(-3, authors=[people.rita], title="La mienne")
    response = post(sign_in(people.rita), act="moi", idee=[late.short, own.short])
    assert response.status_code == 302
    page = sign_in(people.rita).get(response.url)
    assert [row.may_act for row in page.context["rows"]] == [True, False]
    late.refresh_from_db()
    assert late.handler == people.rita


def test_team_takes_them_back(people, sign_in, late):
    assign_handler(late, people.rita, actor=people.rita)
    post(sign_in(people.rita), act="equipe", idee=late.short)
    late.refresh_from_db()
    assert late.handler is None


def test_ideas_of_another_desk_are_out_of_reach(people, sign_in):
    foreign = due_in(-3, author=people.bob)
    assert post(sign_in(people.rita), act=f"moi:{foreign.short}").status_code == 422
    foreign.refresh_from_db()
    assert foreign.handler is None


def test_export_follows_the_filters(people, sign_in, late, lead):  # noqa: F811
    due_in(-40, author=people.alice, title="Une autre", handler=people.rita)
    due_in(-40, author=people.alice, is_anonymous=True, title="Anonyme")
    keep_promises()
    lines = b"".join(sign_in(people.nora).get(f"{PATH}export.csv?qui=personne").streaming_content).decode()
    assert "Prêter un scanner" in lines
    assert "Remontée au réseau" in lines
    assert ";12;" in lines
    assert "Une autre" not in lines


@pytest.mark.usefixtures("as_in_production")
def test_list_takes_the_same_queries_for_one_row_and_three(people, sign_in, lead, django_assert_num_queries):  # noqa: F811
    client = sign_in(people.rita)

    def one_more():
        idea = due_in(-12, author=people.alice, challenge=None)
        assign_handler(idea, people.rita, actor=people.rita)
        keep_promises()

    one_more()
    client.get(PATH)
    with django_assert_num_queries(9):
        client.get(PATH)
    one_more()
    one_more()
    with django_assert_num_queries(9):
        client.get(PATH)


def test_late_second_looks_are_a_link_away(people, sign_in):
    client = sign_in(people.rita)
    link = "/animation/seconds-regards/?etat=en-retard"
    assert link not in client.get(PATH).content.decode()
    look = second_looks.ask(bury(people), actor=people.alice, words=WORDS)
    SecondLook.objects.filter(pk=look.pk).update(due_on=clock.today() - timedelta(days=1))
    page = client.get(PATH).content.decode()
    assert link in page and "1\u00a0second regard en retard aussi" in page
    assert look.idea.title in client.get(link).content.decode()


def test_desk_leads_to_it_and_tells_the_levels(people, sign_in, late, lead):  # noqa: F811
    keep_promises()
    client = sign_in(people.rita)
    assert PATH in client.get("/animation/").content.decode()
    assert "Remontée à Léa Second le" in client.get(f"/animation/{late.short}/").content.decode()


def test_lead_of_another_body_is_not_told_here(people, late):
    other = UserFactory(organisation=people.rhone, profile="contributor", profile__scope=people.rhone)
    AnswerLead.objects.create(organisation=people.rhone, user=other, named_on=clock.today())
    keep_promises()
    assert overdue.gone_up_to(other).count() == 0


def test_days_of_delay_follow_the_clock(people, late, monkeypatch):
    later = clock.today() + timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: later)
    assert overdue.late_words(late) == "13\u00a0jours"
    late.answer_due_on = None
    assert overdue.late_words(late) == ""
    assert overdue.risen_steps(late) == []

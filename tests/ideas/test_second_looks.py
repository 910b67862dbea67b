"""The right to a second look: once an idea, by somebody else than the one who answered, with a clock of its own."""

import uuid
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ozeli.activity.models import Event, Follow
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.ideas.enums import RevivalState, State
from ozeli.ideas.models import (
    KIND,
    Decision,
    Idea,
    IdeaAuthor,
    LookState,
    RevivalRequest,
    RevivalSupport,
    SecondLook,
)
from ozeli.ideas.notifications import concerned
from ozeli.ideas.services import second_looks
from ozeli.ideas.services.circuit import revive
from ozeli.ideas.services.revivals import ask_revival, support_revival
from ozeli.journal.models import Entry
from tests.factories import ANSWER, DecisionFactory, IdeaFactory
from tests.personas import Cast, cast

from .at_once import kinds, together

WORDS = "La réponse parle d’un autre outil que celui de la proposition."


def bury(people: Cast, *, by: str = "rita", days: int = 0, anonymous: bool = False) -> Idea:
    """An idea of alice that `by` declined so many days ago."""
    idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY, is_anonymous=anonymous)
    DecisionFactory(
        idea=idea, published_on=clock.today() - timedelta(days=days), published_by=getattr(people, by)
    )
    Idea.objects.filter(pk=idea.pk).update(state=State.NOT_RETAINED, waiting_since=None, answer_due_on=None)
    return Idea.objects.get(pk=idea.pk)


@pytest.fixture
def buried(people: Cast) -> Idea:
    return bury(people)


@pytest.fixture
def look(people: Cast, buried: Idea) -> SecondLook:
    return second_looks.ask(buried, actor=people.alice, words=WORDS)


def post(client: Any, url: str, **fields: Any) -> Any:
    return client.post(url, {"idempotency_key": str(uuid.uuid4())} | fields)


# --- asking -----------------------------------------------------------------------------------------------------------


def test_author_asks_once_an_idea(people, buried):
    look = second_looks.ask(buried, actor=people.alice, words=WORDS)
    assert (look.first_decider, look.due_on) == (people.rita, clock.today() + timedelta(days=30))
    with pytest.raises(Conflict):
        second_looks.ask(buried, actor=people.alice, words=WORDS)
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondLook.objects.create(
            idea=buried, decision=look.decision, words=WORDS, asked_on=clock.today(), due_on=clock.today()
        )
    event = Event.objects.get()
    assert event.type == "idea.second_look_asked"
    assert people.rita.pk not in concerned(buried, event.type, event.data)
    assert people.nora.pk in concerned(buried, event.type, event.data)
    assert Entry.objects.get().verb == "idea.ask_second_look"


@pytest.mark.parametrize("name", ["bob", "rita", "nora", "dev", "zoe", None])
def test_only_authors_ask(people, buried, name):
    with pytest.raises(Refused):
        second_looks.ask(buried, actor=getattr(people, name) if name else None, words=WORDS)


@pytest.mark.parametrize("words", ["", "x" * 29, " " * 60])
def test_words_are_required(people, buried, words):
    with pytest.raises(Refused, match="caractères"):
        second_looks.ask(buried, actor=people.alice, words=words)


def test_asked_within_sixty_days(people, settings):
    assert second_looks.ask(bury(people, days=60), actor=people.alice, words=WORDS)
    with pytest.raises(Refused, match="jusqu’au"):
        second_looks.ask(bury(people, days=61), actor=people.alice, words=WORDS)
    settings.SECOND_LOOK_ASK_DAYS, settings.SECOND_LOOK_DAYS = 90, 10
    look = second_looks.ask(bury(people, days=61), actor=people.alice, words=WORDS)
    assert look.due_on == clock.today() + timedelta(days=10)


def test_open_and_retained_ideas_have_none(people):
    for state in (State.UNDER_STUDY, State.RETAINED):
        with pytest.raises(Refused, match="non retenue"):
            second_looks.ask(IdeaFactory(author=people.alice, state=state), actor=people.alice, words=WORDS)


def test_anonymous_author_asks_through_the_receipt(people):
    idea = bury(people, anonymous=True)
    look = second_looks.ask(idea, words=WORDS)
    assert look.asked_by is None
    assert look.asked_on.day == 1
    assert (look.due_on + timedelta(days=1)).day == 1
    assert look.due_on >= clock.today() + timedelta(days=30)
    assert Entry.objects.get().actor is None


def test_days_of_an_anonymous_idea_follow_from_the_month_alone(people):
    idea = bury(people, anonymous=True)
    for month in range(1, 13):
        lasts = {
            second_looks.ask_until(Decision(published_on=date(2026, month, day)), idea) for day in (1, 15, 28)
        }
        assert len(lasts) == 1
        assert lasts.pop() >= date(2026, month, 28) + timedelta(days=60)


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_the_first_decider_never_decides(people, buried, look):
    with pytest.raises(Refused, match="Une autre personne"):
        second_looks.decide(look, actor=people.rita, is_reopened=False, answer=ANSWER)
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondLook.objects.filter(pk=look.pk).update(
            state=LookState.MAINTAINED, answer=ANSWER, decided_by=people.rita, decided_on=clock.today()
        )
    for name in ("alice", "bob", "charlie", "dev", "zoe"):
        with pytest.raises(Refused):
            second_looks.decide(look, actor=getattr(people, name), is_reopened=False, answer=ANSWER)


def test_author_at_the_desk_does_not_decide(people):
    idea = bury(people)
    IdeaAuthor.objects.create(idea=idea, user=people.nora, position=1)
    look = second_looks.ask(idea, actor=people.nora, words=WORDS)
    with pytest.raises(Refused):
        second_looks.decide(look, actor=people.nora, is_reopened=True, answer=ANSWER)


def test_maintained_with_written_reasons(people, buried, look):
    with pytest.raises(Refused, match="80 caractères"):
        second_looks.decide(look, actor=people.nora, is_reopened=False, answer="Nous maintenons la réponse.")
    second_looks.decide(look, actor=people.nora, is_reopened=False, answer=ANSWER)
    look.refresh_from_db()
    assert (look.state, look.decided_by, look.decided_on) == ("maintained", people.nora, clock.today())
    buried.refresh_from_db()
    assert (buried.state, buried.round) == (State.NOT_RETAINED, 1)
    with pytest.raises(Conflict):
        second_looks.decide(look, actor=people.adam, is_reopened=True, answer=ANSWER)
    event = Event.objects.get(type="idea.second_look_maintained")
    assert concerned(buried, event.type, event.data) == {people.alice.pk}
    assert Entry.objects.filter(verb="idea.maintain").count() == 1


def test_reopened_starts_a_round_and_is_not_asked_again(people, buried, look):
    second_looks.decide(look, actor=people.nora, is_reopened=True, answer="Nous avions mal lu.")
    look.refresh_from_db()
    buried.refresh_from_db()
    assert (look.state, buried.state, buried.round) == ("reopened", State.DEPOSITED, 2)
    assert Entry.objects.filter(verb__in=["idea.reopen", "idea.revive"]).count() == 2
    DecisionFactory(idea=buried, round=2, published_on=clock.today(), published_by=people.rita)
    Idea.objects.filter(pk=buried.pk).update(state=State.NOT_RETAINED)
    with pytest.raises(Conflict):
        second_looks.ask(buried, actor=people.alice, words=WORDS)


def test_relaunched_meanwhile_it_lapses(people, buried, look):
    revive(buried, actor=people.rita)
    look.refresh_from_db()
    assert look.state == LookState.LAPSED
    with pytest.raises(Conflict):
        second_looks.decide(look, actor=people.nora, is_reopened=True, answer=ANSWER)


def test_erased_first_decider_leaves_the_right(people, buried, look):
    SecondLook.objects.update(first_decider=None)
    look.refresh_from_db()
    second_looks.decide(look, actor=people.rita, is_reopened=False, answer=ANSWER)


@pytest.mark.django_db(transaction=True)
def test_five_at_once_ask_once_and_decide_once():
    people = cast()
    for _time in range(3):
        idea = bury(people)
        asked = [
            partial(second_looks.ask, Idea.objects.get(pk=idea.pk), actor=people.alice, words=WORDS)
            for _n in range(5)
        ]
        assert kinds(together(*asked)) == [False, True, True, True, True]
        look = SecondLook.objects.get(idea=idea)
        decided = [
            partial(second_looks.decide, look, actor=one, is_reopened=reopened, answer=ANSWER)
            for one, reopened in ((people.nora, True), (people.adam, False), (people.sonia, True))
        ]
        assert kinds(together(*decided)) == [False, True, True]
        idea.refresh_from_db()
        look.refresh_from_db()
        assert (idea.round == 2) is (look.state == LookState.REOPENED)


# --- reminders --------------------------------------------------------------------------------------------------------


def test_reminded_once_before_and_once_after(people, buried, look):
    assert second_looks.remind() == 0
    SecondLook.objects.update(due_on=clock.today() + timedelta(days=7))
    assert (second_looks.remind(), second_looks.remind()) == (1, 0)
    SecondLook.objects.update(due_on=clock.today() - timedelta(days=1))
    assert (second_looks.remind(), second_looks.remind()) == (1, 0)
    events = Event.objects.filter(type="idea.second_look_awaited")
    assert events.count() == 2
    assert people.rita.pk not in concerned(buried, "idea.second_look_awaited")


def test_given_one_is_not_reminded(people, buried, look):
    SecondLook.objects.update(due_on=clock.today())
    second_looks.decide(look, actor=people.nora, is_reopened=False, answer=ANSWER)
    assert second_looks.remind() == 0


# --- screens ----------------------------------------------------------------------------------------------------------


def test_author_asks_from_the_sheet(people, sign_in, buried):
    client, url = sign_in(people.alice), f"{buried.get_absolute_url()}second-regard/"
    assert url in client.get(buried.get_absolute_url()).content.decode()
    assert "Une seule fois par idée" in client.get(url).content.decode()
    assert post(client, url, words="court").status_code == 422
    assert post(client, url, words=WORDS).url == buried.get_absolute_url()
    assert "Second regard demandé" in client.get(buried.get_absolute_url()).content.decode()
    assert WORDS in client.get(url).content.decode()
    again = post(client, url, words=f"{WORDS} Encore.")
    assert again.status_code == 409
    assert "Encore." in again.content.decode()
    assert url not in sign_in(people.bob).get(buried.get_absolute_url()).content.decode()


def test_sheet_offers_it_only_while_it_may_be_asked(people, sign_in):
    client = sign_in(people.alice)
    for days, is_offered in ((60, True), (61, False)):
        old = bury(people, days=days)
        page = client.get(old.get_absolute_url()).content.decode()
        assert (f"{old.get_absolute_url()}second-regard/" in page) is is_offered, days
    assert (
        "La relance reste ouverte" in client.get(f"{old.get_absolute_url()}second-regard/").content.decode()
    )


def test_desk_gives_it_from_its_list(people, sign_in, buried, look):
    client, url = sign_in(people.nora), f"/animation/{buried.short}/second-regard/"
    assert url in client.get("/animation/seconds-regards/").content.decode()
    assert WORDS in client.get(url).content.decode()
    assert post(client, url, outcome="maintained", answer="bref").status_code == 422
    assert post(client, url, outcome="", answer=ANSWER).status_code == 422
    assert post(client, url, outcome="maintained", answer=ANSWER).url == "/animation/seconds-regards/"
    assert post(client, url, outcome="reopened", answer=ANSWER).status_code == 409
    assert ANSWER[:40] in client.get(url).content.decode()
    assert buried.title in client.get("/animation/seconds-regards/?etat=rendus").content.decode()
    assert (
        ANSWER[:40]
        in sign_in(people.alice).get(f"{buried.get_absolute_url()}second-regard/").content.decode()
    )


def test_first_decider_reads_without_a_form(people, sign_in, buried, look):
    client, url = sign_in(people.rita), f"/animation/{buried.short}/second-regard/"
    shown = client.get(url).content.decode()
    assert "revient à quelqu’un d’autre" in shown
    assert 'name="outcome"' not in shown
    assert post(client, url, outcome="maintained", answer=ANSWER).status_code == 422


def test_list_by_state_and_its_file(people, sign_in, buried, look):
    client = sign_in(people.nora)
    for state, count in (("", 1), ("a-rendre", 1), ("en-retard", 0), ("rendus", 0), ("tous", 1), ("x", 1)):
        assert len(client.get(f"/animation/seconds-regards/?etat={state}").context["rows"]) == count
    SecondLook.objects.update(due_on=clock.today() - timedelta(days=1))
    assert "En retard" in client.get("/animation/seconds-regards/?etat=en-retard").content.decode()
    lines = b"".join(client.get("/animation/seconds-regards/export.csv").streaming_content).decode()
    assert WORDS in lines
    assert len(sign_in(people.rita).get("/animation/seconds-regards/").context["rows"]) == 1


def test_home_counts_those_one_may_give(people, sign_in, buried, look):
    assert "second regard à donner" in sign_in(people.nora).get("/").content.decode()
    assert "second regard à donner" not in sign_in(people.rita).get("/").content.decode()


def test_list_takes_the_same_queries_for_one_and_three(
    people, sign_in, as_in_production, django_assert_num_queries
):
    client, url = sign_in(people.nora), "/animation/seconds-regards/"
    second_looks.ask(bury(people), actor=people.alice, words=WORDS)
    client.get(url)
    with django_assert_num_queries(7):
        client.get(url)
    for _one in range(2):
        second_looks.ask(bury(people), actor=people.alice, words=WORDS)
    with django_assert_num_queries(7):
        client.get(url)


# --- « moi aussi » ----------------------------------------------------------------------------------------------------


def asked(people: Cast, idea: Idea) -> RevivalRequest:
    return ask_revival(idea, actor=people.bob, novelty="law", message=WORDS)


def test_support_is_counted_once_and_taken_back(people, buried):
    request = asked(people, buried)
    for _time in range(2):
        support_revival(request, actor=people.charlie, wanted=True)
    request.refresh_from_db()
    assert request.support_count == RevivalSupport.objects.count() == 1
    assert Follow.objects.filter(kind=KIND, object_id=buried.pk, user=people.charlie).exists()
    for _time in range(2):
        support_revival(request, actor=people.charlie, wanted=False)
    request.refresh_from_db()
    assert request.support_count == 0


def test_support_is_for_others_and_for_what_waits(people, buried):
    request = asked(people, buried)
    with pytest.raises(Refused):
        support_revival(request, actor=people.bob, wanted=True)
    RevivalRequest.objects.update(state=RevivalState.DECLINED)
    with pytest.raises(Refused):
        support_revival(request, actor=people.charlie, wanted=True)
    revive(buried, actor=people.nora)
    with pytest.raises(Refused):
        support_revival(request, actor=people.charlie, wanted=True)


def test_earlier_requests_and_their_answers_are_shown(people, sign_in, buried):
    request = asked(people, buried)
    RevivalRequest.objects.update(answer="Pas encore possible cette année.")
    client, url = sign_in(people.charlie), f"{buried.get_absolute_url()}relance/"
    shown = client.get(url).content.decode()
    for words in ("Une règle.", WORDS, "Pas encore possible cette année.", "Moi aussi"):
        assert words in shown
    assert post(client, f"{url}{request.pk}/moi-aussi/", want="1").url == url
    shown = client.get(url).content.decode()
    assert "1\u00a0autre personne l’appuie" in shown
    assert "Ne plus l’appuyer" in shown
    assert post(client, f"{url}{request.pk}/moi-aussi/", want="0").url == url
    RevivalRequest.objects.update(state=RevivalState.DECLINED)
    post(client, f"{url}{request.pk}/moi-aussi/", want="1")
    assert RevivalSupport.objects.count() == 0


def test_novelty_is_required(people, sign_in, buried):
    url = f"{buried.get_absolute_url()}relance/"
    refused = post(sign_in(people.bob), url, message=WORDS)
    assert refused.status_code == 422
    assert "Choisissez ce qui est nouveau" in refused.content.decode()
    with pytest.raises(Refused, match="nouveau"):
        ask_revival(buried, actor=people.bob, novelty="whim", message=WORDS)


@pytest.mark.django_db(transaction=True)
def test_supports_at_once_are_all_counted():
    people = cast()
    request = asked(people, bury(people))
    crowd = [people.charlie, people.nora, people.adam, people.sonia]
    together(*(partial(support_revival, request, actor=one, wanted=True) for one in crowd * 2))
    request.refresh_from_db()
    assert request.support_count == RevivalSupport.objects.count() == 4

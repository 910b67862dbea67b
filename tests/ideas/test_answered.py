"""The right to an answer in public: what is counted, what five ideas hide, and the rows behind the figures."""

import uuid
from datetime import timedelta

import pytest

from ozeli.core import clock, memo
from ozeli.ideas.enums import State
from ozeli.ideas.models import Decision, Idea
from ozeli.ideas.selectors import answered
from ozeli.ideas.selectors.answered import HIDDEN, Line, Wanted, shown
from ozeli.ideas.services import circuit
from tests.factories import DecisionFactory, IdeaFactory, OrganisationFactory, UserFactory
from tests.personas import Cast

from .test_promises import due_in

TODAY = clock.today


def given(author, *, after: int = 10, late: int = 0, count: int = 1, **kwargs) -> list[Idea]:
    """Ideas answered today, `after` days from their deposit; promised for `late` days before today."""
    ideas = []
    for _each in range(count):
        idea = IdeaFactory(
            author=author, state=State.NOT_RETAINED, deposited_on=TODAY() - timedelta(days=after), **kwargs
        )
        Decision.objects.filter(idea=idea).update(due_on=TODAY() - timedelta(days=late))
        ideas.append(idea)
    return ideas


def line(organisation) -> Line:
    memo.forget_all()
    return answered.lines().of(organisation.pk)


def network() -> Line:
    memo.forget_all()
    return answered.lines().network


def test_median_and_share_in_time(people):
    given(people.alice, after=10, count=3)
    given(people.alice, after=40, late=5, count=2)
    due_in(-9, author=people.alice)
    found = line(people.loire)
    assert (found.answered, found.median, found.due, found.share, found.late) == (5, 10, 6, 50, 1)
    assert (found.median_words, found.share_words) == ("10\u00a0jours", "50\u202f%")


def test_fewer_than_five_ideas_tell_nothing(people):
    given(people.alice, count=4)
    found = line(people.loire)
    assert (found.answered, found.median, found.due, found.share, found.late) == (None,) * 5
    assert not found.is_told
    assert (found.median_words, found.share_words) == (HIDDEN, HIDDEN)
    assert not network().is_told
    assert answered.lines().of(999_999) == Line()


def test_answer_put_off_is_late_by_its_first_day(people):
    given(people.alice, count=5)
    idea = due_in(-3, author=people.alice, state=State.UNDER_STUDY)
    circuit.postpone(
        idea, actor=people.rita, until=TODAY() + timedelta(days=30), note="Nous chiffrons encore."
    )
    assert (line(people.loire).late, line(people.loire).share) == (1, 83)


def test_few_answers_are_not_found_from_those_that_are_late(people):
    given(people.alice, count=3)
    for _each in range(3):
        due_in(-9, author=people.alice)
    found = line(people.loire)
    assert (found.answered, found.due, found.late, found.share) == (None, None, None, 50)
    for _each in range(6):
        due_in(-9, author=people.bob)
    assert (line(people.rhone).late, line(people.rhone).share) == (6, 0)


def test_answer_whose_promise_is_unknown_counts_in_the_median_alone(people):
    given(people.alice, count=5)
    Decision.objects.update(due_on=None)
    found = line(people.loire)
    assert (found.answered, found.median, found.due) == (5, 10, None)


def test_what_is_not_counted(people):
    given(people.alice, count=5)
    given(people.alice, count=1, audience="organisation")
    given(people.alice, count=1, is_hidden=True)
    given(people.alice, count=1, is_anonymous=True)
    given(people.alice, count=1, source="Consultation", external_id="1")
    again = IdeaFactory(author=people.alice, state=State.RETAINED, round=2)
    DecisionFactory(idea=again, published_on=TODAY())
    old = IdeaFactory(author=people.alice, state=State.RETAINED)
    DecisionFactory(idea=old, published_on=TODAY() - timedelta(days=400))
    awaited = due_in(-9, author=people.alice)
    circuit.ask_completion(awaited, actor=people.rita, note="Une précision, s’il vous plaît.")
    found = line(people.loire)
    assert (found.answered, found.late) == (5, 0)
    assert network().answered == 5


# --- what a subtraction would tell ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({1: 0, 2: 0}, set()),
        ({1: 9, 2: 0}, {1}),
        ({1: 9, 2: 3}, set()),  # nine are hidden, or twelve less nine would tell three
        ({1: 9, 2: 3, 3: 7}, {1}),
        ({1: 9, 2: 3, 3: 1, 4: 7}, {1}),  # three and one make four
        ({1: 9, 2: 3, 3: 4}, {1}),
        ({1: 4, 2: 4}, set()),
    ],
)
def test_no_figure_is_found_by_subtraction(counts, told):
    assert shown(counts) == told


def test_body_beside_a_single_small_one_is_hidden_too(people):
    given(people.alice, count=6)
    given(people.bob, count=2)
    assert line(people.loire).answered is None
    assert network().answered == 8
    given(people.charlie, count=9)
    assert line(people.loire).answered is None
    assert line(people.nord).answered == 9


# --- the pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(people: Cast) -> None:
    given(people.alice, after=10, count=5)
    given(people.bob, after=30, late=4, count=6)
    due_in(-9, author=people.bob, title="Encore attendue")
    memo.forget_all()


def names(response) -> list[str]:
    return [one.name for one in response.context["rows"]]


def test_bodies_are_compared_sorted_and_narrowed(people, sign_in, told):
    client = sign_in(people.zoe)
    assert client.get("/reponses/").status_code == 404
    client = sign_in(people.charlie)
    assert names(client.get("/reponses/")) == ["CPAM de la Loire", "CPAM du Rhône"]
    assert names(client.get("/reponses/?tous=on")) == ["Caf du Nord", "CPAM de la Loire", "CPAM du Rhône"]
    assert names(client.get("/reponses/?tri=part&tous=on"))[:2] == ["CPAM de la Loire", "CPAM du Rhône"]
    assert names(client.get("/reponses/?tri=delai"))[:2] == ["CPAM de la Loire", "CPAM du Rhône"]
    assert names(client.get("/reponses/?tri=retards"))[:2] == ["CPAM du Rhône", "CPAM de la Loire"]
    assert names(client.get("/reponses/?branche=famille&tous=on")) == ["Caf du Nord"]
    assert names(client.get("/reponses/?q=rhone")) == ["CPAM du Rhône"]
    assert names(client.get("/reponses/?region=84")) == names(client.get("/reponses/?effectif=l")) == []
    assert len(names(client.get("/reponses/?tous=on&branche=x&tri=x&region=x&effectif=x&page=x&q=%00"))) == 3
    page = client.get("/reponses/").content.decode()
    assert "Tout le réseau" in page
    assert "55\u202f%" not in page.split("<tfoot>")[0].split("CPAM de la Loire")[-1].split("</tr>")[0]


def test_region_and_size_narrow(people, told):
    people.loire.region, people.loire.size_band = "84", "l"
    people.loire.save()
    memo.forget_all()
    assert [one.code for one in answered.compared(Wanted(region="84"))] == ["cpam-loire"]
    assert [one.code for one in answered.compared(Wanted(size="l"))] == ["cpam-loire"]


def test_pages_of_lines_go_on_and_back(db):
    for number in range(40):
        OrganisationFactory(code=f"corps-{number:02}", name=f"Corps {number:02}")
    memo.forget_all()
    found = answered.compared(Wanted(untold=True))
    first = answered.page(found)
    second = answered.page(found, first.next)
    third = answered.page(found, second.next)
    assert [len(first.rows), len(second.rows), len(third.rows)] == [15, 15, 10]
    assert (first.previous, third.next) == ("", "")
    assert answered.page(found, third.previous).rows == second.rows
    assert answered.page(found, second.previous).rows == first.rows
    assert answered.page(found, "inconnu").rows == first.rows
    assert answered.page([], "").rows == []


def test_comparison_is_a_file(people, sign_in, told):
    response = sign_in(people.alice).get("/reponses/export.csv?q=loire")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[1].startswith(";Tout le réseau;;11;")
    assert lines[2].startswith("cpam-loire;CPAM de la Loire;")
    assert len(lines) == 3


def test_rows_stand_behind_the_figures_of_a_body(people, sign_in, told):
    client = sign_in(people.alice)
    page = client.get("/reponses/cpam-rhone/").content.decode()
    assert "Encore attendue" in page
    assert page.count("30\u00a0jours</td>") == 6
    lines = b"".join(client.get("/reponses/cpam-rhone/export.csv").streaming_content).decode()
    assert lines.count(";non") == 7
    assert client.get("/reponses/nulle-part/").status_code == 404


def test_rows_of_a_body_that_tells_nothing_stay_hidden(people, sign_in):
    (idea,) = given(people.alice, title="Une seule réponse")
    late = due_in(-9, author=people.alice, title="Un seul retard")
    memo.forget_all()
    client = sign_in(people.alice)
    page = client.get("/reponses/cpam-loire/").content.decode()
    lines = b"".join(client.get("/reponses/cpam-loire/export.csv").streaming_content).decode()
    for title in (idea.title, late.title):
        assert title not in page
        assert title not in lines


def test_unknown_promise_has_no_word(people):
    idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    assert answered.kept_words(DecisionFactory(idea=idea)) == ""


def test_key_figures_lead_to_the_comparison(people, sign_in, told):
    page = sign_in(people.alice).get("/donnees-cles/").content.decode()
    assert "/reponses/" in page
    assert "de promesses tenues" in page


@pytest.mark.usefixtures("as_in_production")
def test_comparison_takes_no_query_of_its_own(people, sign_in, told, django_assert_num_queries):
    client = sign_in(people.alice)
    client.get("/reponses/")
    with django_assert_num_queries(4):
        client.get("/reponses/")
    given(people.charlie, count=6)
    with django_assert_num_queries(4):
        client.get("/reponses/")


@pytest.mark.usefixtures("as_in_production")
def test_body_takes_the_same_queries_for_five_rows_and_eight(people, sign_in, django_assert_num_queries):
    client = sign_in(people.alice)
    given(people.alice, count=5)
    client.get("/reponses/cpam-loire/")
    with django_assert_num_queries(7):
        client.get("/reponses/cpam-loire/")
    given(people.alice, count=3)
    with django_assert_num_queries(7):
        client.get("/reponses/cpam-loire/")


# --- who answers for a body, and the days of reminders ----------------------------------------------------------------


def post(client, path, **fields):
    return client.post(path, {"idempotency_key": str(uuid.uuid4())} | fields)


def test_lead_is_named_from_the_administration(people, sign_in):
    client = sign_in(people.adam)
    path = "/administration/reponses/cpam-loire/"
    assert "Personne ne répond encore" in client.get(path).content.decode()
    assert post(client, path, person="Rita Martin").status_code == 302
    assert "Rita Martin" in client.get("/administration/reponses/?q=loire").content.decode()
    assert "CPAM de la Loire" not in client.get("/administration/reponses/?sans=on").content.decode()
    lines = b"".join(client.get("/administration/reponses/export.csv").streaming_content).decode()
    assert "Rita Martin" in lines
    assert post(client, path, person="Nora Martin").status_code == 409
    assert post(client, path, nobody="on", read=people.rita.pk).status_code == 302
    assert "Aucun" in client.get("/administration/reponses/?q=loire").content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Écrivez le nom d’une personne"),
        ({"person": "Rita Martin", "nobody": "on"}, "Choisissez\u00a0:"),
        ({"person": "Bob Martin"}, "n’anime pas"),
    ],
)
def test_lead_that_cannot_be_named_changes_nothing(fields, said, people, sign_in):
    response = post(sign_in(people.adam), "/administration/reponses/cpam-loire/", **fields)
    assert response.status_code == 422
    assert said in response.content.decode()


def test_delegated_administrator_sees_their_bodies_alone(people, sign_in):
    local = UserFactory(
        organisation=people.loire,
        profile="administrator",
        profile__scope=people.loire,
        email="l@exemple.test",
    )
    client = sign_in(local)
    page = client.get("/administration/reponses/").content.decode()
    assert "CPAM de la Loire" in page
    assert "Caf du Nord" not in page
    assert client.get("/administration/reponses/caf-nord/").status_code == 404


@pytest.mark.usefixtures("as_in_production")
def test_leads_take_the_same_queries_for_one_row_and_three(people, sign_in, django_assert_num_queries):
    client = sign_in(people.adam)
    client.get("/administration/reponses/?q=loire")
    with django_assert_num_queries(5):
        client.get("/administration/reponses/?q=loire")
    with django_assert_num_queries(5):
        client.get("/administration/reponses/")


STEPS = {"remind_first": 9, "remind_last": 3, "lead_after": 4, "network_after": 12}


def test_days_of_reminders_are_set_journaled_and_undone(people, sign_in):
    from ozeli.journal.models import Entry
    from ozeli.network.selectors import AnswerSteps, answer_steps

    client = sign_in(people.adam)
    assert post(client, "/administration/delais/etapes/", **STEPS, version=0).status_code == 302
    memo.forget_all()
    assert answer_steps() == AnswerSteps(9, 3, 4, 12)
    page = client.get("/administration/delais/").content.decode()
    assert "premier rappel\u00a0: 7 → 9" in page
    assert post(client, f"/administration/delais/annuler/{Entry.objects.latest('pk').pk}/").status_code == 302
    memo.forget_all()
    assert answer_steps() == AnswerSteps()


@pytest.mark.parametrize(
    "wrong", [{"remind_first": 3}, {"network_after": 4}, {"lead_after": ""}, {"remind_last": 0}]
)
def test_days_out_of_order_are_refused_with_what_was_typed(wrong, people, sign_in):
    response = post(sign_in(people.adam), "/administration/delais/etapes/", **(STEPS | wrong), version=0)
    assert response.status_code == 422
    assert 'value="12"' in response.content.decode() or "network_after" in wrong


def test_days_set_by_somebody_else_meanwhile_are_told(people, sign_in):
    client = sign_in(people.adam)
    post(client, "/administration/delais/etapes/", **STEPS, version=0)
    response = post(client, "/administration/delais/etapes/", **(STEPS | {"remind_first": 20}), version=0)
    assert response.status_code == 409
    assert 'value="20"' in response.content.decode()

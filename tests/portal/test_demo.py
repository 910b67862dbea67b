"""The demonstration: its contents read well, and its rows keep every rule of the services."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.conf import global_settings
from django.core.management import CommandError, call_command
from django.db.models import F, Q

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.french import typographic
from ozeli.engagement.models import Comment, Vote
from ozeli.ideas import rules
from ozeli.ideas.enums import ANSWER_MIN_LENGTH, OPEN_STATES, VOTING_STATES, Reason, State
from ozeli.ideas.models import Decision, Idea, IdeaExpert, IdeaMove, RevivalRequest
from ozeli.ideas.workflow import TRANSITIONS
from ozeli.journal.models import Entry
from ozeli.network.models import Organisation
from ozeli.portal.demo import sheets, story
from ozeli.portal.demo.loader import load
from ozeli.transfers.models import ImportRun

IDEAS = sheets.ideas()
BY_KEY = pytest.mark.parametrize("sheet", IDEAS, ids=[sheet.key for sheet in IDEAS])
LONGEST_SENTENCE = 600
TODAY = date(2026, 11, 20)


# --- the contents -----------------------------------------------------------------------------------------------------


def test_demo_counts() -> None:
    comments = sum(len(sheet.comments) for sheet in IDEAS)
    refused = [sheet for sheet in IDEAS if "not_retained" in sheet.life]
    assert len(sheets.network()["organisations"]) >= 60
    assert len(sheets.people()) == 80
    assert len(IDEAS) >= 125
    assert comments >= 350
    assert len(refused) >= 20
    assert len([sheet for sheet in IDEAS if sheet.is_anonymous]) >= 8
    assert len(sheets.tools()) == 3
    assert all("{q}" in tool["url"] for tool in sheets.tools())


def test_demo_names_are_unique() -> None:
    network = sheets.network()
    names = (
        [sheet.key for sheet in IDEAS],
        [sheet.title for sheet in IDEAS],
        [one.email for one in sheets.people()],
    )
    codes = (
        [row["code"] for row in network["organisations"]],
        [row["name"] for row in network["organisations"]],
    )
    for some in [*names, *codes]:
        assert [name for name, times in Counter(some).items() if times > 1] == []


@BY_KEY
def test_idea_refers_to_what_exists(sheet: sheets.IdeaSheet) -> None:
    network, people = sheets.network(), {one.handle for one in sheets.people()}
    assert sheet.domain in {code for row in network["domains"] for code in row["children"]}
    assert sheet.objective in {"", *(row["code"] for row in network["objectives"])}
    assert sheet.is_anonymous == bool(sheet.branch)
    assert sheet.branch in {"", *(row["code"] for row in network["branches"])}
    assert {sheet.merged_into} <= {"", *(other.key for other in IDEAS)}
    named = [*sheet.by, *(one.who for one in sheet.comments), *(one["who"] for one in sheet.revival)]
    named += [words[key] for words, key in [(sheet.expert, "who"), (sheet.decision, "by")] if key in words]
    assert set(named) <= people
    assert 2 <= len(sheet.tags) <= 4


@BY_KEY
def test_idea_is_told_in_order(sheet: sheets.IdeaSheet) -> None:
    days = list(sheet.life.values())
    assert days == sorted(days, reverse=True)
    assert days[0] <= 364
    assert days[-1] >= 0
    assert next(iter(sheet.life)) == "deposited"
    for day in [one.day for one in sheet.comments] + [one["day"] for one in sheet.revival]:
        assert 0 <= day <= days[0]
    spoken = [one.day for one in sheet.comments]
    assert spoken == sorted(spoken, reverse=True)
    assert not sheet.comments or not sheet.comments[0].is_reply


@BY_KEY
def test_idea_is_answered_as_the_product_asks(sheet: sheets.IdeaSheet) -> None:
    decided = bool({"retained", "not_retained"} & sheet.life.keys())
    assert decided == bool(sheet.decision)
    for words, refused in [
        (sheet.decision, "not_retained" in sheet.life),
        (sheet.prepared, sheet.prepared.get("verdict") == "not_retained"),
    ]:
        if words and refused:
            assert words["reason"] in Reason.values
            assert ANSWER_MIN_LENGTH <= len(words["answer"]) <= 600
            assert words["answer"].startswith("Merci")
        elif words:
            assert "reason" not in words
    if {"to_complete", "withdrawn", "merged"} & sheet.life.keys():
        assert len(sheet.note) >= 10
    assert len(sheet.title) <= 140


@BY_KEY
def test_idea_is_set_in_french(sheet: sheets.IdeaSheet) -> None:
    for text in _texts(sheet):
        assert typographic(text) == text
        assert '"' not in text
        assert "  " not in text
        assert text[0] == text[0].upper() or text[0] in "«"
        assert all(len(one) <= LONGEST_SENTENCE for one in re.split(r"(?<=[.!?])\s", text))


def test_names_are_set_in_french() -> None:
    network = sheets.network()
    names = [
        row["name"]
        for kind in ("branches", "organisations", "domains", "objectives")
        for row in network[kind]
    ]
    names += [name for row in network["domains"] for name in row["children"].values()]
    names += [one.name for one in sheets.people()]
    names += [text for tool in sheets.tools() for text in (tool["name"], tool["summary"])]
    for name in names:
        assert typographic(name) == name


def test_story_counts_from_the_last_round() -> None:
    sheet = next(sheet for sheet in IDEAS if "revived" in sheet.life)
    told = story.tell(sheet, TODAY, decider="eleonore.baudry", delay=30)
    assert told.round == 2
    assert told.answer_due_on == told.day_of("revive") + timedelta(days=30)
    assert set(told.votes_closed_on) == {1, 2}


def test_story_never_works_on_sunday() -> None:
    days = [story.working_day(TODAY, ago) for ago in range(30)]
    assert all(day.weekday() < 5 for day in days)
    assert days == sorted(days, reverse=True)


def _texts(sheet: sheets.IdeaSheet) -> Iterator[str]:
    yield from (sheet.title, sheet.problem, sheet.who, sheet.proposal, sheet.benefit)
    yield from (one.body for one in sheet.comments)
    for words in [sheet.decision, sheet.prepared, sheet.postponed, sheet.expert, *sheet.revival]:
        yield from (words[key] for key in ("answer", "note", "opinion", "text") if key in words)
    if sheet.note:
        yield sheet.note


# --- the rows ---------------------------------------------------------------------------------------------------------


def test_load_twice_changes_nothing(loaded: None) -> None:
    before = Idea.objects.count(), Vote.objects.count(), User.objects.count()
    assert load() == 0
    assert before == (Idea.objects.count(), Vote.objects.count(), User.objects.count())


def test_load_refuses_another_network(loaded: None) -> None:
    User.objects.filter(email="agent@demo.test").update(email="claire@exemple.test")
    before = Idea.objects.count()
    with pytest.raises(CommandError):
        call_command("load_demo")
    assert Idea.objects.count() == before


def test_every_state_is_there(loaded: None) -> None:
    assert set(Idea.objects.values_list("state", flat=True)) == set(State.values) - {State.DRAFT}
    assert Idea.objects.filter(round=2).exists()
    assert RevivalRequest.objects.filter(state="pending").count() >= 3
    prepared = Decision.objects.filter(published_on=None)
    assert prepared.count() >= 5
    assert prepared.filter(idea__answer_due_on__lt=clock.today()).exists()


def test_counters_are_true(loaded: None) -> None:
    votes = Counter(Vote.objects.values_list("ballot_id", flat=True))
    comments = Counter(Comment.objects.values_list("object_id", flat=True))
    for idea in Idea.objects.all():
        assert (idea.vote_count, idea.comment_count) == (votes[idea.ballot_id], comments[idea.pk])


def test_moves_follow_the_table(loaded: None) -> None:
    for idea in Idea.objects.prefetch_related("moves"):
        state, day = State.DRAFT, idea.deposited_on
        for move in idea.moves.all():
            transition = TRANSITIONS[move.transition]
            assert move.source == state
            assert state in transition.sources
            assert move.target == transition.target
            assert day <= move.made_on <= clock.today()
            assert move.note or not transition.reason_required
            state, day = move.target, move.made_on
        assert state == idea.state
        assert (idea.answer_due_on is not None) == (state in OPEN_STATES - {State.TO_COMPLETE})


def test_ballots_are_open_while_votes_are(loaded: None) -> None:
    for idea in Idea.objects.select_related("ballot"):
        assert idea.ballot.is_open == (idea.state in VOTING_STATES)


def test_votes_are_cast_while_open(loaded: None) -> None:
    deposited = dict(Idea.objects.values_list("pk", "deposited_on"))
    for vote in Vote.objects.select_related("ballot"):
        assert deposited[vote.ballot.object_id] <= vote.cast_on <= clock.today()


def test_people_only_touch_what_they_see(loaded: None) -> None:
    withdrawn = set(Idea.objects.filter(state=State.WITHDRAWN).values_list("pk", flat=True))
    spoken, voted = (
        _ideas_of(Comment.objects, "author"),
        _ideas_of(Vote.objects, "voter", "ballot__object_id"),
    )
    for user in User.objects.with_organisation():
        seen = withdrawn | set(Idea.objects.visible_to(user).values_list("pk", flat=True))
        assert spoken.get(user.pk, set()) | voted.get(user.pk, set()) <= seen


def _ideas_of(manager: object, person: str, idea: str = "object_id") -> dict[int, set[object]]:
    found: dict[int, set[object]] = {}
    for who, which in manager.values_list(person, idea):
        found.setdefault(who, set()).add(which)
    return found


def test_decisions_are_made_by_those_who_may(loaded: None) -> None:
    for decision in Decision.objects.select_related("idea", "prepared_by__organisation"):
        assert rules.decides(decision.prepared_by, decision.idea)
    published = Decision.objects.exclude(published_on=None)
    assert not published.filter(published_on__lt=F("prepared_on")).exists()
    assert Idea.objects.filter(state=State.NOT_RETAINED).count() >= 20
    for idea in Idea.objects.filter(state=State.NOT_RETAINED).prefetch_related("decisions"):
        assert [one.is_published for one in idea.decisions.all()] == [True]
    for move in IdeaMove.objects.filter(transition__in=["open_debate", "study"]).select_related(
        "actor", "idea"
    ):
        assert rules.works_desk(move.actor, move.idea)


def test_experts_answer_after_being_asked(loaded: None) -> None:
    assert not IdeaExpert.objects.filter(given_on__lt=F("asked_on")).exists()
    assert IdeaExpert.objects.filter(
        user__email="experte@demo.test", opinion="", idea__state="under_study"
    ).exists()


def test_anonymous_ideas_name_nobody(loaded: None) -> None:
    anonymous = Idea.objects.filter(is_anonymous=True)
    assert anonymous.count() >= 8
    assert not anonymous.filter(Q(organisation__isnull=False) | Q(authors__isnull=False)).exists()
    assert not IdeaMove.objects.filter(idea__in=anonymous, transition="deposit", actor__isnull=False).exists()


def test_demo_accounts_share_the_password(loaded: None, settings: object) -> None:
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    assert User.objects.get(email="agent@demo.test").check_password("ozeli-demo")


def test_demo_accounts_hold_their_rights(loaded: None) -> None:
    levels = {
        name: (user.level("ideas"), user.level("rights"), user.level("operations") > 0)
        for name in (
            "agent",
            "direction",
            "experte",
            "referente",
            "contributrice",
            "admin",
            "superadmin",
            "developpeur",
        )
        if (user := User.objects.get(email=f"{name}@demo.test"))
    }
    assert levels == {
        "agent": (1, 0, False),
        "direction": (1, 0, False),
        "experte": (1, 0, False),
        "referente": (2, 0, False),
        "contributrice": (2, 0, False),
        "admin": (3, 3, False),
        "superadmin": (3, 3, True),
        "developpeur": (0, 0, True),
    }
    scope = User.objects.get(email="referente@demo.test").contribution_scope("ideas")
    assert scope == {Organisation.objects.get(code="cpam-44").pk}
    assert User.objects.get(email="contributrice@demo.test").contribution_scope("ideas") is None


def test_referente_has_a_full_desk(loaded: None) -> None:
    desk = Idea.objects.in_scope_of(User.objects.get(email="referente@demo.test"))
    states = Counter(desk.values_list("state", flat=True))
    assert states[State.DEPOSITED] >= 3
    assert states[State.IN_DEBATE] >= 2
    assert states[State.UNDER_STUDY] >= 3
    assert desk.filter(state__in=OPEN_STATES, answer_due_on__lt=clock.today()).count() >= 2


def test_demo_accounts_have_something_to_read(loaded: None) -> None:
    for name in ("agent", "experte", "referente", "contributrice"):
        told = User.objects.get(email=f"{name}@demo.test").notifications
        assert told.filter(read_at=None).exists()
        assert told.exclude(read_at=None).exists()


def test_history_of_imports_has_one_that_is_finished(loaded: None) -> None:
    run = ImportRun.objects.get()

    assert run.state == ImportRun.State.DONE, run.message
    assert run.finished_at < clock.now() - timedelta(days=8)
    assert {code: count for code, count in run.counts.items() if count} == {"create": 3, "unchanged": 3}
    assert Organisation.objects.get(code="cpam-15").name == "CPAM du Cantal"
    assert Entry.objects.filter(verb="import.done").count() == 1

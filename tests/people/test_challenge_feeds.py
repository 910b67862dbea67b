"""Challenges as feeds and in agendas: true to one's rights each time, proper to RFC 5545, and of nothing private."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from ozeli.accounts.models import User
from ozeli.challenges.enums import ChallengeState, PhaseKind
from ozeli.challenges.models import Challenge, ChallengeAnimator, Phase, PhaseChange
from ozeli.challenges.services.phases import settle_dates
from ozeli.core import clock, memo
from ozeli.core.idempotency import FIELD
from ozeli.core.listings import listings
from ozeli.engagement.models import Poll
from ozeli.ideas.enums import State
from ozeli.network.enums import Audience
from ozeli.people import feeds
from ozeli.people.models import Feed, SavedSearch
from ozeli.people.services import saved
from tests.factories import ANSWER, ChallengeFactory, DecisionFactory, IdeaFactory

ATOM = {"a": "http://www.w3.org/2005/Atom"}
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def apart(monkeypatch, tmp_path):
    feeds._reads.clear()
    monkeypatch.setattr(saved, "_mark", lambda pk: tmp_path / str(pk))


def with_phases(challenge: Challenge, **phases: tuple[datetime, datetime | None]) -> Challenge:
    """The same, with these phases and no other."""
    challenge.phases.all().delete()
    for kind, (begins, ends) in phases.items():
        Phase.objects.create(challenge=challenge, kind=kind, opens_at=begins, closes_at=ends)
    Poll.objects.filter(pk=challenge.poll_id).update(object_id=challenge.pk)
    settle_dates(challenge)
    memo.forget_all()
    return challenge


@pytest.fixture
def challenge(people):
    """Days in winter and in summer, then hours."""
    made = ChallengeFactory(slug="defi", title="Zéro papier", question="Comment s’en passer ?")
    return with_phases(
        made,
        deposit=(datetime(2026, 10, 1, tzinfo=PARIS), datetime(2026, 11, 16, tzinfo=PARIS)),
        debate=(datetime(2026, 11, 16, 9, 30, tzinfo=PARIS), datetime(2027, 4, 2, 18, 0, tzinfo=PARIS)),
        results=(datetime(2027, 4, 5, tzinfo=PARIS), None),
    )


def token_of(user: User, code: str = "challenge", query: str = "defi=defi") -> str:
    return saved.follow(user, listings[code], QueryDict(query), "À suivre")[1]


def read(token: str, kind: str = "ics", **headers: str) -> Any:
    return Client().get(f"/flux/{token}.{kind}", headers=headers)


def events(response: Any) -> dict[str, Any]:
    """The events of a calendar by title; the calendar is read by the library, then by the letter of its lines."""
    assert response.status_code == 200
    calendar = Calendar.from_ical(response.content)
    assert not calendar.errors
    for line in response.content.split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
    found = list(calendar.walk("VEVENT"))
    assert len({str(one["uid"]) for one in found}) == len(found)
    return {str(one["summary"]).replace("\u00a0", " "): one for one in found}


def entries(response: Any) -> list[tuple[str, str]]:
    """(day, title) of each entry."""
    assert response.status_code == 200
    root = ET.fromstring(response.content)
    return [
        (one.findtext("a:updated", "", ATOM)[:10], one.findtext("a:title", "", ATOM).replace("\u00a0", " "))
        for one in root.findall("a:entry", ATOM)
    ]


# --- agendas ----------------------------------------------------------------------------------------------------------


def test_days_are_days_and_hours_are_hours_of_paris(people, challenge):
    found = events(read(token_of(people.alice)))
    deposit, debate, results = (
        found[f"Zéro papier : {word}"] for word in ("dépôt", "débat et votes", "résultats")
    )
    assert (deposit["dtstart"].dt, deposit["dtend"].dt) == (date(2026, 10, 1), date(2026, 11, 16))
    assert debate["dtstart"].dt.astimezone(UTC) == datetime(2026, 11, 16, 8, 30, tzinfo=UTC)
    assert debate["dtend"].dt.astimezone(UTC) == datetime(2027, 4, 2, 16, 0, tzinfo=UTC)
    assert debate["dtstart"].params["TZID"] == "Europe/Paris"
    assert (results["dtstart"].dt, "dtend" in results) == (date(2027, 4, 5), False)
    assert str(deposit["url"]).endswith("/defis/defi/")
    assert (str(deposit["status"]), str(deposit["transp"])) == ("CONFIRMED", "TRANSPARENT")


def test_the_zone_is_told_with_its_changes(people, challenge):
    calendar = Calendar.from_ical(read(token_of(people.alice)).content)
    (zone,) = calendar.walk("VTIMEZONE")
    assert str(zone["tzid"]) == "Europe/Paris"
    offsets = {part["tzoffsetto"].td for part in [*zone.walk("STANDARD"), *zone.walk("DAYLIGHT")]}
    assert offsets == {timedelta(hours=1), timedelta(hours=2)}


def test_a_moved_date_replaces_the_one_of_the_agenda(people, challenge):
    token = token_of(people.alice)
    before = events(read(token))["Zéro papier : dépôt"]
    Phase.objects.filter(challenge=challenge, kind=PhaseKind.DEPOSIT).update(
        closes_at=datetime(2026, 11, 15, tzinfo=PARIS)
    )
    Challenge.objects.filter(pk=challenge.pk).update(version=2)
    after = events(read(token))["Zéro papier : dépôt"]
    assert str(before["uid"]) == str(after["uid"])
    assert int(after["sequence"]) > int(before["sequence"])
    assert after["dtend"].dt == date(2026, 11, 15)


def test_the_service_that_moves_dates_makes_the_sequence_grow(people):
    from ozeli.challenges.services.dates import move_end

    phases = {PhaseKind.DEPOSIT: (-5, 5), PhaseKind.DEBATE: (5, 15), PhaseKind.RESULTS: (30, None)}
    made = ChallengeFactory(slug="defi", organisation=people.loire, phases=phases)
    ChallengeAnimator.objects.create(challenge=made, user=people.alice, role="lead")
    memo.forget_all()
    token = token_of(people.alice)
    before = {str(one["uid"]): int(one["sequence"]) for one in events(read(token)).values()}
    end = made.phases.get(kind=PhaseKind.DEBATE).closes_at + timedelta(days=3)
    move_end(
        made,
        PhaseKind.DEBATE,
        end,
        actor=people.alice,
        reason="Un jour férié tombait là.",
        version=made.version,
    )
    memo.forget_all()
    after = {str(one["uid"]): int(one["sequence"]) for one in events(read(token)).values()}
    assert before.keys() == after.keys()
    assert all(after[uid] > before[uid] for uid in before)


def test_a_cancelled_challenge_says_so_in_the_agenda(people, challenge):
    token = token_of(people.alice)
    before = events(read(token))
    Challenge.objects.filter(pk=challenge.pk).update(
        state=ChallengeState.CANCELLED, cancel_reason="Faute de moyens.", version=2
    )
    memo.forget_all()
    after = events(read(token))
    assert {str(one["uid"]) for one in before.values()} == {str(one["uid"]) for one in after.values()}
    assert {str(one["status"]) for one in after.values()} == {"CANCELLED"}
    assert "Annulé : Zéro papier : dépôt" in after
    assert "Faute de moyens." in str(after["Annulé : Zéro papier : dépôt"]["description"])


def test_all_my_challenges_in_one_agenda(people, challenge):
    with_phases(
        ChallengeFactory(slug="nord", title="Du Nord", audience=Audience.ORGANISATION, bodies=[people.nord]),
        open=(clock.now() - timedelta(days=1), None),
    )
    with_phases(
        ChallengeFactory(slug="brouillon", title="Brouillon", state=ChallengeState.DRAFT),
        open=(clock.now(), None),
    )
    with_phases(
        ChallengeFactory(slug="vieux", title="Vieux"),
        open=(clock.now() - timedelta(days=900), clock.now() - timedelta(days=800)),
    )
    cast = {"alice": people.alice, "charlie": people.charlie, "nora": people.nora}
    names = {}
    for name, user in cast.items():
        found = events(read(token_of(user, "my_challenges", "")))
        names[name] = {title.split(" : ")[0] for title in found}
    both = {"Zéro papier", "Du Nord"}
    assert names == {"alice": {"Zéro papier"}, "charlie": both, "nora": both}


def test_an_unchanged_agenda_is_not_sent_again(people, challenge):
    token = token_of(people.alice)
    first = read(token)
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert (first["Cache-Control"], first["X-Robots-Tag"]) == ("private, max-age=300", "noindex")
    again = read(token, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    with clock.stopped(clock.now() + timedelta(days=2)):
        assert read(token, **{"If-None-Match": first["ETag"]}).status_code == 304


def test_an_agenda_in_a_hurry_waits(people, challenge):
    token = token_of(people.alice)
    assert [read(token).status_code for _one in range(13)][-2:] == [200, 429]


def test_a_title_cannot_forge_lines(people, challenge):
    Challenge.objects.filter(pk=challenge.pk).update(
        title="Zéro\r\nATTENDEE:mailto:x@y.test, et; la \\ suite", question="a\nb"
    )
    response = read(token_of(people.alice))
    assert b"\r\nATTENDEE" not in response.content
    (one, *_others) = Calendar.from_ical(response.content).walk("VEVENT")
    assert "attendee" not in one
    assert "et; la \\ suite" in str(one["summary"])


def test_taken_once_from_the_page(people, sign_in, challenge):
    alice = sign_in(people.alice)
    page = alice.get("/defis/defi/").content.decode()
    assert 'href="/defis/defi/agenda.ics"' in page
    response = alice.get("/defis/defi/agenda.ics")
    assert response["Content-Disposition"] == 'attachment; filename="defi.ics"'
    assert len(events(response)) == 3
    assert Client().get("/defis/defi/agenda.ics").status_code == 302


# --- feeds ------------------------------------------------------------------------------------------------------------


def test_a_challenge_tells_its_ideas_its_answers_and_its_phases(people, challenge):
    IdeaFactory(challenge=challenge, title="Un guichet", deposited_on=date(2026, 11, 3), author=people.bob)
    with clock.stopped(datetime(2026, 11, 18, 12, tzinfo=PARIS)):
        IdeaFactory(
            challenge=challenge, title="Un tampon", deposited_on=date(2026, 10, 20), state=State.NOT_RETAINED
        )
    prepared = IdeaFactory(
        challenge=challenge, title="À l’étude", deposited_on=date(2026, 10, 5), state=State.UNDER_STUDY
    )
    DecisionFactory(idea=prepared, answer=f"CANARI {ANSWER}")
    IdeaFactory(title="D’ailleurs")
    PhaseChange.objects.create(
        challenge=challenge,
        kind=PhaseKind.DEBATE,
        closed_at=datetime(2027, 4, 1, tzinfo=PARIS),
        closes_at=datetime(2027, 4, 2, 18, 0, tzinfo=PARIS),
        reason="Un jour férié.",
        actor=people.nora,
        made_at=datetime(2026, 11, 17, 10, 0, tzinfo=PARIS),
    )
    with clock.stopped(datetime(2026, 11, 20, 12, tzinfo=PARIS)):
        response = read(token_of(people.alice), "atom")
    assert entries(response) == [
        ("2026-11-18", "Non retenue : Un tampon"),
        ("2026-11-17", "Zéro papier : dates déplacées (débat et votes)"),
        ("2026-11-16", "Zéro papier : débat et votes"),
        ("2026-11-03", "Un guichet"),
        ("2026-10-20", "Un tampon"),
        ("2026-10-05", "À l’étude"),
        ("2026-10-01", "Zéro papier : dépôt"),
    ]
    text = response.content.decode()
    assert "CANARI" not in text
    assert "Nora" not in text


def test_an_anonymous_idea_tells_its_month_alone(people, challenge):
    IdeaFactory(
        challenge=challenge,
        author=people.bob,
        is_anonymous=True,
        title="Sans nom",
        deposited_on=date(2026, 11, 19),
    )
    response = read(token_of(people.alice), "atom")
    assert ("2026-11-01", "Sans nom") in entries(response)
    for canary in ("Bob", "bob@", "2026-11-19", people.rhone.name):
        assert canary not in response.content.decode()


def test_nobody_reads_more_than_on_the_portal(people, challenge):
    IdeaFactory(challenge=challenge, title="De la Loire", audience=Audience.ORGANISATION, author=people.alice)
    IdeaFactory(challenge=challenge, title="CANARI masquée", is_hidden=True)
    IdeaFactory(challenge=challenge, title="CANARI retirée", state=State.WITHDRAWN)
    IdeaFactory(challenge=challenge, title="CANARI répondue", state=State.NOT_RETAINED, is_hidden=True)
    mine, others = token_of(people.alice), token_of(people.bob)
    assert {title for _day, title in entries(read(mine, "atom"))} >= {"De la Loire"}
    for token in (mine, others):
        assert b"CANARI" not in read(token, "atom").content
    assert b"De la Loire" not in read(others, "atom").content


def test_rights_are_asked_at_each_reading(people, challenge):
    token = token_of(people.bob)
    assert read(token).status_code == read(token, "atom").status_code == 200
    Challenge.objects.filter(pk=challenge.pk).update(audience=Audience.ORGANISATION)
    memo.forget_all()
    assert read(token).status_code == read(token, "atom").status_code == 404
    Challenge.objects.filter(pk=challenge.pk).update(audience=Audience.NETWORK, state=ChallengeState.DRAFT)
    memo.forget_all()
    assert read(token).status_code == 404
    Challenge.objects.filter(pk=challenge.pk).update(state=ChallengeState.PUBLISHED)
    memo.forget_all()
    assert read(token).status_code == 200
    User.objects.filter(pk=people.bob.pk).update(is_active=False)
    assert read(token).status_code == 404
    User.objects.filter(pk=people.bob.pk).update(is_active=True)
    saved.revoke_feed(people.bob, Feed.objects.get().pk)
    assert read(token).status_code == read(token, "atom").status_code == 404


def test_a_list_without_dates_makes_no_agenda(people):
    token = saved.open_feed(saved.save_search(people.alice, listings["ideas"], QueryDict(""), "Idées"))
    assert read(token, "atom").status_code == 200
    assert read(token).status_code == 404


def test_reading_writes_nothing(people, challenge):
    token = token_of(people.alice)
    for kind in ("ics", "atom"):
        with CaptureQueriesContext(connection) as queries:
            assert read(token, kind).status_code == 200
        assert not [one for one in queries if one["sql"].split()[0].lower() in ("insert", "update", "delete")]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_feed_costs_the_same_whatever_its_length(people, challenge, rows):
    for _one in range(rows):
        IdeaFactory(challenge=challenge, state=State.NOT_RETAINED)
        with_phases(
            ChallengeFactory(), open=(clock.now() - timedelta(days=1), clock.now() + timedelta(days=9))
        )
    token = token_of(people.alice, "my_challenges", "")
    counts = []
    for kind in ("ics", "atom"):
        with CaptureQueriesContext(connection) as queries:
            assert read(token, kind).status_code == 200
        counts.append(len(queries))
    assert counts == [ICS_QUERIES, ATOM_QUERIES]


ICS_QUERIES, ATOM_QUERIES = 11, 23


# --- opening, revoking ------------------------------------------------------------------------------------------------


def test_from_the_page_to_addresses_shown_once(people, sign_in, challenge):
    alice = sign_in(people.alice)
    assert "Ouvrir mes adresses" in alice.get("/defis/defi/abonnement/").content.decode()
    shown = alice.post("/defis/defi/abonnement/", {FIELD: str(uuid4())}, follow=True).content.decode()
    (ics,) = re.findall(r"/flux/([\w-]+)\.ics", shown)
    (atom,) = re.findall(r"/flux/([\w-]+)\.atom", shown)
    assert ics == atom
    assert read(ics).status_code == 200
    page = alice.get("/moi/flux/").content.decode()
    assert ics not in page
    assert 'href="/defis/defi/"' in page
    assert "agenda et flux" in page
    alice.post("/defis/defi/abonnement/", {FIELD: str(uuid4())})
    assert (SavedSearch.objects.count(), Feed.objects.count()) == (1, 2)
    assert "Vous suivez déjà ce défi" in alice.get("/defis/defi/abonnement/").content.decode()


def test_my_challenges_from_the_page_of_feeds(people, sign_in, challenge):
    alice = sign_in(people.alice)
    assert "L’agenda de mes défis" in alice.get("/moi/flux/").content.decode()
    shown = alice.post("/moi/flux/defis/", {FIELD: str(uuid4())}, follow=True).content.decode()
    assert len(events(read(re.findall(r"/flux/([\w-]+)\.ics", shown)[0]))) == 3
    assert "L’agenda de mes défis" not in alice.get("/moi/flux/").content.decode()


def test_too_many_feeds_are_refused_with_what_to_do(people, sign_in, challenge, monkeypatch):
    monkeypatch.setattr(saved, "FEEDS_MAX", 0)
    alice = sign_in(people.alice)
    response = alice.post("/defis/defi/abonnement/", {FIELD: str(uuid4())})
    assert response.status_code == 409
    assert "révoquez-en un" in response.content.decode()
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("dev", 404), ("zoe", 404)])
def test_who_subscribes(people, sign_in, challenge, who, status):
    client = sign_in(getattr(people, who))
    for tail in ("agenda.ics", "abonnement/"):
        assert client.get(f"/defis/defi/{tail}").status_code == status
        assert client.get(f"/defis/absent/{tail}").status_code == 404

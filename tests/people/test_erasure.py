"""Erase a person: what goes, what stays without them, and an older copy of the base."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client

from ozeli.accounts.holdings import ERASED_NAME
from ozeli.accounts.models import ActorKey, Membership, User
from ozeli.accounts.services import actor_key
from ozeli.activity.models import Event, Follow, Notification, OutgoingMail
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.personal_data import Person, holdings
from ozeli.engagement.models import Comment, Vote
from ozeli.ideas.models import KIND, Idea, IdeaAuthor, IdeaDraft
from ozeli.journal.models import Entry
from ozeli.journal.services import seal, verify
from ozeli.people.models import Erasure, ErasureRequest, PersonPage
from ozeli.people.services import erasure
from tests.factories import CommentFactory, IdeaFactory, UserFactory
from tests.personas import Cast

CANARY = "Zéphyrine Quatrevaux"


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.PERSONAL_DATA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def leaver(people: Cast) -> User:
    """Somebody who left traces everywhere."""
    user = UserFactory(
        display_name=CANARY, email="zephyrine@exemple.test", organisation=people.loire, job_family="Paie"
    )
    idea = IdeaFactory(author=user, vote_count=0)
    other = IdeaFactory(author=people.bob, vote_count=1)
    Vote.objects.create(ballot=other.ballot, voter=user, cast_on=clock.today())
    CommentFactory(idea=other, author=user, body="Un commentaire de fond.")
    Follow.objects.create(user=user, kind=KIND, object_id=other.pk)
    IdeaDraft.objects.create(owner=user, fields={"title": "Secret"}, saved_at=clock.now())
    event = Event.objects.create(
        type="idea.commented", kind=KIND, object_id=other.pk, actor=user, at=clock.now()
    )
    Notification.objects.create(
        event=event, user=people.bob, text=f"{CANARY} a commenté votre idée", url="/", at=clock.now()
    )
    OutgoingMail.objects.create(
        event=event,
        user=people.bob,
        subject=f"{CANARY} a commenté",
        text=f"Bonjour, {CANARY} dit…",
        created_at=clock.now(),
    )
    told = Event.objects.create(
        type="idea.commented", kind=KIND, object_id=idea.pk, actor=people.bob, at=clock.now()
    )
    Notification.objects.create(event=told, user=user, text="Bob a commenté", url="/", at=clock.now())
    PersonPage.objects.create(user=user, is_open=True, about="Je suis là.")
    Entry.objects.create(
        at=clock.now(), actor=actor_key(user), verb="idea.deposited", kind="idea", object_id=str(idea.pk)
    )
    client = Client()
    client.force_login(user, backend="ozeli.accounts.backend.Backend")
    return user


def everywhere(words: str) -> list[str]:
    """The tables of the base in which these words are written."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select count(*) from "{table}" t where t::text ilike %s', [f"%{words}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return sorted(found)


def test_nothing_names_the_person_any_more(leaver: User) -> None:
    assert {"accounts_user", "activity_notification", "activity_outgoingmail"} <= set(everywhere(CANARY))

    assert erasure.erase(leaver.pk)

    assert everywhere(CANARY) == []
    assert everywhere("zephyrine") == []
    assert everywhere("Je suis là") == []


def test_contributions_stay_unsigned(leaver: User, people: Cast) -> None:
    signed = Idea.objects.get(authors__user=leaver)
    vote = Vote.objects.get(voter=leaver)

    erasure.erase(leaver.pk)

    assert Idea.objects.filter(pk=signed.pk).exists()
    assert not IdeaAuthor.objects.filter(idea=signed).exists()
    assert Comment.objects.get(body="Un commentaire de fond.").author is None
    vote.refresh_from_db()
    assert vote.voter_id is None
    assert Vote.objects.filter(ballot=vote.ballot).count() == 1
    assert Idea.objects.get(ballot=vote.ballot).vote_count == 1


def test_what_was_theirs_alone_goes(leaver: User) -> None:
    erasure.erase(leaver.pk)

    for model in (Follow, Notification, OutgoingMail, Membership):
        assert not model.objects.filter(user=leaver).exists(), model
    assert not IdeaDraft.objects.filter(owner=leaver).exists()
    assert not Session.objects.exists()
    user = User.objects.get(pk=leaver.pk)
    assert (user.display_name, user.is_active, user.job_family) == (ERASED_NAME, False, "")
    assert not user.has_usable_password()


def test_two_erased_people_may_have_voted_for_one_idea(leaver: User, people: Cast) -> None:
    ballot = Vote.objects.get(voter=leaver).ballot
    Vote.objects.create(ballot=ballot, voter=people.charlie, cast_on=clock.today())

    erasure.erase(leaver.pk)
    erasure.erase(people.charlie.pk)

    assert list(Vote.objects.filter(ballot=ballot).values_list("voter", flat=True)) == [None, None]


def test_journal_stays_whole_and_nameless(leaver: User) -> None:
    key = actor_key(leaver)
    seal()

    erasure.erase(leaver.pk)

    assert list(verify()) == []
    assert not ActorKey.objects.filter(key=key).exists()
    act = Entry.objects.get(verb="person.erased")
    assert (act.actor, act.object_id) == (None, str(key))


def test_every_holding_leaves_nothing(leaver: User) -> None:
    """Whatever the copy gave, it gives no more once erased; but what must stay under the emptied account."""
    person = Person(leaver, actor_key(leaver))
    before = {one.model for one in holdings() if one.export and list(one.export(person))}
    assert len(before) >= 10

    erasure.erase(leaver.pk)

    emptied = Person(User.objects.get(pk=leaver.pk), None)
    after = {one.model for one in holdings() if one.export and list(one.export(emptied))}
    assert after == {"accounts.User"}


def test_erased_once(leaver: User) -> None:
    assert erasure.erase(leaver.pk)
    assert not erasure.erase(leaver.pk)
    assert Erasure.objects.count() == 1


def test_last_keeper_cannot_leave(people: Cast) -> None:
    Membership.objects.filter(user=people.sonia).delete()

    with pytest.raises(Refused, match="dernière personne"):
        erasure.ask_erasure(people.adam, actor=people.adam)


# --- asked, then done ---------------------------------------------------------------------------------------------


def test_done_after_seven_days_only(leaver: User) -> None:
    erasure.ask_erasure(leaver, actor=leaver)
    with clock.stopped(clock.now() + timedelta(days=6)):
        assert erasure.erase_due() == 0
    with clock.stopped(clock.now() + timedelta(days=8)):
        assert erasure.erase_due() == 1

    assert not ErasureRequest.objects.exists()
    assert (
        mail.outbox[-1].to == [f"{CANARY} <zephyrine@exemple.test>"]
        or "zephyrine@exemple.test" in mail.outbox[-1].to[0]
    )
    assert everywhere("zephyrine") == []


def test_called_off(leaver: User) -> None:
    erasure.ask_erasure(leaver, actor=leaver)
    with pytest.raises(Conflict):
        erasure.ask_erasure(leaver, actor=leaver)
    erasure.keep_account(leaver, actor=leaver)

    with clock.stopped(clock.now() + timedelta(days=30)):
        assert erasure.erase_due() == 0
    assert User.objects.get(pk=leaver.pk).display_name == CANARY


# --- an older copy of the base -------------------------------------------------------------------------------------

KEPT = ("accounts.User", "accounts.ActorKey", "accounts.Membership", "activity.Follow", "ideas.IdeaAuthor")


def dump(user: User) -> dict[str, list[dict[str, Any]]]:
    """The rows of a person, as a backup would hold them."""
    rows = {}
    for label in KEPT:
        model = apps.get_model(label)
        column = "pk" if model is User else "user"
        rows[label] = [
            {field.attname: getattr(one, field.attname) for field in model._meta.concrete_fields}
            for one in model._base_manager.filter(**{column: user.pk})
        ]
    return rows


def restore(rows: dict[str, list[dict[str, Any]]]) -> None:
    for label, held in rows.items():
        model = apps.get_model(label)
        for row in held:
            one = model(**row)
            model._base_manager.bulk_create(
                [one],
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=[f.attname for f in model._meta.concrete_fields if not f.primary_key],
            )


def test_erasure_survives_a_restore(
    leaver: User, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    backup = dump(leaver)
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(leaver.pk)
    restore(backup)
    Erasure.objects.all().delete()  # the table comes from before too: only the file remembers
    assert "accounts_user" in everywhere(CANARY)

    done = erasure.replay()

    assert (done.known, done.again) == (1, 1)
    assert everywhere(CANARY) == []
    assert not Follow.objects.filter(user=leaver).exists()
    assert not IdeaAuthor.objects.filter(user=leaver).exists()
    assert not ActorKey.objects.filter(user=leaver).exists()
    assert erasure.replay() == erasure.Replayed(1, 0)


def test_file_names_nobody(leaver: User, home: Path, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(leaver.pk)

    text = (home / "erasures.jsonl").read_text()
    assert set(json.loads(text)) == {"account", "proof", "erased_at"}
    assert "exemple.test" not in text
    assert (home / "erasures.jsonl").stat().st_mode & 0o777 == 0o600


def test_another_base_is_left_alone(leaver: User, people: Cast, home: Path) -> None:
    """The same number, another person: a file brought to another base erases nobody."""
    line = {"account": people.alice.pk, "proof": "0" * 64, "erased_at": clock.now().isoformat()}
    (home / "erasures.jsonl").write_text(json.dumps(line) + "\nune ligne coupée\n")

    assert erasure.replay().again == 0
    assert User.objects.get(pk=people.alice.pk).is_active

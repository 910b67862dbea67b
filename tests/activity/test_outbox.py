"""The outbox: what administrators see of each mail, what they may do, and what they may not read."""

import csv
import uuid
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from ozeli.accounts.models import User
from ozeli.activity import outbox, tasks
from ozeli.activity.models import DigestItem, Event, Notification, OutgoingMail
from ozeli.activity.selectors import SWEEP_WAITS, forgotten_events
from ozeli.core import clock
from ozeli.core.registry import event_types
from ozeli.ideas.models import KIND, Idea
from ozeli.journal.models import Entry
from tests.factories import IdeaFactory
from tests.personas import Cast

from .conftest import CODE, Sink

pytestmark = pytest.mark.django_db
Happen = Callable[..., Event]
SignIn = Callable[[User | None], Client]
LIST = "/administration/courriels/"
Status = OutgoingMail.Status


@pytest.fixture
def idea(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, title="Rappeler par SMS")


def written(idea: Idea, user: User, status: str = Status.WAITING, **values: Any) -> OutgoingMail:
    event = Event.objects.create(type=CODE, kind=KIND, object_id=idea.pk, at=clock.now(), is_fanned_out=True)
    Notification.objects.create(event=event, user=user, text="n", url="/idees/", at=clock.now())
    shown = {"subject": f"Du nouveau : {idea.title}", "text": "Elle a bougé.", "created_at": clock.now()}
    return OutgoingMail.objects.create(event=event, user=user, topic=CODE, status=status, **shown | values)


def post(client: Client, what: str, **fields: Any) -> Any:
    return client.post(f"{LIST}{what}/", {"idempotency_key": str(uuid.uuid4()), **fields})


def jobs() -> list[int]:
    rows = ProcrastinateJob.objects.filter(task_name="activity.send_mail", status="todo")
    return [row.args["mail_id"] for row in rows.order_by("id")]


def listed(client: Client, **filters: str) -> set[int]:
    return {row.pk for row in client.get(LIST, filters).context["rows"]}


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_queries_with_one_row_and_three(
    rows: int, idea: Idea, people: Cast, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    for _one in range(rows):
        written(idea, people.bob)
    client = sign_in(people.adam)
    # session, person, rights, unread; rows, what may be read (1), counts, stopped events; read-only transaction
    client.get(LIST)  # what is remembered for a minute
    with django_assert_num_queries(11):
        assert len(client.get(LIST).context["rows"]) == rows


def test_filters(idea: Idea, people: Cast, sign_in: SignIn) -> None:
    client = sign_in(people.adam)
    old = written(idea, people.bob, Status.SENT, created_at=clock.now() - timedelta(days=3))
    refused = written(idea, people.alice, Status.FAILED)
    digest = OutgoingMail.objects.create(
        user=people.bob, period=clock.today(), topic="digest", subject="Votre résumé", created_at=clock.now()
    )
    assert listed(client) == {old.pk, refused.pk, digest.pk}
    assert listed(client, etat="failed") == {refused.pk}
    assert listed(client, sorte="digest") == {digest.pk}
    assert listed(client, sorte=CODE) == {old.pk, refused.pk}
    assert listed(client, personne="bob") == listed(client, personne="BOB@") == {old.pk, digest.pk}
    assert listed(client, du=clock.today().isoformat()) == {refused.pk, digest.pk}
    assert listed(client, personne="n'importe") == set()
    assert listed(client, etat="bizarre", du="hier") == {old.pk, refused.pk, digest.pk}


def test_words_are_for_those_who_may_read_the_object(
    idea: Idea, people: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = written(idea, people.bob)
    client = sign_in(people.adam)
    assert "Rappeler par SMS" in client.get(f"{LIST}{mail.pk}/").content.decode()
    assert "Elle a bougé" in client.get(f"{LIST}{mail.pk}/apercu/").content.decode()
    event_types.unregister(CODE)  # nobody can tell any more who may read it
    for path in (LIST, f"{LIST}{mail.pk}/", f"{LIST}export.csv"):
        page = b"".join(client.get(path)).decode()
        assert "Rappeler par SMS" not in page, path
        assert "réservé" in page, path
    assert client.get(f"{LIST}{mail.pk}/apercu/").status_code == 404


def test_preview_can_do_nothing(idea: Idea, people: Cast, sign_in: SignIn) -> None:
    mail = written(idea, people.bob)
    client = sign_in(people.adam)
    preview = client.get(f"{LIST}{mail.pk}/apercu/")
    policy = preview["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    assert "/courriels/arreter/" not in preview.content.decode()
    page = client.get(f"{LIST}{mail.pk}/")
    assert 'sandbox title="' in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]


def test_digest_shows_the_lines_that_its_reader_may_read(idea: Idea, people: Cast, sign_in: SignIn) -> None:
    seen, hidden = IdeaFactory(title="Visible"), IdeaFactory(title="Cachée")
    digest = OutgoingMail.objects.create(
        user=people.bob, period=clock.today(), topic="digest", subject="Votre résumé", created_at=clock.now()
    )
    for one in (seen, hidden):
        line = written(one, people.bob).event.notifications.get()
        Notification.objects.filter(pk=line.pk).update(text=one.title)
        DigestItem.objects.create(notification=line, user=people.bob, topic=CODE, pace="daily", mail=digest)
    Event.objects.filter(object_id=hidden.pk).update(object_id=uuid.uuid4())  # nothing that Adam may read
    page = sign_in(people.adam).get(f"{LIST}{digest.pk}/apercu/").content.decode()
    assert "Visible" in page
    assert "Cachée" not in page


def test_refused_mail_leaves_again(idea: Idea, people: Cast, sign_in: SignIn, sink: Sink) -> None:
    mail = written(
        idea, people.bob, Status.FAILED, error="554 no", created_at=clock.now() - timedelta(days=9)
    )
    answer = post(sign_in(people.adam), "relancer", un=mail.pk, filtres="etat=failed")
    assert (answer.status_code, answer.url) == (302, f"{LIST}?etat=failed")
    assert jobs() == [mail.pk]
    tasks.send_mail(mail_id=mail.pk)
    assert len(sink.received) == 1
    assert Entry.objects.filter(verb="mail.retry").count() == 1


def test_sent_mail_never_leaves_again(idea: Idea, people: Cast, sign_in: SignIn) -> None:
    mail = written(idea, people.bob, Status.SENT)
    post(sign_in(people.adam), "relancer", un=mail.pk)
    assert OutgoingMail.objects.get().status == Status.SENT
    assert jobs() == []
    assert not Entry.objects.filter(verb="mail.retry").exists()


def test_all_the_refused_of_the_filters_leave_again(idea: Idea, people: Cast, sign_in: SignIn) -> None:
    bob = [written(idea, people.bob, Status.FAILED).pk for _one in range(2)]
    written(idea, people.alice, Status.FAILED)
    post(sign_in(people.adam), "relancer", tous="1", filtres="personne=bob")
    assert jobs() == bob


def test_waiting_mail_is_cancelled(idea: Idea, people: Cast, sign_in: SignIn, sink: Sink) -> None:
    mail, sent = written(idea, people.bob), written(idea, people.bob, Status.SENT)
    post(sign_in(people.adam), "annuler", un=[mail.pk, sent.pk, "x"])
    tasks.send_mail(mail_id=mail.pk)
    assert sink.received == []
    assert set(OutgoingMail.objects.values_list("pk", "status")) == {
        (mail.pk, Status.CANCELLED),
        (sent.pk, Status.SENT),
    }


def test_export(idea: Idea, people: Cast, sign_in: SignIn) -> None:
    written(idea, people.bob, Status.FAILED, error="(550, b'5.1.1 No such mailbox')")
    written(idea, people.alice)
    text = b"".join(sign_in(people.adam).get(f"{LIST}export.csv", {"etat": "failed"})).decode("utf-8-sig")
    header, row = csv.reader(text.splitlines(), delimiter=";")
    found = dict(zip(header, row, strict=True))
    assert found["personne"] == people.bob.display_name
    assert "n’existe pas" in found["explication"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("(550, b'5.1.1 User unknown')", "L’adresse n’existe pas"),
        ("(552, b'5.2.2 Mailbox full')", "pleine"),
        ("(535, b'5.7.8 Authentication failed')", "refuse nos identifiants"),
        ("(554, b'5.7.1 Blocked as spam')", "refuse nos courriels"),
        ("[Errno 111] Connection refused", "n’a pas répondu"),
        ("timed out", "n’a pas répondu"),
        ("(451, b'4.3.0 Come back later')", "plus tard"),
        ("autre chose", "Réponse du serveur\u00a0: autre chose"),
        ("", ""),
    ],
)
def test_errors_are_said_in_french(error: str, said: str, idea: Idea, people: Cast) -> None:
    assert said in outbox.explained(written(idea, people.bob, Status.FAILED, error=error))


# --- events that a fault has stopped --------------------------------------------------------------------------------


def fan_out_jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name="activity.fan_out", status="todo").count()


@pytest.fixture
def stopped(idea: Idea, people: Cast, happen: Happen, monkeypatch: pytest.MonkeyPatch) -> Event:
    """An event whose every job has failed."""
    event = happen(idea, to=[people.bob])
    monkeypatch.setattr(
        "ozeli.activity.fanout.messages", lambda *_: (_ for _ in ()).throw(ZeroDivisionError("secret"))
    )
    with pytest.raises(ZeroDivisionError):
        tasks.fan_out(event_id=event.pk)
    ProcrastinateJob.objects.filter(task_name="activity.fan_out").update(status="failed")
    event.refresh_from_db()
    return event


def test_stopped_event_is_swept_five_times_more_and_more_rarely(stopped: Event) -> None:
    assert stopped.error == "ZeroDivisionError"
    at = clock.now()
    swept = []
    for minute in range(5, 3000, 5):
        with clock.stopped(at + timedelta(minutes=minute)):
            tasks.sweep(timestamp=0)
        if fan_out_jobs():
            swept.append(minute)
            ProcrastinateJob.objects.filter(task_name="activity.fan_out").update(status="failed")
    assert len(swept) == len(SWEEP_WAITS)
    assert [late - early for early, late in pairwise(swept)] == [10, 60, 360, 1440]


def test_event_with_a_living_job_is_not_swept(idea: Idea, people: Cast, happen: Happen) -> None:
    happen(idea, to=[people.bob])
    with clock.stopped(clock.now() + timedelta(minutes=5)):
        assert forgotten_events() == []


def test_stopped_event_is_shown_and_told_again(
    stopped: Event, people: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(people.adam)
    page = client.get(LIST).content.decode()
    assert "n’ont pas été transmises" in page
    assert "ZeroDivisionError" in page
    assert "secret" not in page
    assert post(client, f"evenements/{stopped.pk}").status_code == 302
    assert fan_out_jobs() == 1
    monkeypatch.undo()
    tasks.fan_out(event_id=stopped.pk)
    assert OutgoingMail.objects.get().user == people.bob
    assert "n’ont pas été transmises" not in client.get(LIST).content.decode()
    assert post(client, f"evenements/{stopped.pk}").status_code == 409

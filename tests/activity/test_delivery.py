"""Mails leave by SMTP, once, in text and HTML; or say why they do not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import Any

import pytest
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from ozeli.accounts.models import Membership, User
from ozeli.activity import delivery, tasks
from ozeli.activity.models import Event, OutgoingMail
from ozeli.activity.selectors import forgotten_mails
from ozeli.core import clock
from ozeli.core.registry import event_types
from ozeli.ideas.models import Idea
from ozeli.worker import make_worker_app
from tests.factories import IdeaFactory, UserFactory

from .conftest import CODE, Sink, page_of

pytestmark = pytest.mark.django_db
Status = OutgoingMail.Status


@pytest.fixture
def idea() -> Idea:
    return IdeaFactory(title="Où déposer l’œuvre ?")


@pytest.fixture
def mail(idea: Idea, happen: Callable[..., Event]) -> OutgoingMail:
    """A mail in the outbox, with its job."""
    person = UserFactory(display_name="Zoé Nguyễn, « la relève »", email="zoe@exemple.test")
    tasks.fan_out(event_id=happen(idea, to=[person]).pk)
    return OutgoingMail.objects.get()


def settled(mail: OutgoingMail) -> tuple[str, int, str]:
    mail.refresh_from_db()
    return mail.status, mail.attempts, mail.error


def waiting_jobs() -> list[int]:
    """The mails of the jobs to come."""
    todo = ProcrastinateJob.objects.filter(task_name="activity.send_mail", status="todo")
    return [job.args["mail_id"] for job in todo.order_by("id")]


def test_mail_as_it_is_received(mail: OutgoingMail, idea: Idea, sink: Sink, settings: Any) -> None:
    settings.PUBLIC_URL = "https://ozeli.exemple.test"
    tasks.send_mail(mail_id=mail.pk)
    (received,) = sink.received
    assert received["Subject"] == "Du nouveau\u00a0: Où déposer l’œuvre\u202f?"
    assert received["To"].addresses[0].display_name == "Zoé Nguyễn, « la relève »"
    assert received["To"].addresses[0].addr_spec == "zoe@exemple.test"
    assert received["From"] == settings.DEFAULT_FROM_EMAIL
    assert received["Message-ID"] == f"<{mail.key}@ozeli.exemple.test>"
    assert (received["Auto-Submitted"], received["Content-Language"]) == ("auto-generated", "fr")
    assert received["Date"]
    assert received.get_content_type() == "multipart/alternative"
    text, html = received.iter_parts()
    page = "https://ozeli.exemple.test" + page_of(idea)
    assert (text.get_content_type(), text.get_content_charset()) == ("text/plain", "utf-8")
    body = text.get_content().replace("\r\n", "\n")
    assert body.startswith(
        "Bonjour Zoé Nguyễn, « la relève »,\n\nL’idée que vous suivez a bougé.\n\nŒuvre d’été\u00a0:\n"
    )
    assert f"\n{page}\n" in body
    assert "çà et là <b>gras" in body
    assert "Vous recevez ce courriel parce que vous suivez cette idée." in body
    assert (html.get_content_type(), html.get_content_charset()) == ("text/html", "utf-8")
    page_html = html.get_content()
    assert f'<a class="go" href="{page}"' in page_html
    assert "çà et là &lt;b&gt;gras" in page_html
    assert "vous suivez cette idée" in page_html
    for forbidden in ("<img", "<script", "<link", "@import", "url("):
        assert forbidden not in page_html
    assert settled(mail)[:2] == (Status.SENT, 1)
    assert mail.sent_at is not None


def test_mail_is_sent_once(mail: OutgoingMail, sink: Sink) -> None:
    for _ in range(3):
        tasks.send_mail(mail_id=mail.pk)
    assert len(sink.received) == 1


def test_busy_server_is_asked_again_later(mail: OutgoingMail, sink: Sink) -> None:
    sink.answers = ["451 4.3.0 Come back later"]
    tasks.send_mail(mail_id=mail.pk)
    status, attempts, error = settled(mail)
    assert (status, attempts) == (Status.WAITING, 1)
    assert "Come back later" in error
    retry = ProcrastinateJob.objects.order_by("-id").first()
    assert retry is not None
    assert retry.args == {"mail_id": mail.pk}
    assert retry.scheduled_at is not None
    assert timedelta(0) < retry.scheduled_at - clock.now() <= timedelta(seconds=4)
    tasks.send_mail(mail_id=mail.pk)
    assert settled(mail) == (Status.SENT, 2, "")
    assert len(sink.received) == 1


def test_absent_server_is_asked_again_later(mail: OutgoingMail, sink: Sink, settings: Any) -> None:
    good, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    tasks.send_mail(mail_id=mail.pk)
    assert settled(mail)[:2] == (Status.WAITING, 1)
    settings.EMAIL_PORT = good
    tasks.send_mail(mail_id=mail.pk)
    assert len(sink.received) == 1


@pytest.mark.parametrize("refusal", ["data", "recipient"])
def test_refusal_for_good_is_written_down(mail: OutgoingMail, sink: Sink, refusal: str) -> None:
    if refusal == "data":
        sink.answers = ["554 5.7.1 Not wanted here"]
    else:
        sink.refused_address = mail.user.email
    jobs = waiting_jobs()
    tasks.send_mail(mail_id=mail.pk)
    status, attempts, error = settled(mail)
    assert (status, attempts) == (Status.FAILED, 1)
    assert ("Not wanted here" if refusal == "data" else "No such mailbox") in error
    assert waiting_jobs() == jobs
    assert sink.received == []


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (SMTPRecipientsRefused({"a@b": (550, b"no"), "c@d": (450, b"later")}), False),
        (SMTPRecipientsRefused({"a@b": (550, b"no")}), True),
        (SMTPDataError(452, b"full"), False),
        (SMTPDataError(552, b"too big"), True),
        (SMTPSenderRefused(550, b"who?", "x@y"), False),
        (SMTPServerDisconnected("bye"), False),
        (SMTPException("odd"), False),
        (TimeoutError(), False),
        (ValueError("bad address"), True),
    ],
)
def test_which_errors_are_for_good(error: Exception, permanent: bool) -> None:
    assert delivery.is_permanent(error) is permanent


def test_waiting_grows_up_to_an_hour() -> None:
    assert [delivery.waiting_time(attempt) for attempt in (1, 2, 3, 4, 5, 6, 40)] == [
        4,
        16,
        64,
        256,
        1024,
        3600,
        3600,
    ]


def test_fault_while_closing_does_not_send_again(
    mail: OutgoingMail, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_backend: Any) -> None:
        raise SMTPServerDisconnected("bye")

    monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.close", broken)
    tasks.send_mail(mail_id=mail.pk)
    assert settled(mail)[0] == Status.SENT


@pytest.mark.parametrize("reason", ["closed", "rights", "type", "old"])
def test_mail_without_object_any_more_does_not_leave(mail: OutgoingMail, sink: Sink, reason: str) -> None:
    at = clock.now()
    if reason == "closed":
        User.objects.filter(pk=mail.user_id).update(is_active=False)
    elif reason == "rights":
        Membership.objects.filter(user=mail.user_id).delete()
    elif reason == "type":
        event_types.unregister(CODE)
    else:
        at += delivery.PATIENCE + timedelta(minutes=1)
    with clock.stopped(at):
        tasks.send_mail(mail_id=mail.pk)
    status, attempts, error = settled(mail)
    assert (status, attempts) == (Status.FAILED if reason == "old" else Status.DROPPED, 0)
    assert error
    assert sink.received == []


def test_mail_whose_idea_was_hidden_meanwhile_does_not_leave(
    mail: OutgoingMail, idea: Idea, sink: Sink
) -> None:
    Idea.objects.filter(pk=idea.pk).update(is_hidden=True)
    tasks.send_mail(mail_id=mail.pk)
    assert settled(mail)[0] == Status.DROPPED
    assert sink.received == []


def fetch_and_die(mail: OutgoingMail, *, silent_for: timedelta) -> None:
    """A worker takes the job of this mail, and gives no sign of life any more."""
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers default values returning id")
        (worker,) = cursor.fetchone()
        cursor.execute(
            "update procrastinate_workers set last_heartbeat = now() - %s where id = %s", [silent_for, worker]
        )
        cursor.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = %s"
            " where task_name = 'activity.send_mail' and args ->> 'mail_id' = %s and status = 'todo'",
            [worker, str(mail.pk)],
        )


def test_mail_of_a_killed_worker_leaves_once(mail: OutgoingMail, sink: Sink) -> None:
    fetch_and_die(mail, silent_for=timedelta(minutes=5))
    assert waiting_jobs() == []
    with clock.stopped(clock.now() + timedelta(minutes=3)):
        tasks.sweep(timestamp=0)
        tasks.sweep(timestamp=60)  # the new job is alive: no second one
        assert waiting_jobs() == [mail.pk]
    tasks.send_mail(mail_id=mail.pk)
    tasks.send_mail(mail_id=mail.pk)  # the job of the killed worker, given to another by core.retry_stalled
    assert len(sink.received) == 1
    assert forgotten_mails() == []


def test_mails_with_a_living_job_are_not_forgotten(mail: OutgoingMail) -> None:
    assert forgotten_mails() == []  # too young
    with clock.stopped(clock.now() + timedelta(minutes=3)):
        assert forgotten_mails() == []  # its job is to come
        fetch_and_die(mail, silent_for=timedelta(seconds=2))
        assert forgotten_mails() == []  # its worker breathes
        with connection.cursor() as cursor:
            cursor.execute("update procrastinate_jobs set status = 'failed'")
        assert forgotten_mails() == [mail.pk]


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_mail_send_it_once(mail: OutgoingMail, sink: Sink) -> None:
    def send(_turn: int) -> None:
        try:
            tasks.send_mail(mail_id=mail.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(8)))
    assert len(sink.received) == 1
    assert settled(mail)[0] == Status.SENT


@pytest.mark.django_db(transaction=True)
def test_from_event_to_mailbox_through_the_worker(
    idea: Idea, happen: Callable[..., Event], sink: Sink
) -> None:
    people = UserFactory.create_batch(3)
    happen(idea, to=people, actor=people[0])
    make_worker_app().run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    assert {str(received["To"].addresses[0].addr_spec) for received in sink.received} == {
        person.email for person in people[1:]
    }
    assert set(OutgoingMail.objects.values_list("status", flat=True)) == {Status.SENT}

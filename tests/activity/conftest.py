"""A type of event about ideas, told to those whom the event names; and a mail server that keeps what it receives."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from ozeli.accounts.models import User
from ozeli.activity.models import Event
from ozeli.activity.services import tell
from ozeli.core.registry import EventType, Message, Pace, event_types
from ozeli.ideas.models import KIND, Idea

CODE = "test.happened"


def page_of(idea: Idea) -> str:
    return f"/idees/{idea.short}-{idea.slug}/"


def words(event: Event, user: User) -> Message | None:
    """A message made of the event's data; None for those whom it calls `unmoved`."""
    if user.pk in event.data.get("unmoved", []):
        return None
    idea = Idea.objects.get(pk=event.object_id)
    return Message(
        text=f"« {idea.title} » a bougé",
        url=page_of(idea),
        subject=event.data.get("subject", f"Du nouveau : {idea.title}"),
        lines=["L’idée que vous suivez a bougé.", "Œuvre d’été :\nçà et là <b>gras"],
        action_required=event.data.get("action_required", False),
        own=event.data.get("own", False),
    )


@pytest.fixture(autouse=True)
def happened() -> Iterator[EventType]:
    event_type = EventType(
        code=CODE,
        title="Essai",
        recipients=lambda event: event.data["to"],
        message=words,
        visible=lambda user, ids: (
            Idea.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)
        ),
        reason="vous suivez cette idée",
        family="Les idées que vous suivez",
        default_pace=Pace.NOW,
    )
    yield event_types.register(event_type)
    event_types.unregister(CODE)


@pytest.fixture
def happen() -> Callable[..., Event]:
    """`happen(idea, to=[users], actor=None, **data)` tells the test event."""

    def tell_it(idea: Idea, *, to: list[User], actor: User | None = None, **data: Any) -> Event:
        return tell(CODE, KIND, idea.pk, actor=actor, to=[user.pk for user in to], **data)

    return tell_it


@dataclass
class Sink:
    """A mail server. `answers` are given to the next mails, then « 250 »."""

    received: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused_address: str = ""

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address == self.refused_address:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return answer


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """Mails go by real SMTP to this server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_SSL = settings.EMAIL_USE_TLS = False
    controller.start()
    yield handler
    controller.stop()

"""Votes sent at the very same time to the real server: one row for a person, a quota never overrun, never an error."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from bench import client
from bench.__main__ import as_bytes
from bench.seed import _session
from ozeli.challenges.enums import PhaseKind
from ozeli.engagement.models import Ballot, Poll, Spending, Vote
from ozeli.ideas.models import Idea
from tests.factories import ChallengeFactory, IdeaFactory, UserFactory
from tests.plugins.database import server_environment

from .processes import eventually, free_port

pytestmark = [pytest.mark.infra, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
AT_ONCE, IDEAS, QUOTA = 200, 20, 5
ANSWERS = (200, 302, 409)  # a page, a redirect, a refusal; anything else fails


@pytest.fixture
def port(transactional_db: None) -> Iterator[int]:
    """Two web processes on the database of the test."""
    port = free_port()
    env = os.environ | server_environment(str(connection.settings_dict["NAME"])) | {"PORT": str(port)}
    command = [sys.executable, "-m", "ozeli.cli", "serve", "--port", str(port), "--workers", "2"]
    process = subprocess.Popen([*command, "--without-worker", "--without-airlock"], env=env, cwd=ROOT)
    ready = as_bytes(("GET", "/readyz", {}, ""))
    try:
        eventually(lambda: _answers(port, ready), seconds=60, what="the server answers")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _answers(port: int, request: bytes) -> bool:
    try:
        return bool(client.Connection(port).ask(request, (200,)))
    except (OSError, AssertionError):
        return False


def vote_at_once(port: int, session: str, ideas: list[Idea], times: int) -> None:
    """Each vote on a connection of its own; the load itself fails on any other answer than those expected."""
    paths = [f"{ideas[place % len(ideas)].get_absolute_url()}vote/" for place in range(times)]
    requests = [as_bytes(("POST", path, {"want": "1"}, session)) for path in paths]
    client.run(port, requests, clients=times, expected=ANSWERS)


def test_votes_at_once_through_http(port: int) -> None:
    challenge: Any = ChallengeFactory(phases={PhaseKind.OPEN: (-5, 5)})
    Poll.objects.filter(pk=challenge.poll_id).update(votes_each=QUOTA)
    free: Any = IdeaFactory()
    ideas: list[Any] = [IdeaFactory(challenge=challenge) for _each in range(IDEAS)]
    Ballot.objects.filter(pk__in=[idea.ballot_id for idea in ideas]).update(poll=challenge.poll)
    voter: Any = UserFactory()
    session = _session(voter)

    vote_at_once(port, session, [free], AT_ONCE)
    assert Vote.objects.filter(ballot=free.ballot_id).count() == 1
    assert Idea.objects.get(pk=free.pk).vote_count == 1

    vote_at_once(port, session, ideas, 50)
    given = Vote.objects.filter(voter=voter, ballot__poll=challenge.poll_id).count()
    counters = Idea.objects.filter(challenge=challenge).values_list("vote_count", flat=True)
    assert given == sum(counters) == Spending.objects.get(voter=voter).spent == QUOTA

"""`python -m bench.publication [DECISIONS]`: answers published in batches while web, worker and database are killed.

Small batches are published by the request, large ones by a job; kill -9 strikes while they are. A batch whose page did
not come is sent again with the same key, as a browser would. At the end every decision is published once, its author
was told once and mailed once, the journal says so once, and the counters are exact. Ends with 1 on a loss.
"""

import json
import os
import random
import signal
import sys
import threading
import time
import uuid
from collections import Counter
from contextlib import suppress
from typing import Any

from . import client, server
from .__main__ import as_bytes
from .kills import victims

DATABASE = "oz_bench_publication"
SIZES = (20, 45, 60)
KILLS_A_BATCH = 2
SETTLED_WITHIN = 420
ANSWER = "nous avons étudié votre proposition avec les équipes, et voici ce qui en a été dit et décidé."


class Sink:
    """A mail server that keeps what tells one mail from another."""

    def __init__(self) -> None:
        self.ids: Counter[str] = Counter()

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 (its name there)
        head = envelope.content.split(b"\r\n\r\n", 1)[0].decode(errors="replace")
        self.ids[next(line for line in head.splitlines() if line.lower().startswith("message-id:"))] += 1
        return "250 OK"


class Publisher:
    """Sends each batch until it is acknowledged, with kills in the meantime."""

    def __init__(self, running: server.Server, session: str) -> None:
        self.running, self.session = running, session
        self.killed: Counter[str] = Counter()
        self.again = 0

    def publish(self, read: list[str]) -> None:
        striking = threading.Thread(target=self._strike)
        striking.start()
        self._insist({"lue": read, "idempotency_key": str(uuid.uuid4())})
        striking.join()

    def _strike(self) -> None:
        for _each in range(KILLS_A_BATCH):
            time.sleep(random.uniform(0.1, 1.2))
            found = [*victims(self.running)]
            name = random.choice(sorted({name for name, _pid in found}))
            pid = random.choice([pid for one, pid in found if one == name])
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.killed[name] += 1

    def _insist(self, fields: dict[str, Any]) -> None:
        request = as_bytes(("POST", "/animation/decisions/relire/", fields, self.session))
        while True:
            with suppress(AssertionError, OSError):
                connection = client.Connection(self.running.port)
                try:
                    connection.ask(request, (302, 303))
                finally:
                    connection.socket.close()
                return
            self.again += 1
            time.sleep(0.3)


def batches(read: list[str]) -> list[list[str]]:
    found, start = [], 0
    while start < len(read):
        size = SIZES[len(found) % len(SIZES)]
        found.append(read[start : start + size])
        start += size
    return found


# --- in the bench database, in a process of its own -------------------------------------------------------------------


def seed(count: int) -> dict[str, Any]:
    """Prepared decisions on signed ideas, each with three votes; a person who may publish them all."""
    from ozeli.accounts.models import Membership, Profile, User
    from ozeli.activity.paces import DIGEST, topics
    from ozeli.activity.services import set_paces
    from ozeli.core import clock
    from ozeli.core.registry import Pace
    from ozeli.engagement.models import Ballot, Vote
    from ozeli.ideas.enums import State
    from ozeli.ideas.models import Decision, Idea

    from .seed import _session

    agents = list(User.objects.order_by("pk"))
    desk = User.objects.create(
        email="desk@bench.test",
        display_name="Bureau",
        sort_name="bureau",
        organisation=agents[0].organisation,
    )
    Membership.objects.create(user=desk, profile=Profile.objects.get(code="contributor"))
    for agent in agents:
        set_paces(agent, {one.code: Pace.NOW for one in topics(agent) if one.code != DIGEST})
    ideas = list(Idea.objects.order_by("pk")[:count])
    keys, ballots = [one.pk for one in ideas], [one.ballot_id for one in ideas]
    Ballot.objects.filter(pk__in=ballots).update(is_open=False)
    Idea.objects.filter(pk__in=keys).update(state=State.UNDER_STUDY, vote_count=3)
    Vote.objects.filter(ballot__in=ballots).delete()
    Vote.objects.bulk_create(
        Vote(ballot_id=ballot, voter=agents[(place + each) % len(agents)], cast_on=clock.today())
        for place, ballot in enumerate(ballots)
        for each in range(3)
    )
    made = Decision.objects.bulk_create(
        Decision(
            idea=idea,
            round=1,
            verdict="not_retained" if place % 2 else "retained",
            reason="cost" if place % 2 else "",
            answer=f"Réponse {place} : {ANSWER}",
            prepared_by=desk,
            prepared_on=clock.today(),
        )
        for place, idea in enumerate(ideas)
    )
    return {"session": _session(desk), "read": [f"{one.pk}:1" for one in made]}


def seen_in_database() -> dict[str, Any]:
    """What became of it; every number but the first should be as many as decisions, or none."""
    from django.db.models import Count, F, OuterRef, Q, Subquery, Sum

    from ozeli.activity.models import Event, MailDay, Notification, OutgoingMail
    from ozeli.engagement.models import Vote
    from ozeli.ideas.models import Decision, Idea, IdeaAuthor, IdeaMove, PublicationItem
    from ozeli.journal.models import Entry

    moves, verbs = ("retain", "decline"), ("idea.retain", "idea.decline")
    told = Notification.objects.filter(event__type__in=verbs)
    mails = OutgoingMail.objects.filter(event__type__in=verbs)
    authors = dict(IdeaAuthor.objects.values_list("idea", "user"))
    to_author = [
        key
        for kind in (told, mails.filter(status="sent"))
        for key in [
            [row for row in kind.values_list("event__object_id", "user") if authors.get(row[0]) == row[1]]
        ]
    ]
    counted = (
        Vote.objects.filter(ballot=OuterRef("ballot")).values("ballot").annotate(n=Count("pk")).values("n")
    )
    decided = Idea.objects.filter(decisions__isnull=False)
    return {
        "waiting": PublicationItem.objects.filter(state="waiting").count()
        + Event.objects.filter(is_fanned_out=False).count()
        + OutgoingMail.objects.filter(status="waiting").count(),
        "published": Decision.objects.filter(published_on__isnull=False).count(),
        "items": PublicationItem.objects.filter(state="published").count(),
        "refused": PublicationItem.objects.filter(state="refused").count(),
        "batches": PublicationItem.objects.values("batch").distinct().count(),
        "moves": IdeaMove.objects.filter(transition__in=moves).count(),
        "ideas_moved": IdeaMove.objects.filter(transition__in=moves).values("idea").distinct().count(),
        "ideas_answered": decided.filter(
            Q(state="retained", decisions__verdict="retained")
            | Q(state="not_retained", decisions__verdict="not_retained")
        ).count(),
        "journal": Entry.objects.filter(verb__in=verbs).count(),
        "journal_ideas": Entry.objects.filter(verb__in=verbs).values("object_id").distinct().count(),
        "events": Event.objects.filter(type__in=verbs).count(),
        "authors_told": len(to_author[0]),
        "authors_told_of": len({key for key, _user in to_author[0]}),
        "authors_mailed": len(to_author[1]),
        "authors_mailed_of": len({key for key, _user in to_author[1]}),
        "mails": OutgoingMail.objects.filter(status="sent").count(),
        "mails_of_day": MailDay.objects.aggregate(n=Sum("sent"))["n"],
        "wrong_counters": decided.annotate(real=Subquery(counted)).exclude(vote_count=F("real")).count(),
    }


def _seen() -> dict[str, Any]:
    """Asked again while the database comes back."""
    while True:
        with suppress(Exception):
            return dict(json.loads(server.python(DATABASE, "bench.publication", "seen").splitlines()[-1]))
        time.sleep(1)


def faults(seen: dict[str, Any], count: int, asked: int, sink: Sink) -> list[str]:
    """What is not as it should be."""
    as_many = (
        "published", "items", "moves", "ideas_moved", "ideas_answered", "journal", "journal_ideas", "events",
        "authors_told", "authors_told_of", "authors_mailed", "authors_mailed_of",
    )  # fmt: skip
    found = [f"{name} {seen[name]}" for name in as_many if seen[name] != count]
    found += [f"{name} {seen[name]}" for name in ("waiting", "refused", "wrong_counters") if seen[name]]
    if seen["batches"] != asked:
        found.append(f"batches {seen['batches']} of {asked}")
    if not seen["mails"] == seen["mails_of_day"] == len(sink.ids):
        found.append(f"mails {seen['mails']}, of the day {seen['mails_of_day']}, received {len(sink.ids)}")
    return found


def main() -> int:
    words = sys.argv[1:]
    if words and words[0] in ("seed", "seen"):
        import django

        django.setup()
        print(json.dumps(seed(int(words[1])) if words[0] == "seed" else seen_in_database()))
        return 0
    from aiosmtpd.controller import Controller

    count, sink = int(words[0]) if words else 400, Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=server._free_port())
    controller.start()
    server.fresh_database(DATABASE, max(1_000, count))
    kit = json.loads(server.python(DATABASE, "bench.publication", "seed", str(count)).splitlines()[-1])
    mails = {"SMTP_URL": f"smtp://127.0.0.1:{controller.port}", "OZELI_MAILS_A_DAY": "10000"}
    begin, asked = time.monotonic(), batches(kit["read"])
    with server.serving(DATABASE, **mails) as running:
        publisher = Publisher(running, kit["session"])
        for read in asked:
            publisher.publish(read)
        seconds = time.monotonic() - begin
        deadline = time.monotonic() + SETTLED_WITHIN
        while (seen := _seen())["waiting"] and time.monotonic() < deadline:
            time.sleep(2)
    controller.stop()
    wrong = faults(seen, count, len(asked), sink)
    resent = sum(times - 1 for times in sink.ids.values())
    print(
        f"{count} décisions en {len(asked)} lots, {seconds:.0f} s, {sum(publisher.killed.values())} kill -9"
        f" ({dict(publisher.killed)}), {publisher.again} renvois ; {len(sink.ids)} courriels distincts reçus,"
        f" {resent} réexpédié(s) sous le même Message-ID\n{json.dumps(seen)}\n{wrong or 'ni perte ni double'}"
    )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

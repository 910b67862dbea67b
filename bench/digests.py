"""The digests of a whole network: `python -m bench.digests [--people 150000] [--seconds 90] [--whole]`.

In a database of its own: people who each have news pending on five ideas among a thousand. First the writing alone, in
one process that never rests: its ceiling. Then, as in life, `ozeli serve` with its worker writing and sending (to a
server that keeps nothing: composing is counted, SMTP is not), while one reader goes through pages; the same pages are
read before, for comparison. Prints people a second, minutes for all (measured with `--whole`, else projected from the
window), and what the pages lose.
"""

import argparse
import json
import subprocess
import sys
import time
from itertools import cycle, islice
from typing import Any

from . import client, server
from .__main__ import as_bytes, requests_of

DATABASE = "oz_bench_digests"
IDEAS = 1_000
NEWS = 5
ROUND = 60  # requests between two looks at the clock

FILL = (
    """
    insert into accounts_user (email, display_name, sort_name, organisation_id, password, job_family, is_manager,
                               is_active, joined_at)
    select 'p' || i || '@bench.test', 'Personne ' || i, 'personne ' || i, o.id, '!', '', false, true, now()
    from generate_series(1, %(people)s) i join network_organisation o on o.code = 'o' || i %% 100
    """,
    """
    insert into accounts_membership (user_id, profile_id)
    select u.id, p.id from accounts_user u cross join accounts_profile p
    where p.code = 'reader' and u.email like 'p%%@bench.test'
    """,
    """
    insert into activity_event (type, kind, object_id, at, data, is_fanned_out, sweeps, error)
    select (array['idea.open_debate', 'idea.study', 'idea.commented'])[1 + n %% 3], 'idea', i.id, now(), '{}', true,
           0, ''
    from (select id, row_number() over () n from ideas_idea) i
    """,
    """
    insert into activity_notification (event_id, user_id, text, url, at)
    select e.id, u.id, 'L’idée « ' || e.id || ' » est mise à l’étude', '/idees/', now()
    from (select id, row_number() over (order by id) n from accounts_user where email like 'p%%@bench.test') u
    cross join generate_series(0, %(news)s - 1) k
    join (select id, row_number() over (order by id) n from activity_event) e
    on e.n = 1 + (u.n * 7 + k * 211) %% %(ideas)s
    """,
    """
    insert into activity_digestitem (notification_id, user_id, topic, pace, is_action)
    select n.id, n.user_id, e.type, 'daily', false
    from activity_notification n join activity_event e on e.id = n.event_id
    """,
)


# --- in the bench database, in a process of its own -------------------------------------------------------------------


def fill(people: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, {"people": people, "news": NEWS, "ideas": IDEAS})
        cursor.execute("vacuum analyze")


def write_alone(seconds: int) -> None:
    """Write for some seconds without rest, then take everything back."""
    from django.db import connection

    from ozeli.activity import digests
    from ozeli.activity.models import DigestItem, DigestRun, MailDay, OutgoingMail
    from ozeli.core import clock

    run = DigestRun.objects.create(period=clock.today(), is_weekly=True, started_at=clock.now())
    began, longest, cpu = time.monotonic(), 0.0, _cpu_here()
    while time.monotonic() - began < seconds:
        batch = time.monotonic()
        if digests.write_batch(run.period):
            break
        longest = max(longest, time.monotonic() - batch)
    wall, cpu = time.monotonic() - began, _cpu_here() - cpu
    run.refresh_from_db()
    sent, sending, sending_cpu = _send_alone(seconds)
    print(
        json.dumps(
            {"people": run.people, "wall": wall, "longest": longest, "cpu": cpu}
            | {"sent": sent, "sending": sending, "sending_cpu": sending_cpu}
        )
    )
    DigestItem.objects.filter(mail__isnull=False).update(mail=None)
    OutgoingMail.objects.all().delete()
    MailDay.objects.all().delete()
    # Over, as far as the worker is concerned, until the measure begins.
    DigestRun.objects.update(ended_at=clock.now(), after=0, people=0)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


def _send_alone(seconds: int) -> tuple[int, float, float]:
    """Compose and send for some seconds, without rest, to a server that keeps nothing: mails, seconds, CPU."""
    from django.db import transaction

    from ozeli.activity import delivery, letters, selectors

    began, cpu, sent = time.monotonic(), _cpu_here(), 0
    with delivery.mail_server() as mail_server:
        while time.monotonic() - began < seconds and (mails := selectors.ready_digests()):
            prepared = letters.ready(mails)
            for mail_id in mails:
                with transaction.atomic():
                    delivery.deliver(mail_id, mail_server, prepared[mail_id])
            sent += len(mails)
    return sent, time.monotonic() - began, _cpu_here() - cpu


def _cpu_here() -> float:
    """CPU seconds so far of this process and of the PostgreSQL process that serves it."""
    from django.db import connection

    connection.ensure_connection()
    return time.process_time() + server._cpu(connection.connection.info.backend_pid)


def begin() -> None:
    from ozeli.activity.models import DigestRun
    from ozeli.activity.tasks import write_digests

    DigestRun.objects.update(ended_at=None)
    run = DigestRun.objects.get()
    write_digests.defer(period=run.period.isoformat())


def state() -> None:
    from ozeli.activity.models import DigestRun, OutgoingMail

    run = DigestRun.objects.get()
    sent = OutgoingMail.objects.filter(status="sent").count()
    failed = OutgoingMail.objects.exclude(status__in=("sent", "waiting")).count()
    print(
        json.dumps({"written": run.people, "over": run.ended_at is not None, "sent": sent, "failed": failed})
    )


# --- the measure ------------------------------------------------------------------------------------------------------


def ask(*words: str) -> Any:
    printed = server.python(DATABASE, "bench.digests", *words).strip()
    return json.loads(printed) if printed else None


def read_pages(port: int, source: Any, seconds: float) -> dict[str, float]:
    """One reader, page after page: requests a second, p50 and p95."""
    spent: list[float] = []
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        requests = [as_bytes(request) for request in islice(source, ROUND)]
        spent += client.run(port, requests, clients=1, expected=(200,)).seconds
    wall = time.monotonic() - began
    spent.sort()
    return {
        "rps": len(spent) / wall,
        "p50": 1000 * spent[len(spent) // 2],
        "p95": 1000 * spent[int(len(spent) * 0.95)],
    }


def pages(kit: dict[str, Any]) -> Any:
    """The list, a sheet, the home, in turn, without end."""
    sources = requests_of(kit)
    turn = cycle([sources["idea_list"], sources["idea_page"], sources["home"]])
    return (next(source) for source in turn)


def show(name: str, found: dict[str, float]) -> None:
    print(
        f"{name:>26} {found['rps']:6.1f} pages/s  p50 {found['p50']:5.1f} ms  p95 {found['p95']:5.1f} ms",
        flush=True,
    )


def measure(people: int, seconds: int, whole: bool) -> None:
    began = time.monotonic()
    kit = server.fresh_database(DATABASE, IDEAS)
    ask("--fill", str(people))
    print(f"{people} personnes, {NEWS} nouvelles chacune, en {time.monotonic() - began:.0f} s.", flush=True)
    alone = ask("--alone", "30")
    rate = alone["people"] / alone["wall"]
    print(
        f"Écriture seule : {rate:.0f} personnes/s, {people / rate / 60:.1f} min pour toutes,"
        f" lot le plus long {alone['longest']:.2f} s,"
        f" {1000 * alone['cpu'] / max(alone['people'], 1):.2f} ms de processeur par personne (base comprise).",
        flush=True,
    )
    rate = alone["sent"] / alone["sending"]
    print(
        f"Composition et envoi seuls : {rate:.0f} courriels/s, {people / rate / 60:.1f} min pour tous,"
        f" {1000 * alone['sending_cpu'] / max(alone['sent'], 1):.2f} ms de processeur par courriel (base comprise).",
        flush=True,
    )
    with server.serving(DATABASE) as running:
        source = pages(kit)
        read_pages(running.port, source, 5)
        before = read_pages(running.port, source, seconds / 3)
        show("pages avant", before)
        ask("--begin")
        time.sleep(8)  # the first job is taken, the first digests leave
        first, began = ask("--state"), time.monotonic()
        during = read_pages(running.port, source, seconds)
        last, wall = ask("--state"), time.monotonic() - began
        show("pages pendant", during)
        slowed = 100 * (during["p50"] / before["p50"] - 1)
        print(
            f"Ralentissement : {slowed:+.0f} % (médiane), {100 * (1 - during['rps'] / before['rps']):+.0f} % (débit)"
        )
        for word, label in (("written", "écrits"), ("sent", "partis")):
            rate = (last[word] - first[word]) / wall
            projected = (
                f"{people / rate / 60:.1f} min pour tous (projeté)" if rate else "fini avant la fenêtre"
            )
            print(f"Résumés {label} : {rate:.0f}/s, {projected}", flush=True)
        while whole and not (last["over"] and last["sent"] + last["failed"] >= last["written"]):
            time.sleep(5)
            last = ask("--state")
        if whole:
            print(
                f"Tous partis : {last['sent']} en {(time.monotonic() - began + 8) / 60:.1f} min,"
                f" {last['failed']} sans objet."
            )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=150_000)
    options.add_argument("--seconds", type=int, default=90)
    options.add_argument("--whole", action="store_true", help="attend que le dernier résumé soit parti")
    options.add_argument("--fill", type=int, help=argparse.SUPPRESS)
    options.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    options.add_argument("--begin", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--state", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    inside = asked.fill or asked.alone or asked.begin or asked.state
    if not inside:
        measure(asked.people, asked.seconds, asked.whole)
        return
    import django

    django.setup()
    if asked.fill:
        fill(asked.fill)
    elif asked.alone:
        write_alone(asked.alone)
    elif asked.begin:
        begin()
    else:
        state()


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{' '.join(error.cmd[2:])} : {error.returncode}")

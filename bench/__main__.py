"""`python -m bench [quick|full]`: the figures of the quality document, on this machine.

Each line is a kind of request, sent by fifty signed-in agents over four kept-alive connections to `ozeli serve`
(web, worker and database running): `p50_ms`, `p95_ms`, `rps`. `cpu_ms` is the CPU of the web processes and of
PostgreSQL for one request, on one connection, since two busy threads of a core slow each other: the least of five
slices, since whatever shares the machine only adds. The worker's own is left out, and no job of an earlier measure is
left when one begins. The floor is a page with a template and one query on the same server, measured in the same run.
"""

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlencode

from . import client, server

CSRF = "b" * 32
SIZES = {"quick": [100, 1_000], "full": [100, 1_000, 10_000]}
COUNTS = {"quick": 200, "full": 600}
SLICES = 5
MILLION = 1_000_000
WORDS = (
    "rendez-vous manqué",
    "courrier illisible",
    "aidant",
    "télétravail",
    "formulaire médecin",
    "indu notification",
)
LIST_NAMES = ("floor", "idea_list", "idea_list_filtered", "idea_list_deep")

Request = tuple[str, str, dict[str, str], str]


def requests_of(kit: dict[str, Any]) -> dict[str, Iterator[Request]]:
    """For each name: (method, path, fields, session), without end."""
    sessions, pages, votes, words = (
        cycle(kit["sessions"]),
        cycle(kit["pages"]),
        cycle(kit["votes"]),
        cycle(WORDS),
    )

    def get(path: Callable[[], str]) -> Iterator[Request]:
        while True:
            yield "GET", path(), {}, next(sessions)

    def comments() -> Iterator[Request]:
        while True:
            fields = {"body": "Chez nous aussi, le délai a doublé.", "idempotency_key": str(uuid.uuid4())}
            yield "POST", next(pages) + "commentaires/", fields, next(sessions)

    def ballots() -> Iterator[Request]:
        while True:  # each agent votes, then takes the vote back: every request writes
            path, session = next(votes) + "vote/", next(sessions)
            yield "POST", path, {"want": "1"}, session
            yield "POST", path, {"want": "0"}, session

    return {
        "floor": get(lambda: "/plancher/"),
        "home": get(lambda: "/"),
        "idea_list": get(lambda: "/idees/"),
        "idea_list_filtered": get(lambda: f"/idees/?{kit['filter']}"),
        "idea_list_deep": get(lambda: f"/idees/?{kit['deep']}"),
        "idea_page": get(lambda: next(pages)),
        "search": get(lambda: "/recherche/?" + urlencode({"q": next(words)})),
        "post_comment": comments(),
        "post_vote": ballots(),
    }


def as_bytes(request: Request) -> bytes:
    method, path, fields, session = request
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ozeli_session={session}; ozeli_csrf={CSRF}\r\n"
        "Accept: text/html\r\nAccept-Encoding: gzip\r\n"
    )
    if method == "GET":
        return f"{head}\r\n".encode()
    body = urlencode(fields | {"csrfmiddlewaretoken": CSRF}, doseq=True).encode()
    head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def measure(
    name: str, n: int, running: server.Server, source: Iterator[Request], count: int
) -> dict[str, Any]:
    """One row: warm up, then send `count` requests and read the clocks around them."""
    expected = (200,) if name not in ("post_comment", "post_vote") else (200, 302, 303)
    client.run(running.port, [as_bytes(r) for r in islice(source, 30)], clients=4, expected=expected)
    requests = [as_bytes(request) for request in islice(source, count)]
    running.wait_for_jobs()
    load = client.run(running.port, requests, clients=4, expected=expected)
    slices = [[as_bytes(request) for request in islice(source, count // SLICES)] for _ in range(SLICES)]
    return {
        "name": name,
        "n": n,
        "cpu_ms": min(_cpu_ms(running, requests, expected) for requests in slices),
        "p50_ms": round(1000 * load.seconds[count // 2], 2),
        "p95_ms": round(1000 * load.seconds[int(count * 0.95)], 2),
        "rps": round(count / load.wall, 1),
        "queries": None,
        "bytes": load.size,
    }


def _cpu_ms(running: server.Server, requests: list[bytes], expected: tuple[int, ...]) -> float:
    """The CPU of one request, in ms: web processes and PostgreSQL, on one connection."""
    running.wait_for_jobs()
    before = running.cpu()
    client.run(running.port, requests, clients=1, expected=expected)
    return round(1000 * (running.cpu() - before) / len(requests), 2)


def query_counts(name: str, sources: dict[str, Iterator[Request]]) -> dict[str, int]:
    asked = [(label, next(source), next(source)) for label, source in sources.items()]
    done = subprocess.run(
        [sys.executable, "-m", "bench.queries"], input=json.dumps(asked), env=server.environment(name), cwd=server.ROOT,
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def bench(
    n: int, count: int, names: tuple[str, ...] | None = None
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows of a database of `n` ideas, and the start and memory of its server."""
    database = f"oz_bench_{n}"
    kit = server.fresh_database(database, n)
    sources = {name: source for name, source in requests_of(kit).items() if names is None or name in names}
    queries = query_counts(database, sources)
    with server.serving(database) as running:
        rows = [measure(name, n, running, source, count) for name, source in sources.items()]
        facts = {
            "n": n,
            "start_s": round(running.start_seconds, 2),
            "worker_mb": [round(mb) for mb in running.resident()],
        }
    for row in rows:
        row["queries"] = queries[row["name"]]
    return rows, facts


def show(rows: list[dict[str, Any]]) -> None:
    columns = ("name", "n", "cpu_ms", "p50_ms", "p95_ms", "rps", "queries", "bytes")
    print("".join(f"{column:>{20 if column == 'name' else 10}}" for column in columns))
    for row in rows:
        print("".join(f"{row[column]!s:>{20 if column == 'name' else 10}}" for column in columns), flush=True)


def main() -> None:
    mode = sys.argv[1] if len(sys.argv) > 1 else "full"
    every: list[dict[str, Any]] = []
    for n in SIZES[mode]:
        rows, facts = bench(n, COUNTS[mode])
        show(rows)
        print(f"démarrage {facts['start_s']} s, mémoire des processus web {facts['worker_mb']} Mo\n")
        every += rows
    if mode == "full":
        rows, _facts = bench(MILLION, COUNTS[mode], LIST_NAMES)
        show(rows)
        every += rows
    from . import projects

    rows = projects.rows_for(mode)
    show(rows)
    every += rows
    path = server.ROOT / "var" / "bench.json"
    path.write_text(json.dumps(every, indent=1))
    print(f"\nÉcrit : {path}")
    if server.os.environ.get("OZELI_REAL_DATA"):
        print(server.python(f"oz_bench_{SIZES[mode][0]}", "bench.lookalikes"))
    else:
        print("Ressemblances sur les propositions réelles : non mesurées (OZELI_REAL_DATA n’est pas donnée).")


if __name__ == "__main__":
    main()

"""`python -m bench.challenge`: a challenge of 10,000 ideas and 200,000 votes, on this machine.

Its list (first and deep page, by chance while one votes), a vote, its results: rows of `bench`, over HTTP against
`ozeli serve`. Then two hundred simultaneous votes of one person, and fifty at once over twenty ideas where each has
five votes: what the database then holds, without an error on the way. Ends with 1 when it is not what it should be.
"""

import json
import sys
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from . import client, server
from .__main__ import Request, as_bytes, measure, query_counts, show

IDEAS = 10_000
COUNT = 300
DATABASE = "oz_bench_challenge"
AT_ONCE = 200
UNDER_QUOTA = 50
EXPECTED = {"votes_of_one_person": 1, "given_of_the_quota": 5, "spent": 5, "counter_is_exact": True}


def _get(path: str, sessions: Iterator[str]) -> Iterator[Request]:
    while True:
        yield "GET", path, {}, next(sessions)


def _votes(pages: Iterator[str], sessions: Iterator[str]) -> Iterator[Request]:
    while True:  # each agent votes, then takes the vote back: every request writes
        path, session = next(pages) + "vote/", next(sessions)
        yield "POST", path, {"want": "1"}, session
        yield "POST", path, {"want": "0"}, session


def _seed(step: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(server.python(DATABASE, "bench.challenge_seed", step).splitlines()[-1])
    return told


def _races(running: server.Server, sessions: list[str], kit: dict[str, Any]) -> None:
    """Votes sent at once: any answer but a page, a redirect or a refusal stops the bench."""
    one: list[Request] = [("POST", f"{kit['small'][0]}vote/", {"want": "1"}, sessions[0])] * AT_ONCE
    many: list[Request] = [
        ("POST", f"{kit['small'][n % len(kit['small'])]}vote/", {"want": "1"}, sessions[1])
        for n in range(UNDER_QUOTA)
    ]
    for requests in (one, many):
        raw = [as_bytes(request) for request in requests]
        client.run(running.port, raw, clients=len(raw), expected=(200, 302, 409))


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    sessions = server.fresh_database(DATABASE, IDEAS)["sessions"]
    kit, turn = _seed("seed"), cycle(sessions)
    print(f"{IDEAS} idées, {kit['votes']} votes")
    sources = {
        "floor": _get("/plancher/", turn),
        "challenge_list": _get("/defis/banc/idees/", turn),
        "challenge_deep": _get(f"/defis/banc/idees/?page={kit['deep']}", turn),
        "challenge_page": _get("/defis/banc/", turn),
        "post_vote": _votes(cycle(kit["pages"]), turn),
    }
    queries = query_counts(DATABASE, sources)
    with server.serving(DATABASE) as running:
        rows = [measure(name, IDEAS, running, source, count) for name, source in sources.items()]
        _races(running, sessions, kit)
        running.wait_for_jobs()
    _seed("results")
    results = {"challenge_results": _get("/defis/banc/resultats/", turn)}
    queries |= query_counts(DATABASE, results)
    with server.serving(DATABASE) as running:
        rows += [measure(name, IDEAS, running, source, count) for name, source in results.items()]
    for row in rows:
        row["queries"] = queries[row["name"]]
    show(rows)
    told = _seed("check")
    print(json.dumps(told, indent=1))
    wrong = {name: told[name] for name, value in EXPECTED.items() if told[name] != value}
    if wrong:
        print(f"faux\u00a0: {wrong}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

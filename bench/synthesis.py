"""`python -m bench.synthesis [n]`: a synthesis of sixty projects, written and published in a base of n (100,000).

With `keep` after the number, the base is not made anew.

Its draft is written as the page does, its files are made as the job does, in one process; the CPU counts PostgreSQL and
the process that sets the PDF. The row joins `var/bench.json`. Ends with 1 when the files take more than ten seconds of
CPU, or when they are not what they should be.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from . import server

DATABASE = "oz_bench_synthesis"
PROJECTS = 100_000
PAGES = 60
MOST_SECONDS = 10.0


def write() -> None:
    """Write and publish a synthesis; print what each part took, in JSON."""
    import django

    django.setup()
    from django.db import connection

    from ozeli.accounts.models import Membership, Profile, User
    from ozeli.projects.selectors import synthesis as selectors
    from ozeli.projects.services import synthesis, synthesis_publication

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (backend,) = cursor.fetchone()
    actor = User.objects.order_by("pk")[0]
    Membership.objects.get_or_create(
        user=actor, profile=Profile.objects.get(code="contributor"), organisation=None
    )
    told: dict[str, Any] = {}

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        started, ours, theirs = time.monotonic(), _ours(), server._cpu(backend)
        yield
        cpu = _ours() - ours + server._cpu(backend) - theirs
        told[name] = {"wall": time.monotonic() - started, "cpu": cpu}

    values = {
        "scope": "network",
        "audience": "network",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 6, 30),
    }
    with timed("draft"):
        made = synthesis.create(values, actor=actor)
    with timed("pages"):
        left = PAGES - made.sections.filter(project__isnull=False).count()
        chosen = selectors.candidates(made, "").values_list("pk", flat=True)[:left]
        synthesis.add_pages(made, list(chosen), actor=actor)
    synthesis.publish(made, actor=actor, version=1)
    with timed("files"):
        synthesis_publication.make(made.pk)
    told["sizes"] = dict(made.files.values_list("format", "size"))
    told["pages_made"] = made.sections.filter(project__isnull=False).count()
    peak: Callable[[int], float] = lambda who: resource.getrusage(who).ru_maxrss / 1024  # noqa: E731
    told["peak_mb"] = [peak(resource.RUSAGE_SELF), peak(resource.RUSAGE_CHILDREN)]
    print(json.dumps(told))


def _ours() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def main() -> None:
    if sys.argv[1:] == ["write"]:
        write()
        return
    n = int(sys.argv[1]) if len(sys.argv) > 1 else PROJECTS
    if sys.argv[2:] != ["keep"]:
        server.fresh_database(DATABASE, 100)
        server.python(DATABASE, "bench.project_seed", str(n))
    told = json.loads(server.python(DATABASE, "bench.synthesis", "write").splitlines()[-1])
    for name in ("draft", "pages", "files"):
        print(f"  {name} : {told[name]['wall']:.1f} s, CPU {told[name]['cpu']:.2f} s")
    print(f"  {told['pages_made']} pages de projet, {told['sizes']}, mémoire {told['peak_mb']} Mo")
    row = {
        "name": "synthesis_files",
        "n": told["pages_made"],
        "p50_ms": None,
        "p95_ms": None,
        "queries": None,
        "bytes": told["sizes"].get("pdf"),
        "cpu_ms": round(1000 * told["files"]["cpu"], 1),
        "rps": round(1 / told["files"]["wall"], 2),
    }
    kept = server.ROOT / "var" / "bench.json"
    others = json.loads(kept.read_text()) if kept.exists() else []
    kept.write_text(json.dumps([one for one in others if one["name"] != row["name"]] + [row], indent=1))
    if told["files"]["cpu"] > MOST_SECONDS or set(told["sizes"]) != {"pdf", "docx"}:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

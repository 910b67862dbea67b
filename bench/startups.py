"""`python -m bench.startups`: how fast the real startups become projects, found by the search (needs OZELI_REAL_DATA).

The import is run as the command does, twice: a new base, then nothing to change; plan, writing and indexing, on one
process and its one connection. `rps` are lines by second as the clock says; the CPU, that of PostgreSQL included, tells
the rate of a machine that does nothing else. The rows join `var/bench.json`.
"""

import io
import json
import os
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from . import server

DATABASE = "oz_bench_startups"
FILE = "betagouv_startups.jsonl"


def load(path: str) -> None:
    """Import the file as the command does; print what it took, in JSON."""
    import django

    django.setup()
    from django.db import connection

    from ozeli.transfers.command import run

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (backend,) = cursor.fetchone()
    said = io.StringIO()
    started, cpu, base = time.monotonic(), time.process_time(), server._cpu(backend)
    with redirect_stdout(said):
        code = run(["startups", path])
    wall, ours = time.monotonic() - started, time.process_time() - cpu
    theirs, last = server._cpu(backend) - base, said.getvalue().splitlines()[-1]
    print(json.dumps({"code": code, "last": last, "wall": wall, "cpu": ours + theirs}))


def measure(path: Path) -> list[dict[str, Any]]:
    """A row for the first import, and one for the second."""
    server.fresh_database(DATABASE, 100)
    rows = []
    for name in ("startups", "startups_again"):
        told = json.loads(server.python(DATABASE, "bench.startups", str(path)).splitlines()[-1])
        n = int(told["last"].split()[0])
        print(f"{told['last']}\n  {told['wall']:.1f} s, {n / told['wall']:.0f} lignes par seconde")
        print(f"  CPU {told['cpu']:.2f} s, soit {n / told['cpu']:.0f} par seconde de CPU", flush=True)
        if told["code"]:
            raise SystemExit("l’import a été refusé")
        row = {
            "name": name,
            "n": n,
            "cpu_ms": round(1000 * told["cpu"] / n, 2),
            "rps": round(n / told["wall"], 1),
        }
        rows.append({"p50_ms": None, "p95_ms": None, "queries": None, "bytes": None} | row)
    return rows


def main() -> None:
    if len(sys.argv) > 1:
        load(sys.argv[1])
        return
    path = Path(os.environ.get("OZELI_REAL_DATA", "")) / FILE
    if not path.is_file():
        raise SystemExit("OZELI_REAL_DATA ne mène pas aux startups réelles : rien n’est mesuré.")
    rows = measure(path)
    kept = server.ROOT / "var" / "bench.json"
    others = json.loads(kept.read_text()) if kept.exists() else []
    names = {row["name"] for row in rows}
    kept.write_text(json.dumps([one for one in others if one["name"] not in names] + rows, indent=1))


if __name__ == "__main__":
    main()

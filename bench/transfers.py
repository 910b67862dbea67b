"""`python -m bench.transfers [rows]`: what a long export weighs, and how fast real files are imported.

The export is done as its job does it, in a process of its own, on a base of `rows` ideas (100,000 by default); its
peak memory is that of the whole process. The import needs OZELI_REAL_DATA: plan, writing and indexing, on one
process and its one connection; their CPU tells the rate of a machine that does nothing else.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import server

DATABASE = "oz_bench_transfers"
FILES = (
    ("organisations", "organismes.csv"),
    ("ideas", "ideas_republique_numerique.jsonl"),
    ("ideas", "ideas_revenu_universel_activite.jsonl"),
)


def export(fmt: str) -> None:
    """Write every idea to a file, and say what it took."""
    import django

    django.setup()
    from django.http import QueryDict

    from ozeli.accounts.models import User
    from ozeli.core.exports import exports, write_csv, write_xlsx

    user = User.objects.order_by("pk").first()
    one = exports["ideas"]
    resting, started = _peak(), time.monotonic()
    with tempfile.TemporaryFile() as file:
        rows = one.rows(user, QueryDict(""))
        count = (write_xlsx if fmt == "xlsx" else write_csv)(file, one.titles, rows)
        size = file.tell()
    seconds = time.monotonic() - started
    memory = f"peak memory {_peak()} MB ({_peak() - resting} MB more)"
    print(f"{fmt}: {count} rows, {size // 2**20} MB, {seconds:.1f} s, {memory}")


def load(what: str, path: str) -> None:
    """Import a file as the command does, and say what it took."""
    import django

    django.setup()

    from django.db import connection

    from ozeli.transfers.command import run

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (backend,) = cursor.fetchone()
    started, cpu, base = time.monotonic(), time.process_time(), server._cpu(backend)
    run([what, path, "--partial"])
    ours, theirs, wall = time.process_time() - cpu, server._cpu(backend) - base, time.monotonic() - started
    print(f"  {wall:.1f} s, CPU {ours:.1f} s and {theirs:.1f} s of PostgreSQL, peak memory {_peak()} MB")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    if len(sys.argv) > 2:
        {"export": export, "import": load}[sys.argv[1]](*sys.argv[2:])
        return
    server.fresh_database(DATABASE, int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    for fmt in ("csv", "xlsx"):
        _run("export", fmt)
    if real := os.environ.get("OZELI_REAL_DATA"):
        for what, name in FILES:
            _run("import", what, str(Path(real) / name))


def _run(*words: str) -> None:
    command = [sys.executable, "-m", "bench.transfers", *words]
    said = subprocess.run(
        command,
        env=server.environment(DATABASE),
        cwd=server.ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.splitlines()
    print("\n".join(line for line in said if not line.startswith("  ligne ") and "←" not in line), flush=True)


if __name__ == "__main__":
    main()

"""`python -m bench.projects [n]`: the list, the sheet and the file of 100,000 projects and 400,000 stage reports.

The list is asked with each criterion of the advanced search alone, then by three at once, over HTTP as `bench` does;
the file is made as its job makes it, and its peak memory is that of the whole process. With `keep` after the number,
the base is not made anew. Ends with 1 when a figure is past what it should be.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from urllib.parse import quote

from . import server
from .__main__ import Request, measure, query_counts, show
from .transfers import _peak

PROJECTS, QUICK = 100_000, 1_000
# The rows kept in var/bench.json: the plain ones, then the costliest of one and of three criteria.
KEPT = ("project_list", "project_page", "consolidation")
WORST = ("project_list_one", "project_list_three")
COUNT = 150
DATABASE = "oz_bench_projects"
# One criterion of the list each: usual values, and rare ones, which walk further.
ONE = (
    "mots=courrier", "statut=en-cours", "statut=gele", "statut=finis", "organisme=Caisse 7", "partenaire=Caisse 8",
    "direction=Direction 7", "branche=b2", "domaine=d3", "domaine=d3&rubrique=d3-3", "domaine=sans", "declencheur=defi",
    "declencheur=orientation-strategique", "motcle=courrier", "motcle=rare 12", "nature=startup", "parcours=essai-3",
    "etape=plan", "etape=acceleration", "atteinte=validation", "franchie=construction", "lente=challenge", "passees=3",
    "passees=6", "avancement_min=90", "avancement_max=10", "retard=oui", "retard=bientot", "retard=sans",
    "meteo=orage", "cause=cadre-juridique", "suite=transfere", "issue=deploy", "annee=2024", "annee=sans",
    "debut_du=2026-08-01", "debut_au=2023-10-01", "fin_du=2026-12-01&fin_au=2026-12-10", "fini_du=2026-11-10",
    "silence=365", "lien=miens", "lien=suivis", "lien=sans-porteur", "tri=echeance", "tri=avancement", "tri=creation",
    "colonnes=statut,etape,avancement,meteo,porteur,organisme,domaine,fin",
)  # fmt: skip
THREE = (
    "statut=en-cours&domaine=d3&meteo=orage",
    "branche=b2&declencheur=defi&avancement_min=60",
    "statut=abandonne&cause=cadre-juridique&annee=2024",
    "organisme=Caisse 7&parcours=poc-7&retard=oui",
    "etape=plan&motcle=courrier&direction=Direction 7",
    "passees=6&lente=challenge&nature=poc",
    "domaine=d3&fin_du=2026-12-01&fin_au=2027-03-01&silence=90",
)
# In ms of CPU, queries and MB (issue of the projects).
MOST = {
    "project_list": 12.0, "project_list_one": 12.0, "project_list_three": 30.0, "project_page": 15.0,
    "consolidation": 100.0,
}  # fmt: skip
# Asked now and then, by the desk alone: those without anybody are looked for among all.
APART = ("lien=sans-porteur",)
MOST_QUERIES, MOST_MB = 15, 100


def _get(path: str, sessions: Iterator[str]) -> Iterator[Request]:
    while True:
        yield "GET", path, {}, next(sessions)


def _pages(paths: Iterator[str], sessions: Iterator[str]) -> Iterator[Request]:
    while True:
        yield "GET", next(paths), {}, next(sessions)


def prepare(n: int) -> dict[str, Any]:
    """A base of `n` projects, and what the client needs; kept beside, for another run on the same base."""
    kit = server.fresh_database(DATABASE, 100)
    kit |= json.loads(server.python(DATABASE, "bench.project_seed", str(n)).splitlines()[-1])
    _kit_file().write_text(json.dumps(kit))
    return kit


def _kit_file() -> Any:
    return server.ROOT / "var" / "bench" / f"{DATABASE}.json"


def sources(kit: dict[str, Any]) -> dict[str, Iterator[Request]]:
    turn = cycle(kit["sessions"])
    plain = {
        "floor": _get("/plancher/", turn),
        "project_list": _get("/projets/", turn),
        "project_list_deep": _get(f"/projets/?page={kit['deep']}", turn),
        "project_page": _pages(cycle(kit["pages"]), turn),
        "project_board": _get("/projets/tableau/", turn),
        "project_search": _get("/projets/recherche/", turn),
        "consolidation": _get("/projets/consolidation/", turn),
        "consolidation_year": _get("/projets/consolidation/?annee=2025", turn),
        "consolidation_domain": _get("/projets/consolidation/?domaine=d3", turn),
        "consolidation_stages": _get("/projets/consolidation/etapes/", turn),
    }
    asked = {one: _get(f"/projets/?{quote(one, safe='=&,')}", turn) for one in (*ONE, *THREE)}
    return plain | asked


def export(fmt: str) -> None:
    """Write every project to a file, and say what it took."""
    import django

    django.setup()
    from django.http import QueryDict

    from ozeli.accounts.models import User
    from ozeli.core.exports import exports, write_csv, write_xlsx

    one, user = exports["projects"], User.objects.order_by("pk").first()
    started = time.monotonic()
    with tempfile.TemporaryFile() as file:
        count = (write_xlsx if fmt == "xlsx" else write_csv)(file, one.titles, one.rows(user, QueryDict("")))
        size = file.tell()
    told = {"format": fmt, "rows": count, "mb": size >> 20, "s": round(time.monotonic() - started, 1)}
    print(json.dumps(told | {"peak_mb": _peak()}))


def _export(fmt: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.projects", "export", fmt],
        env=server.environment(DATABASE), cwd=server.ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def bench(n: int, count: int, kit: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a base of `n` projects: the plain ones, then the costliest of one and of three criteria."""
    asked = sources(kit)
    queries = query_counts(DATABASE, asked)
    with server.serving(DATABASE) as running:
        rows = [measure(name, n, running, source, count) for name, source in asked.items()]
    for row in rows:
        row["queries"] = queries[row["name"]]
    for name, among in zip(WORST, (ONE, THREE), strict=True):
        told = [row for row in rows if row["name"] in among and row["name"] not in APART]
        worst = max(told, key=lambda row: row["cpu_ms"])
        rows.append(worst | {"name": name, "of": worst["name"]})
    return rows


def rows_for(mode: str) -> list[dict[str, Any]]:
    """What `bench` keeps: the list, a sheet and the consolidation; the criteria too when it takes its time."""
    if mode == "quick":
        kit = prepare(QUICK)
        asked = {name: one for name, one in sources(kit).items() if name in KEPT}
        queries = query_counts(DATABASE, asked)
        with server.serving(DATABASE) as running:
            rows = [measure(name, QUICK, running, source, COUNT) for name, source in asked.items()]
        return [row | {"queries": queries[row["name"]]} for row in rows]
    rows = bench(PROJECTS, COUNT, prepare(PROJECTS))
    return [row for row in rows if row["name"] in (*KEPT, *WORST)]


def past(rows: list[dict[str, Any]]) -> list[str]:
    """What is not as it should be, in words."""
    told = {row["name"]: row for row in rows}
    slow = [
        f"{name}: {told[name]['cpu_ms']} ms" for name, most in MOST.items() if told[name]["cpu_ms"] > most
    ]
    many = [f"{row['name']}: {row['queries']} queries" for row in rows if row["queries"] > MOST_QUERIES]
    return slow + many


def main() -> int:
    if sys.argv[1:2] == ["export"]:
        export(sys.argv[2])
        return 0
    n = int(sys.argv[1]) if len(sys.argv) > 1 else PROJECTS
    kept = "keep" in sys.argv and _kit_file().exists()
    kit = json.loads(_kit_file().read_text()) if kept else prepare(n)
    print(f"{kit['projects']} projets, {kit['reports']} bilans d’étape")
    rows = bench(n, COUNT, kit)
    show(rows)
    files = [_export(fmt) for fmt in ("csv", "xlsx")]
    print(json.dumps(files))
    wrong = past(rows) + [
        f"{one['format']}: {one['peak_mb']} MB" for one in files if one["peak_mb"] > MOST_MB
    ]
    print("Au-delà du but : " + "; ".join(wrong) if wrong else "Tout est sous le but.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

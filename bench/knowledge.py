"""`python -m bench.knowledge [n] [keep]`: what stages taught, at 100,000 projects and 400,000 reports of Zipf's words.

Every report is told and indexed. The pages are asked in this process, for an agent of one body: ms of CPU in Python and
in PostgreSQL, and queries, on the average; then the look-alikes of a draft and of a stage. `keep` asks the same base.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from . import server

PROJECTS = 100_000
DATABASE = "oz_bench_knowledge"
QUESTIONS = 60
PAGES = (
    "/projets/bilans/", "/projets/bilans/?etape=prototype", "/projets/bilans/?etape=acceleration",
    "/projets/bilans/?methode=entretiens", "/projets/bilans/?methode=passage-relais", "/projets/bilans/?domaine=d3",
    "/projets/bilans/?domaine=d3-3&etape=solution&methode=cinq-pourquoi", "/projets/bilans/?dit=echecs",
    "/projets/methodes/", "/projets/methodes/entretiens/", "/projets/parcours/poc-7/", "/cimetiere/", "/idees/",
    "/cimetiere/essais/",
    "/cimetiere/essais/?cause=legal", "/cimetiere/essais/?cause=sponsor&domaine=d3-3&etape=prototype",
)  # fmt: skip
WORDS = ("/projets/bilans/?mots={}", "/projets/bilans/?etape=prototype&mots={}", "/cimetiere/essais/?mots={}")
# One report in so many names a method; the last one of the catalogue hardly ever.
METHODS = 3
# In ms of CPU (quality document: look-alikes).
MOST_ALIKE = 20.0


def fill() -> None:
    """Give every project and report words of its own, tell all the reports, index everything."""
    import django

    django.setup()
    from django.db import connection

    from .project_seed import _triggers
    from .search_scale import Corpus

    corpus = Corpus(0)
    with connection.cursor() as cursor:
        _triggers(cursor, "disable")
        for table, columns, count in (
            ("projects_project", ("summary",), 40),
            ("projects_stagereport", ("successes", "difficulties", "practices"), 14),
        ):
            cursor.execute(f"select id from {table}")
            keys = [row[0] for row in cursor.fetchall()]
            cursor.execute("create temporary table said (id uuid, one text, two text, three text)")
            with cursor.copy("copy said from stdin") as copy:
                for key in keys:
                    texts = [" ".join(corpus.text(count)) for _ in columns]
                    copy.write_row((key, *texts, *[""] * (3 - len(texts))))
            given = ", ".join(
                f"{name} = said.{at}" for name, at in zip(columns, ("one", "two", "three"), strict=False)
            )
            more = ", is_told = true, written_on = current_date - (hashtext(t.id::text) & 1023)"
            cursor.execute(
                f"update {table} t set {given}{more if 'report' in table else ''} from said where said.id = t.id"
            )
            cursor.execute("drop table said")
        cursor.execute(
            f"""insert into projects_stagereport_methods (stagereport_id, method_id)
                select r.id, m.id from projects_stagereport r join lateral (
                    select id from projects_method order by position
                    offset power((hashtext(r.id::text) & 65535) / 65536.0, 2) * 18 limit 1
                ) m on true where (hashtext(r.id::text || 'm') & 1023) % {METHODS} = 0 on conflict do nothing"""
        )
        _triggers(cursor, "enable")
        cursor.execute("vacuum analyze projects_project")
        cursor.execute("vacuum analyze projects_stagereport")
        cursor.execute("vacuum analyze projects_stagereport_methods")
    _index()


def _index() -> None:
    """The documents of both kinds, as the index keeps them, written at once."""
    from django.db import connection

    from ozeli.core.registry import searchables
    from ozeli.search import store, thesaurus
    from ozeli.search.documents import analyse

    frequencies: Counter[str] = Counter()
    synonyms = thesaurus.current()
    columns = "kind, object, audience, organisation, branch, domain, status, year, score, tier, tsv"

    def documents() -> Iterator[Any]:
        for kind in ("project", "stage_report"):
            batch: list[Any] = []
            for key in searchables[kind].ids():
                batch.append(key)
                if len(batch) == 2_000:
                    yield from searchables[kind].load(batch)
                    batch = []
            yield from searchables[kind].load(batch)

    with connection.cursor() as cursor:
        cursor.execute("truncate search_doc, search_lexeme")
        for tier in store.TIERS:
            cursor.execute(f"drop index if exists search_doc_{tier}_tsv")
        rows = []
        for document in documents():
            one = analyse(document, synonyms)
            frequencies.update(one.words.keys())
            frequencies[""] += 1
            rows.append((document, one.audience, one.tsv))
        # The best scores in the first tiers, as the job that balances them leaves them.
        rows.sort(key=lambda row: -row[0].score)
        with cursor.copy(f"copy search_doc ({columns}) from stdin") as copy:
            for place, (document, audience, tsv) in enumerate(rows):
                tier = 0 if place < store.TOP else 1 if place < store.TOP + store.MIDDLE else 2
                copy.write_row(
                    (document.kind, document.object_id, audience, document.organisation_id, document.branch_id,
                     document.domain_id, document.status, document.year, document.score, tier, tsv)
                )  # fmt: skip
        for tier in store.TIERS:
            cursor.execute(
                f"create index search_doc_{tier}_tsv on search_doc_{tier} using gin (tsv) with (fastupdate = off)"
            )
        with cursor.copy("copy search_lexeme (term, df, word) from stdin") as copy:
            for word, count in frequencies.items():
                copy.write_row((word, count, word))
        cursor.execute("vacuum analyze search_doc")
        cursor.execute("vacuum analyze search_lexeme")


def _backends() -> float:
    """CPU seconds so far of the PostgreSQL processes that work on this base."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pid from pg_stat_activity where datname = current_database()")
        return sum(server._cpu(pid) for (pid,) in cursor.fetchall())


def _timed(name: str, ask: Callable[[], Any], turns: int = QUESTIONS) -> float:
    """Print a row: CPU of this process and of PostgreSQL, and queries, on the average; the sum of both."""
    from django.db import connection

    statements: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    for _ in range(3):
        ask()
    before, start = _backends(), time.process_time()
    with connection.execute_wrapper(watch):
        for _ in range(turns):
            ask()
    python = (time.process_time() - start) * 1000 / turns
    database = (_backends() - before) * 1000 / turns
    print(f"{name:<72} {python:>7.1f} {database:>10.1f} {len(statements) / turns:>8.1f}", flush=True)
    return python + database


def ask() -> None:
    import random

    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from ozeli.accounts.models import User
    from ozeli.projects.models import StageReport
    from ozeli.projects.selectors.similar import similar_reports
    from ozeli.search.cards import sheets_alike

    settings.ALLOWED_HOSTS = ["*"]
    reader = User.objects.filter(memberships__profile__code="reader").order_by("pk").first()
    client = Client()
    client.force_login(reader, backend=settings.AUTHENTICATION_BACKENDS[0])
    reader = User.objects.get(pk=reader.pk)
    draw = random.Random(3)

    def page(address: str) -> None:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    print(f"{'':<72} {'Python':>7} {'PostgreSQL':>10} {'requêtes':>8}")
    for address in PAGES:
        _timed(address, lambda: page(address))  # noqa: B023
    reports = list(
        StageReport.objects.filter(is_told=True)
        .select_related("stage", "project")
        .order_by("pk")[: QUESTIONS * 5]
    )
    for address in WORDS:
        _timed(address, lambda: page(address.format("+".join(draw.choice(reports).practices.split()[:2]))))  # noqa: B023

    def at_stage() -> None:
        one = draw.choice(reports)
        similar_reports(one.project, one.stage, reader)

    def draft() -> None:
        sheets_alike(draw.choice(reports).project.summary, user=reader)

    slow = max(
        _timed("brouillon : fiches ressemblantes", draft), _timed("étape : bilans ressemblants", at_stage)
    )
    if slow > MOST_ALIKE:
        print(f"Les ressemblances passent {MOST_ALIKE:.0f} ms.")
        sys.exit(1)


def main() -> None:
    words = sys.argv[1:]
    if words[:1] in (["fill"], ["ask"]):
        {"fill": fill, "ask": ask}[words[0]]()
        return
    n = int(words[0]) if words else PROJECTS
    if words[1:] != ["keep"]:
        started = time.monotonic()
        server.fresh_database(DATABASE, 100)
        told = json.loads(server.python(DATABASE, "bench.project_seed", str(n)).splitlines()[-1])
        server.python(DATABASE, "bench.knowledge", "fill")
        print(f"{told['projects']} projets, {told['reports']} bilans, en {time.monotonic() - started:.0f} s.")
    done = subprocess.run(
        [sys.executable, "-m", "bench.knowledge", "ask"], env=server.environment(DATABASE), cwd=server.ROOT
    )
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()

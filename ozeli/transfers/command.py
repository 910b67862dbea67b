"""`ozeli import WHAT FILE`: organisations, ideas, projects… the same import as on the screen, for a terminal."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ozeli.accounts.models import User
from ozeli.accounts.selectors import person_at
from ozeli.accounts.services import actor_key
from ozeli.core.errors import Refused
from ozeli.core.french import list_of, number, plural
from ozeli.core.imports import (
    SUBJECT,
    Importer,
    Line,
    Outcome,
    Plan,
    guess_mapping,
    importers,
    make_plan,
    missing,
    records,
    summary,
    write,
)
from ozeli.core.tables import Table, TableRefused, open_table
from ozeli.journal.services import record
from ozeli.search.services import BATCH, index_objects

SHOWN = 20


def run(words: Sequence[str]) -> int:
    """0 when what was asked is done (or changes nothing), 1 when lines are refused, 2 when the whole file is."""
    asked = _asked(words)
    importer = importers[asked.what]
    started = time.monotonic()
    try:
        table = open_table(asked.file, sheet=asked.sheet)
        mapping = guess_mapping(importer, table.header)
        _say_read(asked.file, table, importer, mapping)
        actor, options = _actor(asked, importer), _options(asked, importer)
        plan = make_plan(importer, records(table, mapping), options, actor)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    _say_plan(plan, asked)
    if plan.refused and not asked.partial:
        print(
            "Rien n’a été écrit. Corrigez ces lignes, ou laissez-les de côté avec --partial.", file=sys.stderr
        )
        return 1
    if asked.dry_run:
        print("À blanc : rien n’a été écrit.")
        _say_closing(plan)
        return 1 if plan.refused else 0
    try:
        _write(plan, asked, started, actor)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    _say_closing(plan)
    return 0


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ozeli import", description="Importe un fichier CSV, JSON par ligne ou .xlsx."
    )
    parser.add_argument("what", choices=[one.code for one in importers], help="ce que contient le fichier")
    parser.add_argument("file", type=Path, metavar="FICHIER")
    parser.add_argument("--dry-run", action="store_true", help="dire ce qui changerait, sans rien écrire")
    parser.add_argument("--partial", action="store_true", help="laisser de côté les lignes refusées")
    parser.add_argument(
        "--source", default="", help="d’où viennent ces idées ou ces projets (par défaut : le nom du fichier)"
    )
    parser.add_argument("--tag", default="", help="mot-clé donné à toutes les idées")
    parser.add_argument("--domain", default="", help="domaine des idées qui n’en ont pas")
    parser.add_argument("--organisation", default="", help="organisme des projets qui n’en disent pas")
    parser.add_argument("--lifecycle", default="", metavar="PARCOURS", help="parcours des projets nouveaux")
    parser.add_argument(
        "--challenge",
        default="",
        metavar="SLUG",
        help="le défi dont la liste est rapportée ; celui où rattacher des idées",
    )
    parser.add_argument(
        "--by",
        default="",
        metavar="ADRESSE",
        help="qui importe des projets ou la liste d’un défi",
    )
    parser.add_argument("--sheet", default="", help="feuille du classeur (par défaut : la première remplie)")
    parser.add_argument("--changes", action="store_true", help="montrer chaque différence")
    parser.add_argument(
        "--lines", action="store_true", help=f"montrer toutes les lignes, et non les {SHOWN} premières"
    )
    for one in (file for importer in importers for file in importer.files):
        parser.add_argument(f"--{one.code}", type=Path, metavar="FICHIER", help=f"{one.label} : {one.help}")
    return parser.parse_args(list(words))


def _actor(asked: argparse.Namespace, importer: Importer) -> User | None:
    """Who does what the file asks, where it is done by somebody: their rights judge it, their name stays on it."""
    if not importer.by_actor or (importer.by_anybody and not asked.by):
        return None
    person = person_at(asked.by) if asked.by else None
    if person is None or not person.is_active:
        raise Refused("Dites avec --by l’adresse d’un compte ouvert : ce qui est écrit l’est à son nom.")
    return person


def _options(asked: argparse.Namespace, importer: Importer) -> dict[str, str]:
    options = {one.code: one.default(asked.file.name) for one in importer.options}
    told = {name: getattr(asked, name) for name in ("source", "tag", "domain", "organisation", "lifecycle")}
    options |= {code: value for code, value in told.items() if value and code in options}
    options |= {one.code: str(path) for one in importer.files if (path := getattr(asked, one.code))}
    if importer.open_on is not None:
        if not asked.challenge:
            raise Refused("Dites avec --challenge l’adresse du défi dont la liste est rapportée.")
        return options | {SUBJECT: asked.challenge}
    if asked.challenge:
        if "challenge" not in options:
            raise Refused("L’option --challenge ne vaut que pour des idées.")
        options["challenge"] = asked.challenge
    return options


# --- what is said -------------------------------------------------------------------------------------------------


def _say_read(path: Path, table: Table, importer: Importer, mapping: dict[str, str]) -> None:
    if absent := missing(importer, mapping):
        known = list_of([f"« {title} »" for title in table.header[:12]])
        raise TableRefused(f"Il manque une colonne : {', '.join(absent)}. Le fichier contient {known}.")
    print(f"{path.name} : {table.label}")
    for column in importer.columns:
        if title := mapping.get(column.code):
            print(f"  {column.label:<24} ← {title}")


def _say_plan(plan: Plan, asked: argparse.Namespace) -> None:
    print(f"{plural(len(plan.lines), 'ligne')} : {summary(plan.counts)}")
    shown = len(plan.lines) if asked.lines else SHOWN
    for outcome in (Outcome.MERGED, Outcome.REFUSED):
        _say_lines([line for line in plan.lines if line.outcome == outcome], shown)
    told = {Outcome.MERGED} if asked.lines else {Outcome.MERGED, Outcome.LEFT_OUT}
    _say_lines([line for line in plan.lines if line.note and line.outcome not in told], shown)
    if asked.changes:
        for line in plan.to_write:
            for change in line.changes:
                print(
                    f"  ligne {line.number}, {line.title} : {change.label} : {change.before} → {change.after}"
                )


def _say_lines(lines: Sequence[Line], shown: int) -> None:
    for line in lines[:shown]:
        said = line.fault.reason if line.fault else line.note
        print(f"  ligne {line.number}, {line.title or 'sans titre'} : {line.outcome.label.lower()}. {said}")
    if len(lines) > shown:
        print(f"  … et {number(len(lines) - shown)} autres (--lines les montre)")


def _say_closing(plan: Plan) -> None:
    if plan.importer.closing is not None:
        print("\n".join(plan.importer.closing(plan)))


def _write(plan: Plan, asked: argparse.Namespace, started: float, actor: User | None) -> None:
    written: list[Any] = []
    total = len(plan.to_write)

    def progress(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r  {number(done)} / {number(total)}", end="", file=sys.stderr, flush=True)

    def after(lines: Sequence[Line]) -> None:
        if plan.importer.written is not None:
            written.extend(plan.importer.written(lines))

    write(plan, actor=actor, partial=asked.partial, progress=progress, after=after)
    if total:
        record(
            "import.done",
            "import",
            asked.file.name,
            actor=actor_key(actor) if actor else None,
            file=asked.file.name,
            said=summary(plan.counts),
        )
    for start in range(0, len(written), BATCH):
        index_objects(plan.importer.searchable, written[start : start + BATCH])
    seconds = max(time.monotonic() - started, 0.001)
    rate = number(round(len(plan.lines) / seconds))
    print(
        f"Écrit et indexé en {number(round(seconds, 1))} s, soit {rate} lignes par seconde."
        if total
        else "Rien à changer."
    )

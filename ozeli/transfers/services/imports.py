"""The life of an import: received, compared, validated, written. Each step may be taken again after a crash."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from typing import Any
from uuid import UUID

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.imports import (
    SUBJECT,
    Fault,
    Importer,
    Interrupted,
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
from ozeli.core.tables import Limits, Table, column_name, open_table
from ozeli.journal.services import record
from ozeli.search.services import schedule_index

from .. import storage
from ..models import ImportLine, ImportRun

KIND = "import"
FILE_SIZE = 20 * 2**20
LIMITS = Limits(size=FILE_SIZE + 1, seconds=30)
LINES_AT_ONCE = 2_000
ATTEMPTS = 3
TOO_LARGE = "Ce fichier dépasse 20 Mo : coupez-le, ou utilisez la commande « ozeli import »."
State = ImportRun.State


# --- received -----------------------------------------------------------------------------------------------------


def receive(
    importer: Importer, name: str, size: int, chunks: Iterable[bytes], *, owner: User, subject: str = ""
) -> ImportRun:
    """Keep a file and propose how to read it. Raises Refused when it is no table; then nothing of it stays."""
    if size > FILE_SIZE:
        raise Refused(TOO_LARGE)
    run = ImportRun(importer=importer.code, owner=owner, file_name=_bare(name), size=size, subject=subject)
    storage.keep("imports", run.pk, chunks)
    try:
        table = open_table(storage.path_of("imports", run.pk), limits=LIMITS)
        if importer.strict and not table.tells_formulas:
            raise Refused("Ce classeur est d’un ancien format : enregistrez-le en .xlsx, puis rapportez-le.")
        _describe(run, importer, table)
        run.options = {one.code: one.default(run.file_name) for one in importer.options}
        with transaction.atomic():
            run.save(force_insert=True)
            record("import.received", KIND, run.pk, actor=actor_key(owner), file=run.file_name)
    except BaseException:
        storage.drop("imports", run.pk)
        raise
    return run


def _bare(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].replace("\0", "")[-200:] or "fichier"


def _describe(run: ImportRun, importer: Importer, table: Table) -> None:
    run.format, run.sheet, run.sheets, run.header = (
        table.label[:160],
        table.sheet[:120],
        table.sheets,
        table.header,
    )
    run.mapping = guess_mapping(importer, table.header)


def choose_sheet(run: ImportRun, sheet: str) -> None:
    """Read another sheet of the workbook; the columns are matched again."""
    if sheet not in run.sheets:
        raise Refused("Cette feuille n’est pas dans le classeur.")
    _describe(run, importers[run.importer], _open(run, sheet))
    run.save(update_fields=["format", "sheet", "sheets", "header", "mapping"])


def _open(run: ImportRun, sheet: str = "") -> Table:
    return open_table(storage.path_of("imports", run.pk), sheet=sheet or run.sheet, limits=LIMITS)


# --- compared -----------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_check(run: ImportRun, mapping: Mapping[str, str], options: Mapping[str, str]) -> None:
    """Keep how the file is to be read, and have it compared with what stands."""
    from ..tasks import check_import

    importer = importers[run.importer]
    kept = {code: title for code, title in mapping.items() if title in run.header and importer.column(code)}
    if absent := missing(importer, kept):
        raise Refused(f"Il manque une colonne : {', '.join(absent)}.")
    if empty := next(
        (one for one in importer.options if one.required and not options.get(one.code, "").strip()), None
    ):
        raise Refused(f"Répondez à « {empty.label} ».")
    told = {one.code: options.get(one.code, "").strip()[:120] for one in importer.options}
    _move(
        run,
        (State.RECEIVED, State.READY),
        State.CHECKING,
        mapping=kept,
        options=told,
        counts={},
        total=0,
        done=0,
        message="",
        attempts=0,
    )
    check_import.defer(run_id=str(run.pk))


def check(run_id: UUID) -> None:
    """Compare every line and keep what would become of it. Run twice, it says the same."""
    run = _claimed(run_id, State.CHECKING)
    if run is None:
        return
    try:
        plan = plan_of(run)
    except Refused as refusal:
        _move(run, (State.CHECKING,), State.RECEIVED, message=str(refusal))
        return
    with transaction.atomic():
        run.lines.all().delete()
        _keep_lines(run, plan)
        _move(
            run,
            (State.CHECKING,),
            State.READY,
            counts=plan.counts,
            total=len(plan.lines),
            done=len(plan.lines),
        )


def plan_of(run: ImportRun) -> Plan:
    importer = importers[run.importer]
    options = run.options | {SUBJECT: run.subject}
    return make_plan(importer, records(_open(run), run.mapping), options, run.owner)


def _keep_lines(run: ImportRun, plan: Plan) -> None:
    cells = _cells_of_refused(run, plan) if plan.refused else {}
    for start in range(0, len(plan.lines), LINES_AT_ONCE):
        batch = plan.lines[start : start + LINES_AT_ONCE]
        ImportLine.objects.bulk_create([_kept(run, plan, line, cells.get(line.number, {})) for line in batch])


def _kept(run: ImportRun, plan: Plan, line: Line, cells: Mapping[str, str]) -> ImportLine:
    faults = [_fault_of(run, plan, line.number, one) for one in line.faults]
    _cell, column, value, reason = faults[0] if faults else ("", "", "", "")
    return ImportLine(
        run=run,
        number=line.number,
        outcome=line.outcome.value,
        title=line.title[:200],
        changes=[[one.label, one.before, one.after] for one in line.changes],
        reason=reason,
        column=column,
        value=value,
        note=line.note,
        faults=faults if plan.importer.strict else [],
        cells=dict(cells),
    )


def _fault_of(run: ImportRun, plan: Plan, number: int, fault: Fault) -> tuple[str, str, str, str]:
    """(cell, column, what was read, why): the cell as a spreadsheet names it."""
    column = plan.importer.column(fault.column) if fault.column else None
    title = run.mapping.get(fault.column) or (column.label if column else "")
    place = f"{column_name(run.header.index(title))}{number}" if title in run.header else ""
    return place, title, fault.value, fault.reason


def _cells_of_refused(run: ImportRun, plan: Plan) -> dict[int, dict[str, str]]:
    """The file is walked again for them alone: the others are not worth their weight."""
    wanted = {line.number for line in plan.refused}
    return {row.number: row.cells for row in _open(run).rows() if row.number in wanted}


# --- written ------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_write(run: ImportRun, *, partial: bool) -> None:
    """Have the plan written. Raises Refused when lines are refused and the person has not left them aside."""
    from ..tasks import write_import

    if run.counts.get(Outcome.REFUSED) and not partial:
        raise Refused("Des lignes sont refusées : corrigez le fichier, ou choisissez de les laisser de côté.")
    if not any(run.counts.get(one) for one in (Outcome.CREATE, Outcome.UPDATE)):
        raise Refused("Ce fichier ne change rien : il n’y a rien à écrire.")
    _move(run, (State.READY,), State.WRITING, is_partial=partial, done=0, attempts=0, is_stopping=False)
    write_import.defer(run_id=str(run.pk))


def write_run(run_id: UUID, told: Any) -> None:
    """Write what the file changes *now*: it is compared again, so that a second run after a crash writes the rest.

    `told(done, total)` makes progress visible while the transaction is open, and says whether to stop.
    """
    run = _claimed(run_id, State.WRITING)
    if run is None:
        return
    try:
        plan = plan_of(run)
        if plan.refused and not run.is_partial:
            raise Refused("Des lignes sont devenues impossibles depuis la comparaison : rien n’a été écrit.")
        _write(run, plan, told)
    except Interrupted:
        _end(run, State.CANCELLED, _stopped(run))
    except Refused as refusal:
        _end(run, State.FAILED, str(refusal))


def _write(run: ImportRun, plan: Plan, told: Any) -> None:
    importer, total = plan.importer, len(plan.to_write)

    def progress(done: int) -> None:
        if told(done, total) and done < total:
            raise Interrupted

    def after(lines: Any) -> None:
        if importer.searchable and importer.written is not None:
            schedule_index(importer.searchable, importer.written(lines))

    with nullcontext() if run.is_partial else transaction.atomic():
        write(plan, actor=run.owner, partial=run.is_partial, progress=progress, after=after)
        _tell_late(run, plan)
        _end(run, State.DONE, summary(run.counts))


def _tell_late(run: ImportRun, plan: Plan) -> None:
    """Lines that somebody overtook since they were compared: the report says them refused."""
    refused = {line.number: line for line in plan.refused}
    promised = run.lines.filter(number__in=refused, outcome=Outcome.UPDATE)
    late = [refused[number] for number in promised.values_list("number", flat=True)]
    if not late:
        return
    cells = _cells_of_refused(run, plan)
    with transaction.atomic():
        run.lines.filter(number__in=[line.number for line in late]).delete()
        ImportLine.objects.bulk_create([_kept(run, plan, line, cells.get(line.number, {})) for line in late])
        counts = dict(run.counts)
        counts[Outcome.UPDATE] -= len(late)
        counts[Outcome.REFUSED] += len(late)
        run.counts = counts
        run.save(update_fields=["counts"])


def _stopped(run: ImportRun) -> str:
    if run.is_partial:
        return (
            "Annulé pendant l’écriture : les lignes déjà écrites restent ; le même fichier écrira les autres."
        )
    return "Annulé pendant l’écriture : rien n’a été écrit."


@transaction.atomic
def _end(run: ImportRun, state: str, said: str) -> None:
    verb = {State.DONE: "import.done", State.FAILED: "import.failed"}.get(State(state), "import.cancelled")
    _move(run, (State.WRITING,), state, message=said, finished_at=clock.now())
    key = actor_key(run.owner) if run.owner else None
    record(verb, KIND, run.pk, actor=key, file=run.file_name, said=said)


# --- cancelled, forgotten -----------------------------------------------------------------------------------------


@transaction.atomic
def cancel(run: ImportRun, *, actor: User) -> None:
    """Give up. While it is being written the job is told: it undoes its transaction, or stops after a batch."""
    if run.state == State.WRITING:
        ImportRun.objects.filter(pk=run.pk, state=State.WRITING).update(is_stopping=True)
        return
    _move(
        run,
        (State.RECEIVED, State.CHECKING, State.READY),
        State.CANCELLED,
        message="Annulé avant d’être écrit.",
        finished_at=clock.now(),
        has_file=False,
    )
    record("import.cancelled", KIND, run.pk, actor=actor_key(actor), file=run.file_name)
    transaction.on_commit(lambda: storage.drop("imports", run.pk))


def fail_lost(run_id: UUID, state: str) -> None:
    """The job was started too often without reaching its end: say so."""
    run = ImportRun.objects.filter(pk=run_id, state=state).first()
    if run is not None:
        said = "L’import s’est interrompu plusieurs fois : rien n’a été écrit. Essayez avec un fichier plus petit."
        if run.is_partial:
            said = "L’import s’est interrompu plusieurs fois. Importez à nouveau le fichier : il écrira le reste."
        ImportRun.objects.filter(pk=run_id, state=state).update(
            state=State.FAILED, message=said, finished_at=clock.now()
        )


def _claimed(run_id: UUID, state: str) -> ImportRun | None:
    """The run, if this step is still to be done; failed after too many starts."""
    run = ImportRun.objects.select_related("owner").filter(pk=run_id, state=state).first()
    if run is None:
        return None
    if run.attempts >= ATTEMPTS:
        fail_lost(run_id, state)
        return None
    run.attempts += 1
    run.save(update_fields=["attempts"])
    return run


def _move(run: ImportRun, sources: tuple[str, ...], target: str, **changes: Any) -> None:
    """A conditional update: of two people, or two clicks, one moves the import. Raises Conflict for the other."""
    moved = ImportRun.objects.filter(pk=run.pk, state__in=sources).update(state=target, **changes)
    if not moved:
        raise Conflict("Cet import a changé d’état entre-temps : rechargez la page.")
    run.state = target
    for name, value in changes.items():
        setattr(run, name, value)

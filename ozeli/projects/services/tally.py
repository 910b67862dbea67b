"""The tally of the consolidation: triggers append to it (migration 0009), jobs fold it and count it anew."""

from django.db import connection, transaction

from ..models import Tally

# Rows appended since the last folding that are not worth the work yet.
WORTH_IT = 500
_PLACE = (
    "cube, reach, year, branch_id, organisation_id, domain_id, version_id, state, passed, cause, stage_id, is_passed,"
    " days, ending_id"
)
_SUMS = "sum(n), sum(planned), sum(committed), sum(spent), true"
# Only the rows that this statement deletes are added again: one appended meanwhile stays for the next time.
_FOLD = f"""
with gone as (
    delete from projects_tally
    where cube in (select cube from projects_tally where not is_folded group by 1)
    returning *
)
insert into projects_tally ({_PLACE}, n, planned, committed, spent, is_folded)
select {_PLACE}, {_SUMS} from gone group by {_PLACE} having sum(n) <> 0 or sum(planned) <> 0 or sum(committed) <> 0
    or sum(spent) <> 0
"""  # noqa: S608 (constants)
_RECOUNT = f"""
insert into projects_tally ({_PLACE}, n, planned, committed, spent, is_folded)
select {_PLACE}, {_SUMS} from projects_counted() group by {_PLACE}
"""  # noqa: S608 (constants)


def fold() -> bool:
    """Make one row of those that say the same; whether it was worth it. No count changes, nobody waits."""
    appended = Tally.objects.filter(is_folded=False)[:WORTH_IT].count()
    if appended < WORTH_IT:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_FOLD)
    return True


@transaction.atomic
def recount() -> None:
    """Count every project anew. What writes projects waits meanwhile; what reads the tally does not.

    The triggers miss nothing: this is for a base filled without them (a bench, a partial restoration).
    """
    with connection.cursor() as cursor:
        cursor.execute("lock table projects_tally in exclusive mode")
        cursor.execute("delete from projects_tally")
        cursor.execute(_RECOUNT)

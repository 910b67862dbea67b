"""Whether the database is known to write down nothing of what it is asked. When it is not, nothing typed goes there."""

from django.db import connection

from ozeli.core.memo import kept_for

SECONDS_KEPT = 60
_SHOWN = """
select name, setting from pg_settings where name in ('log_statement', 'log_min_error_statement',
    'log_min_duration_statement', 'log_min_duration_sample', 'log_duration', 'track_activities')
"""
_QUIET_ERRORS = ("fatal", "panic")


def faults() -> list[str]:
    """The settings of this connection by which the server would write statements down."""
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN)
        held = dict(cursor.fetchall())
    wanted = {
        "log_statement": ("none", "ddl"),
        "log_min_error_statement": _QUIET_ERRORS,
        "log_min_duration_statement": ("-1",),
        "log_min_duration_sample": ("-1",),
        "log_duration": ("off",),
        "track_activities": ("off",),
    }
    return [f"{name}={held[name]}" for name, quiet in wanted.items() if held[name] not in quiet]


@kept_for(SECONDS_KEPT)
def is_kept() -> bool:
    return not faults()

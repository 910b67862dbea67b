"""A PostgreSQL server that needs no installation: the binaries of a wheel, our own launcher.

`start(home)` is all that a process needs. The server belongs to a detached supervisor
(`python -m ozeli.embedded_postgres supervise <home>`), lives under `home/postgresql`, speaks
on a private Unix socket only, and stops by itself some seconds after its last client.
See docs/decisions/0001-postgresql-embedded.md.
"""

from ozeli.embedded_postgres.client import ensure_running, is_running, release, start
from ozeli.embedded_postgres.layout import EmbeddedPostgresError

__all__ = ["EmbeddedPostgresError", "ensure_running", "is_running", "release", "start"]

"""The permission table of projects: read into `table.TABLE`.

`ALL` reads; `TEAM` is the owner (alice), the desk of her body (rita) and those of the network.
"""

from collections.abc import Callable

from ozeli.projects.models import Project
from tests.guards.table import READERS, Row, World, at
from tests.projects.factories import ProjectFactory

ALL = READERS
TEAM = "dev,zoe=404 bob,charlie=403 *=200"


def project_of(world: World) -> Project:
    """A project under way, two stages passed, open to the network, owned by alice."""
    return Project.objects.filter(title="Table").first() or ProjectFactory(
        owner=world.people.alice, title="Table", passed=2
    )


def project(tail: str = "") -> Callable[[World], str]:
    """An address under the sheet of that project."""
    return lambda world: project_of(world).get_absolute_url() + tail


ROWS: dict[str, Row] = {}

__all__ = ["ALL", "ROWS", "TEAM", "at", "project"]

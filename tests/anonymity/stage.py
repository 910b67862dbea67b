"""Acts done inside an installation, by a process with its settings: `python -m tests.anonymity.stage ACT [JSON]`."""

import json
import os
import sys
from typing import Any

PASSWORD = "un-mot-de-passe-sûr"


def seed(people: list[dict[str, Any]]) -> None:
    """Two bodies, and people: `number`, `mail`, `name`, `profile`."""
    from django.contrib.auth.hashers import make_password

    from tests.factories import BranchFactory, DomainFactory, OrganisationFactory, UserFactory

    branch = BranchFactory(code="maladie", name="Maladie")
    body = OrganisationFactory(code="cpam-loire", name="CPAM de la Loire", branch=branch)
    DomainFactory(code="accueil")
    kept = make_password(PASSWORD)
    for person in people:
        number = {"pk": person["number"]} if person.get("number") else {}
        UserFactory(
            organisation=body,
            email=person["mail"],
            display_name=person["name"],
            password=kept,
            profile=person.get("profile"),
            **number,
        )


def release(_nothing: None = None) -> None:
    """Ask the worker to look at the urn now, as it does by itself every ten minutes."""
    from ozeli.airlock.tasks import release

    release.defer(timestamp=0)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ozeli.config.settings")
    import django

    django.setup()
    act, *rest = sys.argv[1:]
    {"seed": seed, "release": release}[act](json.loads(rest[0]) if rest else None)


if __name__ == "__main__":
    main()

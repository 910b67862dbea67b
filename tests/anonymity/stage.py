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


def publish(people: list[str]) -> None:
    """Accept everything that waits and open its debate, as the desk (the first) does; the second follows it all."""
    from ozeli.accounts.models import User
    from ozeli.activity.paces import DIGEST, topics
    from ozeli.activity.services import set_follow, set_paces
    from ozeli.airlock.models import Deposit
    from ozeli.airlock.services import accept
    from ozeli.core.registry import Pace
    from ozeli.ideas.models import KIND
    from ozeli.ideas.services.circuit import open_debate

    desk, reader = (User.objects.get(email=mail) for mail in people)
    set_paces(reader, {one.code: Pace.NOW for one in topics(reader) if one.code != DIGEST})
    for deposit in Deposit.objects.visible_to(desk).filter(state="held").order_by("pk"):
        idea = accept(deposit, actor=desk)
        set_follow(KIND, idea.pk, user=reader, wanted=True)
        open_debate(idea, actor=desk)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ozeli.config.settings")
    import django

    django.setup()
    act, *rest = sys.argv[1:]
    {"seed": seed, "release": release, "publish": publish}[act](json.loads(rest[0]) if rest else None)


if __name__ == "__main__":
    main()

"""A table that leads to a person, and that neither the copy nor the erasure tells of, is red."""

import re

import pytest
from django.apps import apps
from django.db import connection

from ozeli.accounts.models import User
from ozeli.core.personal_data import Holding, holdings

PERSONAL = re.compile(
    r"(^|_)(e?mail|address|user|users|person|people|owner|author|actor|voter|login|phone|holder|member|sender|invitee"
    r"|ip|surname|firstname|display_name|sort_name|session_data|user_agent|created_by|uploaded_by|written_by)($|_|s$)"
)
# Columns whose name alone looks like a person's.
INNOCENT = {
    "accounts.User.last_login": "told with the account, by its holding",
    "journal.Entry.actor": "a key that leads nowhere once accounts.ActorKey has lost its row; told with it",
    "network.Organisation.sort_name": "the name of a body",
    "people.PersonPage.takes_mail": "a yes or no",
    "account.EmailConfirmation.email_address": "goes with account.EmailAddress, of which it is a child",
    "projects.SynthesisSource.address": "the address of a list of the portal",
    "activity.DigestItem.mail": "a mail, told by activity.OutgoingMail",
    "activity.DigestRun.people": "a count",
}
# Tables without a model: what they hold, and for how long.
UNMODELLED = {
    "core_cache": "answers kept a few minutes; rate limits by a digest of the address",
    "django_migrations": "nothing of persons",
    "search_doc": "texts of ideas, bodies and open pages; a page leaves it with its erasure",
    "search_lexeme": "words and their counts",
    "search_posting": "words and their places",
}


def concrete_fields() -> list[tuple[str, object]]:
    return [
        (model._meta.label, field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete
    ]


def untold(known: dict[str, Holding]) -> list[str]:
    found = []
    for label, field in concrete_fields():
        leads = field.related_model is User or PERSONAL.search(field.name)  # type: ignore[attr-defined]
        name = f"{label}.{field.name}"  # type: ignore[attr-defined]
        if not leads or name in INNOCENT:
            continue
        if label not in known or field.name not in known[label].columns:  # type: ignore[attr-defined]
            found.append(name)
    return found


def test_every_column_that_leads_to_a_person_is_told() -> None:
    known = {one.model: one for one in holdings()}

    assert untold(known) == []


@pytest.mark.parametrize("forgotten", ["activity.Follow", "engagement.Vote", "ideas.IdeaDraft"])
def test_a_forgotten_table_is_red(forgotten: str) -> None:
    known = {one.model: one for one in holdings()}
    without = {name: one for name, one in known.items() if name != forgotten}

    assert {name.rpartition(".")[0] for name in set(untold(without)) - set(untold(known))} == {forgotten}


def test_what_is_told_exists() -> None:
    for one in holdings():
        model = apps.get_model(one.model)
        for column in one.columns:
            model._meta.get_field(column)
        assert one.title
        assert one.rule
        assert one.export is not None or one.erase is not None or one.model == "people.DirectoryEntry"


def test_every_table_has_a_model_or_a_reason(db: None) -> None:
    modelled = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    tables = set(connection.introspection.table_names())
    strangers = {
        name
        for name in tables - modelled - UNMODELLED.keys()
        if not name.startswith(("procrastinate_", "search_"))
    }

    assert strangers == set()

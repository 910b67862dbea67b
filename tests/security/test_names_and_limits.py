"""Names that pass for others, words that XML cannot hold, and files that one reader could pile up."""

from uuid import uuid4

import pytest
from django.http import QueryDict
from django.test import Client

from ozeli.accounts.models import Profile, User
from ozeli.accounts.services import invitations
from ozeli.accounts.services.invitations import Offer
from ozeli.core.errors import Refused
from ozeli.core.exports import exports
from ozeli.core.listings import listings
from ozeli.people.services import saved
from ozeli.transfers.models import ExportRun
from ozeli.transfers.services import exports as services
from tests.factories import IdeaFactory
from tests.personas import Cast

NEW = "nouvelle@exemple.test"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ève\r\nBcc: moi@exemple.test", "Ève Bcc: moi@exemple.test"),
        ("Sonia\u200b \u202eMartin", "Sonia Martin"),
        ("\u202e", "nouvelle"),
    ],
)
def test_name_that_one_chooses_is_one_visible_line(
    people: Cast, client: Client, typed: str, kept: str
) -> None:
    offer = Offer(people.loire, Profile.objects.get(code="reader"))
    invitation = invitations.invite(NEW, offer, actor=people.adam)[0]
    fields = {
        "display_name": typed,
        "password": "une phrase facile à retenir",
        "idempotency_key": str(uuid4()),
    }
    client.post(f"/invitation/{invitations.link_token(invitation)}/", fields)

    assert User.objects.get(email=NEW).display_name == kept


def test_feed_whose_name_xml_cannot_hold_still_answers(people: Cast) -> None:
    """A fault would also write the address of the feed, which opens it, in the log."""
    IdeaFactory()
    query = QueryDict(mutable=True)
    query["mots"] = "un\x08mot"
    search = saved.save_search(people.alice, listings["ideas"], query, "Ma\x08veille")

    assert Client().get(f"/flux/{saved.open_feed(search)}.atom").status_code == 200


def test_long_exports_are_counted_by_the_day(people: Cast) -> None:
    export = next(one for one in exports if one.is_open_to(people.alice))
    for _turn in range(services.A_DAY):
        services.ask(export, "", "csv", owner=people.alice)
        ExportRun.objects.update(state=ExportRun.State.READY)

    with pytest.raises(Refused, match="demain"):
        services.ask(export, "", "csv", owner=people.alice)
    services.ask(export, "", "csv", owner=people.bob)

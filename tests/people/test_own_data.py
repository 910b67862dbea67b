"""« Mes données »: the copy holds all that is theirs and nothing that is others'; the erasure is confirmed."""

import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.models import Event, Follow, Notification
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.idempotency import FIELD
from ozeli.core.models import IdempotencyKey
from ozeli.core.personal_data import retentions
from ozeli.engagement.models import Vote
from ozeli.ideas.models import KIND, IdeaDraft
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from ozeli.people.enums import ExportState
from ozeli.people.models import DataExport, ErasureRequest
from ozeli.people.services import exports, retention
from tests.factories import PASSWORD, CommentFactory, IdeaFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.PERSONAL_DATA_ROOT = tmp_path
    return tmp_path


def read(export: DataExport) -> tuple[dict[str, Any], str]:
    with zipfile.ZipFile(exports.file_of(export)) as archive:
        return json.loads(archive.read("donnees.json")), archive.read("donnees.html").decode()


def copy_of(user: User) -> tuple[dict[str, Any], str]:
    export = exports.ask_export(user)
    exports.make_export(export.pk)
    export.refresh_from_db()
    assert export.is_ready
    assert (export.done, export.done) == (export.total, export.total)
    return read(export)


def test_copy_holds_all_that_is_theirs_and_nothing_of_others(people: Cast) -> None:
    mine = IdeaFactory(author=people.alice, title="CANARI idée signée")
    IdeaFactory(author=people.alice, title="AUTRE anonyme", is_anonymous=True)
    others = IdeaFactory(author=people.bob, title="Titre lisible", problem="AUTRE problème de Bob")
    closed = IdeaFactory(author=people.charlie, title="AUTRE idée fermée", audience=Audience.ORGANISATION)
    for idea in (others, closed):
        Vote.objects.create(ballot=idea.ballot, voter=people.alice, cast_on=clock.today())
    Vote.objects.create(ballot=mine.ballot, voter=people.bob, cast_on=clock.today())
    CommentFactory(idea=others, author=people.alice, body="CANARI <b>commentaire</b>")
    CommentFactory(idea=mine, author=people.bob, body="AUTRE commentaire de Bob")
    IdeaDraft.objects.create(owner=people.alice, fields={"title": "CANARI brouillon"}, saved_at=clock.now())
    IdeaDraft.objects.create(owner=people.bob, fields={"title": "AUTRE brouillon"}, saved_at=clock.now())
    Follow.objects.create(user=people.alice, kind=KIND, object_id=others.pk)
    event = Event.objects.create(
        type="idea.commented", kind=KIND, object_id=mine.pk, actor=people.bob, at=clock.now()
    )
    Notification.objects.create(
        event=event, user=people.alice, text="CANARI notification", url="/", at=clock.now()
    )
    Notification.objects.create(
        event=event, user=people.bob, text="AUTRE notification", url="/", at=clock.now()
    )
    for who in (people.alice, people.bob):
        Entry.objects.create(
            at=clock.now(), actor=actor_key(who), verb="idea.deposited", kind="idea", object_id="1"
        )

    data, page = copy_of(people.alice)

    tables = {table["titre"]: table["lignes"] for table in data["tables"]}
    text = json.dumps(data, ensure_ascii=False)
    for words in ("idée signée", "commentaire</b>", "brouillon", "notification"):
        assert f"CANARI {words}" in text.replace("<b>", "")
    assert "AUTRE" not in text
    assert "AUTRE" not in page
    assert "bob@exemple.test" not in text
    assert tables["Votre compte"][0]["adresse électronique"] == "alice@exemple.test"
    assert len(tables["Vos votes"]) == 2
    assert {vote["sur"] for vote in tables["Vos votes"]} == {"Titre lisible", ""}
    assert len(tables["Ce que le journal sait de vous"]) == 1
    assert "CANARI &lt;b&gt;commentaire&lt;/b&gt;" in page


def test_copy_is_made_once_a_day(people: Cast) -> None:
    exports.ask_export(people.alice)
    with pytest.raises(Refused, match="une fois par jour"):
        exports.ask_export(people.alice)
    exports.make_export(DataExport.objects.get().pk)

    with clock.stopped(clock.now() + timedelta(days=2)):
        exports.ask_export(people.alice)


def test_copy_that_failed_is_made_when_its_job_is_put_back(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = exports.ask_export(people.alice)
    with monkeypatch.context() as broken:
        broken.setattr(exports, "_write", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            exports.make_export(export.pk)
    export.refresh_from_db()
    assert export.state == ExportState.FAILED
    exports.make_export(export.pk)
    export.refresh_from_db()
    assert export.state == ExportState.READY
    assert zipfile.is_zipfile(exports.file_of(export))


def test_file_is_for_its_owner_alone(people: Cast, sign_in: SignIn) -> None:
    copy_of(people.alice)
    export = DataExport.objects.get()
    path = f"/moi/donnees/copie/{export.pk}.zip"

    for other in (people.bob, people.adam, people.sonia):
        assert sign_in(other).get(path).status_code == 404
    response = sign_in(people.alice).get(path)
    assert response["Content-Disposition"].startswith("attachment")
    assert zipfile.is_zipfile(BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    assert exports.file_of(export).stat().st_mode & 0o777 == 0o600


def test_page_shows_the_state_of_the_copy(people: Cast, sign_in: SignIn) -> None:
    alice = sign_in(people.alice)
    assert alice.post("/moi/donnees/copie/", {FIELD: str(uuid4())}).status_code == 302
    assert "en attente" in alice.get("/moi/donnees/").content.decode()
    assert alice.post("/moi/donnees/copie/", {FIELD: str(uuid4())}).status_code == 409
    exports.make_export(DataExport.objects.get().pk)

    assert "Télécharger" in alice.get("/moi/donnees/").content.decode()


# --- erasure, from the screen -----------------------------------------------------------------------------------------


def test_erasure_asks_the_password_again(people: Cast, sign_in: SignIn) -> None:
    alice = sign_in(people.alice)
    refused = alice.post("/moi/donnees/effacer/", {FIELD: str(uuid4()), "password": "mauvais"})
    assert refused.status_code == 422
    assert not ErasureRequest.objects.exists()

    done = alice.post("/moi/donnees/effacer/", {FIELD: str(uuid4()), "password": PASSWORD})
    assert done.status_code == 302
    assert ErasureRequest.objects.get().user_id == people.alice.pk
    assert "Votre compte sera effacé le" in alice.get("/moi/donnees/").content.decode()

    assert alice.post("/moi/donnees/garder/", {FIELD: str(uuid4())}).status_code == 302
    assert not ErasureRequest.objects.exists()


def test_password_cannot_be_guessed_here(people: Cast, sign_in: SignIn) -> None:
    alice = sign_in(people.alice)
    statuses = [
        alice.post("/moi/donnees/effacer/", {FIELD: str(uuid4()), "password": f"essai {one}"}).status_code
        for one in range(14)
    ]

    assert statuses[0] == 422
    assert statuses[-1] == 429


def test_erasure_by_an_administrator(people: Cast, sign_in: SignIn) -> None:
    path = f"/administration/personnes/{people.alice.pk}/effacement/"
    assert sign_in(people.adam).post(path, {FIELD: str(uuid4())}).status_code == 302
    assert ErasureRequest.objects.get().by_administrator
    assert Entry.objects.filter(verb="person.ask_erasure").count() == 1

    assert sign_in(people.adam).post(path, {FIELD: str(uuid4()), "renoncer": "1"}).status_code == 302
    assert not ErasureRequest.objects.exists()


# --- retention --------------------------------------------------------------------------------------------------------


def test_what_had_its_time_goes_and_the_rest_stays(people: Cast) -> None:
    idea = IdeaFactory()
    event = Event.objects.create(type="idea.commented", kind=KIND, object_id=idea.pk, at=clock.now())
    for user, days in ((people.alice, 400), (people.bob, 390)):
        Notification.objects.create(
            event=event, user=user, text="x", url="/", at=clock.now() - timedelta(days=days)
        )
    for days in (370, 300):
        IdeaDraft.objects.create(owner=people.alice, saved_at=clock.now() - timedelta(days=days))
    IdempotencyKey.objects.create(
        actor="user:1", key=uuid4(), action="/", digest="", created_at=clock.now() - timedelta(days=8)
    )
    said = StringIO()
    call_command("privacy", "retention", "--dry-run", stdout=said)
    assert "Notifications (13 mois) : 1\u00a0ligne" in said.getvalue()
    assert Notification.objects.count() == 2

    done = {one.rule.code: one.rows for one in retention.apply()}

    assert (done["notifications"], done["drafts"], done["form_keys"]) == (1, 1, 1)
    assert Notification.objects.get().user_id == people.bob.pk
    assert IdeaDraft.objects.count() == 1
    acts = Entry.objects.filter(verb="retention.applied").values_list("object_id", "details")
    assert ("notifications", {"rows": 1}) in list(acts)
    assert {one.rows for one in retention.apply()} == {0}


def test_closed_accounts_are_erased_after_three_years(people: Cast) -> None:
    long_ago = clock.now() - timedelta(days=3 * 365 + 1)
    User.objects.filter(pk=people.bob.pk).update(is_active=False, last_login=long_ago, joined_at=long_ago)
    User.objects.filter(pk=people.alice.pk).update(last_login=long_ago, joined_at=long_ago)  # open: stays
    User.objects.filter(pk=people.charlie.pk).update(is_active=False, last_login=clock.now())

    retention.apply()

    assert User.objects.get(pk=people.bob.pk).display_name == "Compte effacé"
    assert User.objects.get(pk=people.alice.pk).display_name == "Alice Martin"
    assert User.objects.get(pk=people.charlie.pk).display_name == "Charlie Martin"


def test_file_of_a_copy_goes_after_a_week(people: Cast) -> None:
    copy_of(people.alice)
    export = DataExport.objects.get()
    with clock.stopped(clock.now() + timedelta(days=8)):
        retention.apply()

    assert not exports.file_of(export).exists()
    assert DataExport.objects.get().state == "expired"


def test_every_rule_is_said_in_french() -> None:
    for rule in retentions():
        assert rule.title
        assert rule.kept
        assert rule.definition.endswith(".")

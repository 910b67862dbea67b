"""What the desk does of a deposit, and the words with its author."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.test import Client, RequestFactory

from ozeli.airlock import rules, services
from ozeli.airlock.enums import DepositState, Side
from ozeli.airlock.models import KIND, AirlockMessage, Deposit
from ozeli.airlock.services import dialogue
from ozeli.challenges.enums import PhaseKind
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.exports import exports
from ozeli.core.personal_data import holdings
from ozeli.core.registry import panels, todo_items
from ozeli.files.models import StoredFile
from ozeli.files.owners import owners
from ozeli.ideas.models import KIND as IDEA
from ozeli.ideas.models import Idea, IdeaAuthor, IdeaMove
from ozeli.ideas.services.circuit import answer_due_on
from ozeli.journal.models import Entry
from tests.factories import BranchFactory, ChallengeFactory
from tests.personas import Cast

from .factories import DepositFactory

pytestmark = pytest.mark.django_db
# Session, person, rights, deposits, unread notifications.
DESK_QUERIES = 5
KEY = "11111111-1111-4111-8111-{:012d}"


def form(number: int = 1, **said: Any) -> dict[str, Any]:
    return {"idempotency_key": KEY.format(number), **said}


@pytest.fixture
def deposit(people: Cast) -> Deposit:
    return DepositFactory(branch=BranchFactory(code="famille"))


def a_picture(deposit: Deposit) -> StoredFile:
    return StoredFile.objects.create(
        kind=KIND, object_id=deposit.pk, name="image-1.webp", description="Un guichet", media_type="image/webp",
        size=9, sha256="0" * 64, folder="aa/bb", created_on=clock.today(), state="published", width=480, height=320,
        renditions=[[480, 320]],
    )  # fmt: skip


def test_the_list_rule_and_the_object_rule_agree(people: Cast, deposit: Deposit) -> None:
    for person in people.people().values():
        assert Deposit.objects.visible_to(person).exists() == rules.reads_held(person)
    assert rules.reads_held(people.nora)
    assert not rules.reads_held(people.rita)


def test_accepted_it_is_an_idea_without_anybody(people: Cast, deposit: Deposit) -> None:
    picture = a_picture(deposit)
    idea = services.accept(deposit, actor=people.nora, version=deposit.version)
    month = clock.today().replace(day=1)
    assert (idea.is_anonymous, idea.organisation, idea.branch) == (True, None, deposit.branch)
    assert (idea.deposited_on, idea.waiting_since) == (month, month)
    assert idea.answer_due_on == answer_due_on(None, month)
    assert not IdeaAuthor.objects.filter(idea=idea).exists()
    assert idea.pk != deposit.pk
    move = IdeaMove.objects.get(idea=idea)
    assert (move.actor, move.made_on, move.note) == (None, month, "")
    picture.refresh_from_db()
    assert (picture.kind, picture.object_id, picture.created_on) == (IDEA, idea.pk, month)
    deposit.refresh_from_db()
    assert (deposit.state, deposit.title, deposit.proposal) == (DepositState.PUBLISHED, "", "")
    assert deposit.decided_by == people.nora
    assert Entry.objects.filter(verb="airlock.accept").count() == 1


def test_in_a_challenge_its_votes_are_those_of_the_challenge(people: Cast) -> None:
    challenge = ChallengeFactory(slug="ete", phases={PhaseKind.OPEN: (-5, 5)})
    idea = services.accept(DepositFactory(challenge=challenge), actor=people.nora)
    assert idea.challenge == challenge
    assert idea.ballot.poll_id == challenge.poll_id


def test_refused_its_text_is_erased_and_the_reason_kept(people: Cast, deposit: Deposit) -> None:
    a_picture(deposit)
    with pytest.raises(Refused, match="une phrase"):
        services.refuse(deposit, actor=people.nora, reason="non")
    services.refuse(deposit, actor=people.nora, reason="Ce texte met en cause une personne.")
    deposit.refresh_from_db()
    assert (deposit.state, deposit.problem, deposit.title) == (DepositState.REFUSED, "", "")
    assert deposit.reason == "Ce texte met en cause une personne."
    assert not StoredFile.objects.exists()
    assert "met en cause" not in repr(list(Entry.objects.values()))


def test_masked_passages_are_told(people: Cast, deposit: Deposit) -> None:
    before = deposit.version
    assert services.mask(deposit, {"title": deposit.title}, actor=people.nora).version == before
    services.mask(deposit, {"problem": "Chez [passage masqué]."}, actor=people.nora, version=before)
    with pytest.raises(Conflict):
        services.mask(deposit, {"problem": "x"}, actor=people.nora, version=before)
    with pytest.raises(Conflict):
        services.accept(deposit, actor=people.nora, version=before)
    idea = services.accept(deposit, actor=people.nora)
    assert idea.problem == "Chez [passage masqué]."
    assert "masqués" in IdeaMove.objects.get(idea=idea).note


def test_settled_once(people: Cast, deposit: Deposit) -> None:
    services.accept(deposit, actor=people.nora)
    with pytest.raises(Conflict):
        services.accept(deposit, actor=people.sonia)
    with pytest.raises(Conflict):
        services.refuse(deposit, actor=people.sonia, reason="Une raison assez longue.")
    assert Idea.objects.count() == 1


def test_not_for_the_desk_of_a_body(people: Cast, deposit: Deposit) -> None:
    for person in (people.alice, people.rita):
        with pytest.raises(Refused):
            services.accept(deposit, actor=person)


def test_the_base_refuses_what_would_tell(people: Cast, deposit: Deposit) -> None:
    for changes in (
        {"released_on": clock.today().replace(day=2)},
        {"state": "refused"},
        {"state": "published"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Deposit.objects.filter(pk=deposit.pk).update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        AirlockMessage.objects.create(
            deposit=deposit, side=Side.AUTHOR, body="x", month=clock.today().replace(day=1), position=1,
            written_by=people.alice,
        )  # fmt: skip


# --- words ------------------------------------------------------------------------------------------------------------


def test_words_of_the_desk(people: Cast, deposit: Deposit) -> None:
    dialogue.write(deposit, "Quels courriers ?", actor=people.nora)
    with pytest.raises(Refused):
        dialogue.write(deposit, "Bonjour", actor=people.rita)
    for wrong in ("  ", "x" * 2001):
        with pytest.raises(Refused):
            dialogue.write(deposit, wrong, actor=people.nora)
    services.accept(deposit, actor=people.nora)
    word = dialogue.write(deposit, "Merci.", actor=people.nora)
    assert (word.position, word.month.day, word.written_by) == (2, 1, people.nora)
    Deposit.objects.filter(pk=deposit.pk).update(state=DepositState.WITHDRAWN)
    with pytest.raises(Refused):
        dialogue.write(deposit, "Encore", actor=people.nora)


# --- pages --------------------------------------------------------------------------------------------------------


def test_the_list(people: Cast, sign_in: Any, django_assert_num_queries: Any, settings: Any) -> None:
    settings.READ_ONLY_GET = False  # three statements more
    client: Client = sign_in(people.nora)
    assert "Rien à relire" in client.get("/animation/sas/").text
    assert "Aucun dépôt ne répond" in client.get("/animation/sas/?etat=refuses").text
    DepositFactory()
    client.get("/animation/sas/")
    with django_assert_num_queries(DESK_QUERIES):
        client.get("/animation/sas/")
    DepositFactory.create_batch(2)
    with django_assert_num_queries(DESK_QUERIES):
        page = client.get("/animation/sas/")
    assert page.text.count("Signaler les courriers ambigus") == 3
    assert client.get("/animation/sas/?etat=nimporte").status_code == 200
    file = client.get("/animation/sas/export.csv?etat=tous")
    assert "Signaler" not in b"".join(file).decode()


def test_filters_and_settled_rows(people: Cast, sign_in: Any) -> None:
    client = sign_in(people.nora)
    talks, idea = DepositFactory(), services.accept(DepositFactory(title="La publiée"), actor=people.nora)
    refused = DepositFactory()
    services.refuse(refused, actor=people.nora, reason="Une raison assez longue.")
    AirlockMessage.objects.create(
        deposit=talks, side=Side.AUTHOR, body="Alors ?", month=clock.today().replace(day=1), position=1
    )
    assert str(talks.pk) in client.get("/animation/sas/?etat=echanges").text
    dialogue.write(talks, "Bientôt.", actor=people.nora)
    assert str(talks.pk) not in client.get("/animation/sas/?etat=echanges").text
    assert idea.title in client.get("/animation/sas/?etat=publies").text
    page = client.get("/animation/sas/?etat=refuses").text
    assert "texte effacé" in page
    assert "Une raison" in page
    assert len(b"".join(client.get("/animation/sas/export.csv?etat=tous")).decode().strip().splitlines()) == 4


def test_read_then_published(people: Cast, deposit: Deposit, sign_in: Any) -> None:
    client, url = sign_in(people.nora), f"/animation/sas/{deposit.pk}/"
    a_picture(deposit)
    page = client.get(url)
    assert "Un guichet" in page.text
    assert client.post(url, form()).status_code == 422
    assert client.post(url, form(act="refuse", reason="non", version=1)).status_code == 422
    stale = client.post(url, form(act="accept", version=7))
    assert stale.status_code == 409
    done = client.post(url, form(act="accept", version=1))
    assert done.status_code == 302
    idea = Idea.objects.get()
    assert done.url == idea.get_absolute_url()
    assert client.post(url, form(2, act="accept", version=1)).status_code == 409
    assert "Ouvrir la fiche" in client.get(url).text
    desk = client.get(f"/animation/{idea.short}/").text
    assert "n’est connu de personne" in desk


def test_refused_on_the_page(people: Cast, deposit: Deposit, sign_in: Any) -> None:
    client, url = sign_in(people.nora), f"/animation/sas/{deposit.pk}/"
    Deposit.objects.filter(pk=deposit.pk).update(
        problem="Monsieur Leroux, assuré, attend. Tél. 04 77 12 34 56."
    )
    assert "04 77 12 34 56" in client.get(url).text
    said = form(act="refuse", reason="Ce texte désigne une personne.", version=1)
    assert client.post(url, said).status_code == 302
    assert "désigne une personne" in client.get(url).text


def test_a_clash_between_two_readers(people: Cast, deposit: Deposit, sign_in: Any, monkeypatch: Any) -> None:
    client, url = sign_in(people.nora), f"/animation/sas/{deposit.pk}/"

    def other_first(held: Deposit, **more: Any) -> None:
        services.refuse(held, actor=people.sonia, reason="Une raison assez longue.")
        raise Conflict("Quelqu’un d’autre vient de régler ce dépôt.")

    monkeypatch.setattr("ozeli.airlock.views.desk.accept", other_first)
    answer = client.post(url, form(act="accept", version=1))
    assert answer.status_code == 409


def test_masking_on_the_page(people: Cast, deposit: Deposit, sign_in: Any) -> None:
    client, url = sign_in(people.nora), f"/animation/sas/{deposit.pk}/masquer/"
    text = {"title": "Un titre", "problem": "[passage masqué]", "proposal": deposit.proposal, "version": 1}
    assert "Masquer des passages" in client.get(url).text
    assert client.post(url, form(problem="")).status_code == 422
    assert client.post(url, form(2, **text)).status_code == 302
    assert "Des passages ont été masqués" in client.get(f"/animation/sas/{deposit.pk}/").text
    assert client.post(url, form(3, **text | {"problem": "autre"})).status_code == 409
    services.accept(deposit, actor=people.nora)
    assert client.get(url).status_code == 404


def test_words_on_the_page(people: Cast, deposit: Deposit, sign_in: Any) -> None:
    client, url = sign_in(people.nora), f"/animation/sas/{deposit.pk}/message/"
    assert client.post(url, form(body="")).status_code == 422
    assert client.post(url, form(2, body="Quels courriers ?")).status_code == 302
    assert "Quels courriers ?" in client.get(f"/animation/sas/{deposit.pk}/").text
    services.refuse(deposit, actor=people.nora, reason="Une raison assez longue.")
    assert client.post(url, form(3, body="Encore")).status_code == 409


def test_an_idea_without_thread_has_no_panel(people: Cast, sign_in: Any) -> None:
    from tests.factories import IdeaFactory

    idea = IdeaFactory(is_anonymous=True, author=None, organisation=None)
    assert "n’est connu de personne" not in sign_in(people.nora).get(f"/animation/{idea.short}/").text


def test_another_desk_finds_nothing(people: Cast, deposit: Deposit, sign_in: Any) -> None:
    client = sign_in(people.rita)
    for path in ("", "export.csv", f"{deposit.pk}/", f"{deposit.pk}/masquer/"):
        assert client.get(f"/animation/sas/{path}").status_code == 404
    assert client.get("/animation/sas/11111111-1111-4111-8111-000000000000/").status_code == 404


def test_its_images_are_read_by_those_who_read_it(people: Cast, deposit: Deposit) -> None:
    owner = owners[KIND]
    assert list(owner.visible(people.nora, [deposit.pk])) == [deposit.pk]
    assert list(owner.visible(people.rita, [deposit.pk])) == []
    assert list(owner.existing([deposit.pk, uuid.uuid4()])) == [deposit.pk]


def test_what_waits_is_told_on_the_home(people: Cast, deposit: Deposit) -> None:
    held = todo_items["airlock_held"]
    assert list(held.rows(people.nora)) == [deposit]
    assert held.rows(people.rita) is None
    assert exports["airlock"].count(people.nora, QueryDict("")) == 1


def test_the_desk_leads_to_it(people: Cast, sign_in: Any) -> None:
    assert "/animation/sas/" in sign_in(people.nora).get("/animation/").text
    assert "/animation/sas/" not in sign_in(people.rita).get("/animation/").text
    assert "/mes-idees/signer/" in sign_in(people.alice).get("/mes-idees/").text


def test_an_idea_of_another_state_has_no_panel(people: Cast, deposit: Deposit, sign_in: Any) -> None:
    idea = services.accept(deposit, actor=people.nora)
    Deposit.objects.filter(pk=deposit.pk).update(state=DepositState.WITHDRAWN)
    assert "n’est connu de personne" not in sign_in(people.nora).get(f"/animation/{idea.short}/").text


def test_what_it_keeps_of_the_desk_is_told() -> None:
    assert {"airlock.Deposit", "airlock.AirlockMessage"} <= {one.model for one in holdings()}


def test_words_for_the_admin_of_the_base(deposit: Deposit, people: Cast) -> None:
    assert str(deposit) == deposit.title
    assert str(Deposit(id=deposit.pk)) == f"dépôt {deposit.short}"
    word = dialogue.write(deposit, "Bonjour", actor=people.nora)
    assert str(word) == f"desk {deposit.pk}"


def test_a_signed_idea_has_no_panel(people: Cast, deposit: Deposit) -> None:
    idea = services.accept(deposit, actor=people.nora)
    assert panels["airlock_thread"].load(RequestFactory().get("/"), Idea(id=idea.pk)) is None

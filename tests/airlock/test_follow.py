"""With the receipt: what its author reads and sends, and what forgers get."""

import io
import secrets
from typing import Any

import pytest

from ozeli.airlock import quotas, receipts, services, urn
from ozeli.airlock.enums import DepositState
from ozeli.airlock.models import Deposit
from ozeli.airlock.services import dialogue, releases
from ozeli.ideas.enums import Reason, State
from ozeli.ideas.models import Idea
from ozeli.ideas.services import circuit
from ozeli.ideas.services.decisions import prepare_decision, publish_decision
from tests.factories import ANSWER, DomainFactory
from tests.personas import Cast

from .factories import DepositFactory
from .visitor import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def code() -> str:
    return receipts.new()


@pytest.fixture
def deposit(code: str, people: Cast) -> Deposit:
    return DepositFactory(code=code)


@pytest.fixture
def idea(deposit: Deposit, people: Cast) -> Idea:
    return services.accept(deposit, actor=people.nora)


def test_in_the_urn_then_held_then_published(visitor: Visitor, people: Cast) -> None:
    DomainFactory(code="accueil")
    code = visitor.deposit().code
    assert "attend dans l’urne" in visitor.follow(code).text
    releases.release(force=True)
    assert "attend d’être relue" in visitor.follow(code).text
    services.accept(Deposit.objects.get(), actor=people.nora)
    page = visitor.follow(receipts.shown(code).lower()).text
    assert "Attend une réponse depuis" in page
    assert "Le texte publié" in page
    assert "/mes-idees/signer/" in page


def test_a_refusal_is_read_with_its_reason(
    visitor: Visitor, code: str, deposit: Deposit, people: Cast
) -> None:
    services.refuse(deposit, actor=people.nora, reason="Ce texte met en cause une personne.")
    page = visitor.follow(code)
    assert "met en cause une personne" in page.text
    assert "Envoyer" not in page.text
    assert visitor.act("/suivre/message/", code, body="Pourquoi ?").status == 409


def test_the_answer_is_read(visitor: Visitor, code: str, idea: Idea, people: Cast) -> None:
    circuit.open_debate(idea, actor=people.nora)
    circuit.study(idea, actor=people.nora)
    decision = prepare_decision(
        idea,
        actor=people.nora,
        verdict="not_retained",
        reason=Reason.values[0],
        answer=ANSWER,
    )
    publish_decision(decision, actor=people.nora, version=decision.version)
    page = visitor.follow(code).text
    assert "Merci pour cette idée précise" in page
    assert "Vous avez une réponse" in page


def test_talk_without_a_name(visitor: Visitor, code: str, deposit: Deposit, people: Cast) -> None:
    dialogue.write(deposit, "Quels courriers ?", actor=people.nora)
    assert "Quels courriers ?" in visitor.follow(code).text
    empty = visitor.act("/suivre/message/", code, body="")
    assert empty.status == 422
    sent = visitor.act("/suivre/message/", code, body="Ceux de refus.")
    assert "C’est dans l’urne" in sent.text
    assert "Ceux de refus." in sent.text
    assert deposit.messages.count() == 1
    releases.release(force=True)
    assert [word.body for word in deposit.messages.all()] == ["Quels courriers ?", "Ceux de refus."]
    blocked = visitor.act("/suivre/message/", code, body="Son numéro : 1 85 05 78 006 084 91")
    assert blocked.status == 422


def test_a_message_sent_twice_is_one(visitor: Visitor, code: str, deposit: Deposit) -> None:
    data = {"ticket": visitor.follow(code).hidden("ticket"), "code": code, "body": "Bonjour à vous"}
    for _ in range(3):
        visitor.post("/suivre/message/", data)
    assert len(urn.held()) == 1


def test_complete_what_was_asked(visitor: Visitor, code: str, idea: Idea, people: Cast) -> None:
    assert visitor.act("/suivre/completer/", code).status == 409
    circuit.ask_completion(
        idea,
        actor=people.nora,
        note="Dites-nous quels courriers.",
        questions={"general": "Lesquels ?", "problem": "Où ?"},
    )
    page = visitor.follow(code).text
    assert "Ce qui vous est demandé" in page
    assert "Lesquels ?" in page
    form = visitor.act("/suivre/completer/", code)
    assert idea.problem in form.text.replace("&#x27;", "'")
    text = {
        name: getattr(idea, name) for name in ("title", "problem", "beneficiaries", "proposal", "benefit")
    }
    wrong = visitor.act("/suivre/completer/", code, envoyer="1", **text | {"proposal": "court"})
    assert wrong.status == 422
    sent = visitor.act(
        "/suivre/completer/",
        code,
        envoyer="1",
        **text | {"proposal": "Tous les courriers de refus, chaque mois."},
    )
    assert "Votre idée complétée" in sent.text
    assert visitor.act("/suivre/completer/", code).status == 409
    releases.release(force=True)
    idea.refresh_from_db()
    assert (idea.state, idea.proposal) == (State.DEPOSITED, "Tous les courriers de refus, chaque mois.")


def test_withdraw_once_sure(visitor: Visitor, code: str, idea: Idea, deposit: Deposit) -> None:
    asked = visitor.act("/suivre/retirer/", code)
    assert "Retirer votre idée" in asked.text
    assert len(urn.held()) == 0
    sent = visitor.act("/suivre/retirer/", code, envoyer="1")
    assert "Vous retirez votre idée" in sent.text
    assert visitor.act("/suivre/retirer/", code).status == 409
    releases.release(force=True)
    idea.refresh_from_db()
    assert idea.state == State.WITHDRAWN
    page = visitor.follow(code)
    assert "Vous l’avez retirée" in page.text
    assert visitor.act("/suivre/retirer/", code).status == 409


def test_a_held_deposit_may_be_withdrawn(visitor: Visitor, code: str, deposit: Deposit) -> None:
    assert "C’est dans l’urne" in visitor.act("/suivre/retirer/", code, envoyer="1").text


def test_signed_is_told(visitor: Visitor, code: str, idea: Idea, deposit: Deposit) -> None:
    Deposit.objects.filter(pk=deposit.pk).update(state=DepositState.SIGNED)
    assert "Elle est signée" in visitor.follow(code).text


# --- who is not let in --------------------------------------------------------------------------------------------


def test_a_form_from_elsewhere(visitor: Visitor, code: str, deposit: Deposit) -> None:
    ticket = visitor.get("/suivre/").hidden("ticket")
    assert (
        visitor.post("/suivre/", {"ticket": ticket, "code": code}, HTTP_SEC_FETCH_SITE="cross-site").status
        == 403
    )
    assert visitor.post("/suivre/", {"ticket": "", "code": code}).status == 403
    assert visitor.post("/suivre/", {"ticket": ticket, "code": ""}).status == 422


def test_ten_thousand_guesses_end_in_429_and_lock_nobody_out(
    visitor: Visitor, code: str, deposit: Deposit, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, hashed = visitor.get("/suivre/").hidden("ticket"), []
    digest = receipts.digest
    monkeypatch.setattr(receipts, "digest", lambda one: hashed.append(one) or digest(one))
    monkeypatch.setattr(
        "ozeli.airlock.pages.follow._ask", lambda form, **more: _bare(more.get("status", 200))
    )
    statuses = [
        visitor.post("/suivre/", {"ticket": ticket, "code": secrets.token_hex(10) + "0"}).status
        for _ in range(10_000)
    ]
    assert set(statuses[: quotas.FORGED_AN_HOUR]) == {422}
    assert set(statuses[quotas.FORGED_AN_HOUR :]) == {429}
    assert hashed == []
    monkeypatch.undo()
    monkeypatch.setattr(receipts, "COST", 2)
    assert visitor.post("/suivre/", {"ticket": ticket, "code": code}).status == 200


def _bare(status: int) -> Any:
    from django.http import HttpResponse

    return HttpResponse("", status=status)


def test_too_many_forged_codes_are_told_in_words(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "n’est pas un des nôtres" in visitor.follow("0" * 21).text
    monkeypatch.setattr(quotas, "FORGED_AN_HOUR", 0)
    answer = visitor.follow("0" * 21)
    assert answer.status == 429
    assert "Trop de codes inexacts" in answer.text


def test_a_code_of_ours_that_opens_nothing(visitor: Visitor, db: None) -> None:
    answer = visitor.follow(receipts.new())
    assert answer.status == 422
    assert "aucun dépôt" in answer.text


def test_busy_full_or_too_many(
    visitor: Visitor, code: str, deposit: Deposit, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = visitor.follow(code).hidden("ticket")
    data = {"ticket": ticket, "code": code, "body": "Un message assez long"}
    with monkeypatch.context() as patch:
        patch.setattr(quotas, "REPLIES_AN_HOUR", 0)
        answer = visitor.post("/suivre/message/", data)
        assert (answer.status, "Un message assez long" in answer.text) == (429, True)
    with monkeypatch.context() as patch:
        patch.setattr(urn, "MOST_BYTES", 10)
        answer = visitor.post("/suivre/message/", data)
        assert (answer.status, "Un message assez long" in answer.text) == (503, True)

    def busy(code: str) -> str:
        raise receipts.Busy

    monkeypatch.setattr(receipts, "digest", busy)
    assert visitor.post("/suivre/", data).status == 503


def test_nothing_typed_is_in_an_address_or_an_output(
    visitor: Visitor, code: str, deposit: Deposit, capfd: pytest.CaptureFixture[str]
) -> None:
    page = visitor.follow(code)
    assert not [value for name, value in page.headers if code in value]
    assert code not in "".join(capfd.readouterr())
    assert io.StringIO().getvalue() == ""

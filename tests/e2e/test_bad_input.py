"""What goes wrong in real life: nothing typed is lost, nothing is done twice, and the portal comes back by itself."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Request, expect

from . import audit, gestures
from .gestures import LONG_ANSWER, Written
from .running import Mailbox, Portal, wait_until
from .visitor import Visitor

pytestmark = pytest.mark.e2e
Arrive = Callable[..., Visitor]


def test_expired_session_gives_fields_back(visitor: Arrive) -> None:
    author, idea = visitor("agent", own_session=True), Written(title="Une session qui expire")
    gestures.describe(author, idea)
    author.page.get_by_label("Domaine").select_option(label=idea.domain)
    author.expire_session()
    assert author.press("Relire avant de déposer").status == 401
    expect(author.page.get_by_role("main")).to_contain_text("Votre texte est gardé")
    author.fill_sign_in("agent")
    expect(author.page.get_by_label("Quel problème voyez-vous")).to_have_value(idea.problem)
    expect(author.page.get_by_label("Que proposez-vous")).to_have_value(idea.proposal)
    author.press("Relire avant de déposer")
    assert author.title() == "Relire avant de déposer"


def test_expired_session_keeps_comment_for_reader(visitor: Arrive) -> None:
    reader = visitor("direction", own_session=True)
    reader.open("/idees/")
    reader.answer_to(
        reader.page.get_by_role("main").get_by_role("heading", level=2).get_by_role("link").first.click
    )
    reader.page.get_by_label("Votre commentaire").fill("Un commentaire que je ne veux pas récrire.")
    reader.expire_session()
    reader.press("Publier")
    reader.fill_sign_in("direction")
    expect(
        reader.page.get_by_role("textbox", name=re.compile("Votre commentaire|Texte gardé"))
    ).to_have_value("Un commentaire que je ne veux pas récrire.")


@pytest.mark.parametrize("javascript", [True, False])
def test_double_click_deposits_once(visitor: Arrive, javascript: bool) -> None:
    idea = Written(title=f"Un double clic, {'avec' if javascript else 'sans'} script")
    author = visitor("agent", javascript=javascript)
    gestures.describe(author, idea)
    author.page.get_by_label("Domaine").select_option(label=idea.domain)
    author.press("Relire avant de déposer")
    author.page.get_by_label("Titre").fill(idea.title)
    author.page.get_by_role("button", name="Déposer mon idée").dblclick()
    expect(author.page.get_by_role("heading", level=1)).to_have_text(idea.title)
    author.open("/mes-idees/")
    expect(author.page.get_by_role("heading", name=idea.title)).to_have_count(1)


def test_replayed_deposit_leads_to_same_idea(visitor: Arrive) -> None:
    """What a browser sends again after « back », five times: one idea, and the way to it each time."""
    idea, author = Written(title="Un dépôt rejoué"), visitor("agent")
    posted: list[Request] = []
    author.page.on("request", lambda asked: posted.append(asked) if asked.method == "POST" else None)
    sheet = gestures.deposit(author, idea)
    last = next(one for one in reversed(posted) if "/relire/" in one.url)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": last.url}
    for _ in range(5):
        answer = author.context.request.post(last.url, data=last.post_data, headers=headers)
        assert answer.status == 200
        assert answer.url.endswith(sheet)
    author.open("/mes-idees/")
    expect(author.page.get_by_role("heading", name=idea.title)).to_have_count(1)


def test_two_referents_decide_at_once(visitor: Arrive) -> None:
    """The first wins; the second sees the winner's decision beside their own text."""
    sheet = gestures.deposit(visitor("agent"), Written(title="Deux réponses à la fois"))
    first, second = visitor("contributrice"), visitor("referente")
    gestures.bring_to_study(first, sheet)
    gestures.open_desk(second, sheet)
    mine = (
        "Ma réponse à moi, plus longue que les quatre-vingts caractères exigés, et qui ne doit pas se perdre."
    )
    gestures.write_refusal(second, answer=mine, reason="Coût disproportionné")
    gestures.write_refusal(first)

    first.press("Enregistrer")
    assert second.press("Enregistrer").status == 409
    expect(second.page.get_by_role("alert")).to_contain_text("Votre texte est toujours dans le formulaire")
    expect(second.page.get_by_role("main")).to_contain_text("personne ne l’avait fait")
    expect(gestures.answer_field(second)).to_have_value(mine)
    assert not list(audit.looks(second.page))

    first.press("Publier la réponse")
    assert second.press("Enregistrer").status == 409
    expect(second.page.get_by_role("alert")).to_contain_text("non retenue, par Éléonore Baudry")
    expect(second.page.get_by_role("main")).to_contain_text("personne ne l’avait fait")
    expect(second.page.get_by_label("(votre texte)")).to_have_value(mine)
    assert not list(audit.looks(second.page))
    second.open(sheet)
    expect(second.page.get_by_role("main")).to_contain_text(LONG_ANSWER[:30])
    expect(second.page.get_by_role("main")).not_to_contain_text(mine[:30])


def test_two_windows_edit_one_text(visitor: Arrive) -> None:
    sheet = gestures.deposit(visitor("agent"), Written(title="Deux fenêtres ouvertes"))
    first, second = visitor("agent"), visitor("agent")
    for one in (first, second):
        one.open(sheet)
        one.follow("Modifier votre idée")
    first.page.get_by_label("Que proposez-vous").fill("Le texte de la première fenêtre, enregistré d’abord.")
    first.press("Enregistrer")
    second.page.get_by_label("Que proposez-vous").fill(
        "Le texte de la seconde fenêtre, qui arrive trop tard."
    )
    assert second.press("Enregistrer").status == 409
    expect(second.page.get_by_role("complementary")).to_contain_text("Le texte de la première fenêtre")
    expect(second.page.get_by_label("Que proposez-vous")).to_have_value(
        re.compile("^Le texte de la seconde fenêtre")
    )
    second.press("Enregistrer")
    expect(second.page.get_by_role("main")).to_contain_text("Le texte de la seconde fenêtre")


def test_database_away_gives_text_back_then_returns(visitor: Arrive, portal: Portal) -> None:
    author, idea = visitor("agent"), Written(title="Une base partie")
    gestures.describe(author, idea)
    author.page.get_by_label("Domaine").select_option(label=idea.domain)
    with portal.without_database():
        asked = time.monotonic()
        assert author.press("Relire avant de déposer").status == 503
        assert time.monotonic() - asked < 8, "three seconds for the portal, the rest for a busy machine"
        assert author.title() == "Le portail reprend son souffle"
        typed = author.page.locator("textarea")
        expect(typed.filter(has_text=idea.problem)).to_be_visible()
        expect(typed.filter(has_text=idea.proposal)).to_be_visible()
        assert not portal.is_ready()

    def all_answer() -> bool:
        """Each web process has connections of its own: several requests reach them all."""
        return all(author.context.request.get(f"{portal.url}/idees/").status == 200 for _ in range(8))

    wait_until(all_answer, seconds=10, why="the portal does not come back by itself")
    assert gestures.deposit(author, idea)


def test_killed_worker_still_sends_mail_once(visitor: Arrive, portal: Portal, mailbox: Mailbox) -> None:
    """The worker is killed while it hands the mail over; its job is found dead within two minutes, and done again."""
    idea = Written(title="Un courriel têtu")
    sheet = gestures.deposit(visitor("agent"), idea)
    referent = visitor("contributrice")
    with mailbox.slow():
        gestures.open_desk(referent, sheet)
        gestures.open_debate(referent)
        wait_until(lambda: mailbox.held, why="no mail tried to leave")
        killed = portal.kill_worker()
        wait_until(lambda: portal.worker() not in (0, killed), why="no new worker")
    mailbox.wait_for("agent@demo.test", "Une idée entre en débat", idea.title, seconds=120)
    # What comes next by the same road comes after a second copy would have.
    gestures.study(referent)
    mailbox.wait_for("agent@demo.test", "Une idée est mise à l’étude", idea.title)
    assert len(mailbox.to("agent@demo.test", "Une idée entre en débat", idea.title)) == 1

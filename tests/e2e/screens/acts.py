"""What brings a page to a state: a form refused, a draft kept, a session lost."""

import io
import re
from collections.abc import Callable

from PIL import Image

from .. import gestures
from ..gestures import Written
from ..visitor import PASSWORD, Visitor
from .screen import WRITER


def refused_sign_in(visitor: Visitor) -> None:
    visitor.page.get_by_label("Adresse électronique").fill("agent@demo.test")
    visitor.page.get_by_label("Mot de passe").fill("pas le bon")
    visitor.press("Se connecter")


def sent_empty(visitor: Visitor) -> None:
    """The main form of the page, sent as it stands."""
    visitor.page.locator("main form[method=post] .btn-1").first.click()
    visitor.page.wait_for_load_state()


def half_an_idea(visitor: Visitor) -> None:
    visitor.page.get_by_label("Que proposez-vous").fill("Trop court.")
    visitor.press("Relire avant de déposer")


def review(visitor: Visitor) -> None:
    gestures.describe(visitor, Written(title="Une relecture"))
    visitor.page.get_by_label("Domaine").select_option(label="Accueil et guichets")
    visitor.press("Relire avant de déposer")


def refused_review(visitor: Visitor) -> None:
    review(visitor)
    visitor.page.get_by_label("Titre").fill("")
    visitor.press("Déposer mon idée")


def read_again(visitor: Visitor) -> None:
    for box in visitor.page.get_by_label(re.compile("Publier avec d’autres")).all()[:3]:
        box.check()
    button = visitor.page.get_by_role("button", name="Relire celles que je coche").first
    visitor.answer_to(button.click)


def publish_one(visitor: Visitor) -> None:
    visitor.page.get_by_label(re.compile("Publier avec d’autres")).first.check()
    visitor.answer_to(visitor.page.get_by_role("button", name="Relire celles que je coche").first.click)
    visitor.answer_to(visitor.page.get_by_role("button", name=re.compile("^Publier 1")).click)


def entrust_none(visitor: Visitor) -> None:
    visitor.page.get_by_label("Confier à").fill("Solène Le Goff")
    visitor.press("Confier")


def empty_note(visitor: Visitor) -> None:
    visitor.page.get_by_label("Votre note").fill("  ")
    visitor.press("Garder cette note")


def refused_template(visitor: Visitor) -> None:
    visitor.page.get_by_label("Texte").fill("Bonjour {prenom}, merci pour votre idée.")
    visitor.press("Enregistrer")


def kept_draft(visitor: Visitor) -> None:
    gestures.describe(visitor, Written(title="Un brouillon"))
    visitor.press("Garder en brouillon")


def draft_to_delete(visitor: Visitor) -> None:
    kept_draft(visitor)
    visitor.answer_to(visitor.page.get_by_role("link", name=re.compile("^Supprimer")).first.click)


def own_idea(gesture: Callable[[Visitor], object]) -> Callable[[Visitor], object]:
    """On the sheet of an idea just deposited."""

    def act(visitor: Visitor) -> None:
        gestures.deposit(visitor, Written(title="Une idée à reprendre"))
        gesture(visitor)

    return act


def refused_edit(visitor: Visitor) -> None:
    visitor.follow("Modifier votre idée")
    visitor.page.get_by_label("Titre").fill("")
    visitor.press("Enregistrer")


def drawn_file(visitor: Visitor) -> None:
    """On the page of the files of one's idea, with an image chosen."""
    visitor.follow("Joindre ou retirer une image, un document")
    held = io.BytesIO()
    Image.linear_gradient("L").save(held, "PNG")
    file = {"name": "guichet.png", "mimeType": "image/png", "buffer": held.getvalue()}
    visitor.page.get_by_label("Image ou document").set_input_files(file)


def joined_file(visitor: Visitor) -> None:
    drawn_file(visitor)
    visitor.page.get_by_label("Ce que montre l’image").fill("Le guichet, vu de l’entrée")
    visitor.press("Joindre ce fichier")


def undescribed(visitor: Visitor) -> None:
    drawn_file(visitor)
    visitor.press("Joindre ce fichier")


def own_comment(tail: str) -> Callable[[Visitor], None]:
    """Say something, then go to what one may do with it."""

    def done(visitor: Visitor) -> None:
        gestures.comment(visitor, f"Un mot de plus, pour {tail}.")
        said = visitor.page.get_by_role("article").filter(has_text=f"Un mot de plus, pour {tail}.")
        said.get_by_role("link", name=re.compile(f"^{tail}")).first.click()
        visitor.page.wait_for_load_state()

    return done


def phone_in_comment(visitor: Visitor) -> None:
    visitor.page.get_by_label("Votre commentaire").fill("Appelez le 06 12 34 56 78 pour en parler.")
    visitor.press("Publier")


def unexplained_decision(visitor: Visitor) -> None:
    visitor.page.get_by_label("Masquer").check()
    visitor.press("Enregistrer la décision")


def refused_comment(visitor: Visitor) -> None:
    visitor.page.get_by_label("Votre commentaire").fill("  ")
    visitor.press("Publier")


def short_answer(visitor: Visitor) -> None:
    gestures.write_refusal(visitor, answer="Trop court.")
    visitor.press("Enregistrer")


def refused_revival(visitor: Visitor) -> None:
    visitor.page.get_by_label("Ce qui a changé").fill("Rien.")
    visitor.press("Envoyer ma demande")


def prepared_changes(visitor: Visitor) -> None:
    visitor.answer_to(visitor.page.get_by_role("link", name="Modifier les droits, Idées").click)
    visitor.page.get_by_label("Idées, Consultation").select_option(label="Contribuer")
    visitor.press("Terminer")


def refused_profile(visitor: Visitor) -> None:
    visitor.page.get_by_label("Profil", exact=True).select_option(label="Contributeur")
    visitor.page.get_by_label("Sur quel organisme").fill("Nulle part")
    visitor.press("Donner ce profil")


def asked_new_password(visitor: Visitor) -> None:
    visitor.page.get_by_label("Adresse électronique").fill("direction@demo.test")
    visitor.press("Envoyer le lien")
    mail = visitor.portal.mailbox.wait_for("direction@demo.test", "passe")
    address = re.search(r"http\S+", mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    visitor.open(address.group())  # type: ignore[union-attr]


def expired(visitor: Visitor) -> None:
    visitor.page.get_by_label("Que proposez-vous").fill("Un texte que je ne veux pas récrire.")
    visitor.expire_session()
    visitor.press("Relire avant de déposer")


def kept_elsewhere(visitor: Visitor) -> None:
    """Words that came back from a lost session, on another page than theirs."""
    expired(visitor)
    visitor.fill_sign_in(WRITER)
    visitor.open("/idees/")


def stale_form(visitor: Visitor) -> None:
    visitor.page.get_by_label("Que proposez-vous").fill("Un texte que je ne veux pas récrire.")
    visitor.context.clear_cookies(name="ozeli_csrf")
    visitor.press("Relire avant de déposer")


def other_words_under_same_key(visitor: Visitor) -> None:
    """A form that has already been sent, sent again with other words."""
    key = visitor.page.locator("#depot [name=idempotency_key]")
    used = key.input_value()
    visitor.page.get_by_label("Que proposez-vous").fill("Un premier texte, gardé en brouillon.")
    visitor.press("Garder en brouillon")
    visitor.open("/idees/deposer/")
    key.evaluate("(field, used) => { field.value = used }", used)
    visitor.page.get_by_label("Que proposez-vous").fill("Un autre texte, sous la même clé.")
    visitor.press("Garder en brouillon")


def open_details(visitor: Visitor) -> None:
    """Every menu and fold, as a reader opens them."""
    visitor.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


def wrong_password_change(visitor: Visitor) -> None:
    visitor.page.get_by_label("Mot de passe actuel").fill(PASSWORD)
    visitor.page.get_by_label("Nouveau mot de passe").fill("court")
    visitor.page.get_by_label("Le nouveau, encore une fois").fill("autre")
    visitor.press("Changer de mot de passe")


def confirm_password(visitor: Visitor) -> None:
    """A protected page asked for the password again."""
    visitor.page.get_by_label("Mot de passe").fill(PASSWORD)
    visitor.press("Confirmer")


def with_application(name: str, then: str) -> Callable[[Visitor], object]:
    """Signed in as this person, who has just set up an application (once), on the page `then`."""

    def act(visitor: Visitor) -> None:
        visitor.sign_in(name)
        gestures.set_up_application(visitor)
        visitor.open(then)

    return act


def second_step(visitor: Visitor) -> None:
    visitor.sign_in("sophie.marchand")
    gestures.set_up_application(visitor)
    visitor.open("/deconnexion/")
    visitor.press("Se déconnecter")
    visitor.page.get_by_label("Adresse électronique").fill("sophie.marchand@demo.test")
    visitor.page.get_by_label("Mot de passe").fill(PASSWORD)
    visitor.press("Se connecter")
    visitor.page.get_by_label("Code").fill("000000")
    visitor.press("Se connecter")


def refused_addresses(visitor: Visitor) -> None:
    visitor.page.get_by_label("Adresses électroniques").fill("bonne@demo.test\npas une adresse")
    visitor.page.get_by_label("Leur organisme").fill("Caf du Nord")
    visitor.page.get_by_label("Profil", exact=True).select_option(label="Consultation")
    visitor.press("Envoyer les invitations")


def followed_invitation(visitor: Visitor) -> None:
    visitor.page.get_by_label("Adresses électroniques").fill("suivie@demo.test")
    visitor.page.get_by_label("Leur organisme").fill("Caf du Nord")
    visitor.page.get_by_label("Profil", exact=True).select_option(label="Consultation")
    visitor.press("Envoyer les invitations")
    mail = visitor.portal.mailbox.wait_for("suivie@demo.test", "invitation")
    address = re.search(r"http\S+/invitation/\S+", mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    visitor.open(address.group())  # type: ignore[union-attr]


def refused_erasure(visitor: Visitor) -> None:
    visitor.page.get_by_label("Votre mot de passe").fill("pas le bon")
    visitor.press("Demander l’effacement")


def opened_feed(visitor: Visitor) -> None:
    visitor.follow("Enregistrer cette recherche")
    visitor.page.get_by_label("Nom de cette recherche").fill("Ma veille")
    visitor.press("Enregistrer")
    visitor.page.get_by_role("button", name="Ouvrir un flux").first.click()
    visitor.page.wait_for_url("**/moi/flux/")

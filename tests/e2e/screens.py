"""Every page of the product, in the states that a person may meet, by the person who meets it."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from PIL import Image

from . import gestures
from .gestures import Written
from .visitor import PASSWORD, Visitor

# Elements that a page may have, by its sort. Administration and gallery show all there is.
BUDGETS = {"page": 350, "list": 500, "admin": None}


@dataclass(frozen=True)
class Screen:
    """`path` may depend on the contents (`link`); `act` brings the page from there to its state."""

    name: str
    view: str
    who: str
    path: str | Callable[[Visitor], str]
    sort: str = "page"
    status: int = 200
    act: Callable[[Visitor], object] | None = None

    def open(self, visitor: Visitor) -> int:
        """Go there; the status of the page before `act`."""
        path = self.path if isinstance(self.path, str) else self.path(visitor)
        status = visitor.open(path).status
        if self.act is not None:
            self.act(visitor)
        return status


def link(path: str, pattern: str, *, more: str = "") -> Callable[[Visitor], str]:
    """The first address of this form in a page, with `more` after it."""

    def found(visitor: Visitor) -> str:
        html = visitor.context.request.get(visitor.portal.url + path).text()
        match = re.search(f'href="({pattern})"', html)
        assert match is not None, f"no {pattern} in {path}"
        return match.group(1) + more

    return found


def through(path: str, first: str, then: str) -> Callable[[Visitor], str]:
    """The first address of the form `then`, in the page that is the first of the form `first` in `path`."""
    return lambda visitor: link(link(path, first)(visitor), then)(visitor)


DESK_FILE = r"/animation/[0-9a-z]{12}/dossier/"
SHEET = r"/idees/[0-9a-zA-Z]{12}-[^/\"]+/"
PERSON = r"/personnes/[0-9a-z]{12}-[^/\"]+/"
NOBODY = "sandrine.pellegrin"  # neither draft, nor desk
WRITER = "leila.ouali"


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


SCREENS = [
    # Signed out
    Screen("single-sign-on", "openid_connect_login", "", "/connexion/agent/"),
    Screen("single-sign-on-stale", "openid_connect_callback", "", "/connexion/agent/retour/", status=400),
    Screen("second-step-refused", "mfa_authenticate", "", "/connexion/", act=second_step),
    Screen("invitation-gone", "invitation", "", "/invitation/un-vieux-lien/", status=404),
    Screen(
        "invitation", "invitation", "admin", "/administration/invitations/nouvelle/", act=followed_invitation
    ),
    Screen("sign-in", "account_login", "", "/connexion/"),
    Screen("sign-in-refused", "account_login", "", "/connexion/", act=refused_sign_in),
    Screen("sign-in-after-expiry", "account_login", WRITER, "/idees/deposer/", act=expired),
    Screen("closed-account", "account_inactive", "", "/compte-ferme/"),
    Screen("password-reset", "account_reset_password", "", "/mot-de-passe-oublie/"),
    Screen("password-reset-sent", "account_reset_password_done", "", "/mot-de-passe-oublie/envoye/"),
    Screen(
        "password-reset-form",
        "account_reset_password_from_key",
        "",
        "/mot-de-passe-oublie/",
        act=asked_new_password,
    ),
    Screen(
        "password-reset-stale", "account_reset_password_from_key", "", "/mot-de-passe-oublie/1-ancien-lien/"
    ),
    Screen("password-reset-done", "account_reset_password_from_key_done", "", "/mot-de-passe-oublie/change/"),
    # Everybody
    Screen("home", "portal:home", "agent", "/"),
    Screen("home-of-operations", "portal:home", "developpeur", "/"),
    Screen("home-of-network-desk", "portal:home", "contributrice", "/"),
    Screen("tools", "portal:tools", "agent", "/outils/"),
    Screen("figures", "portal:figures", "agent", "/donnees-cles/", sort="list"),
    Screen("help", "portal:help", "agent", "/aide/"),
    Screen("glossary", "portal:glossary", "agent", "/glossaire/"),
    Screen("accessibility", "portal:accessibility", "agent", "/accessibilite/", sort="admin"),
    Screen("data", "portal:data", "agent", "/vos-donnees/", sort="list"),
    Screen("contact", "portal:contact", "agent", "/contact/"),
    Screen("gallery", "core:gallery", "agent", "/composants/", sort="admin"),
    Screen("not-found", "404", "agent", "/nulle-part/", status=404),
    Screen("not-found-signed-out", "404", "", "/nulle-part/", status=404),
    Screen("stale-form", "403", WRITER, "/idees/deposer/", act=stale_form),
    Screen("sent-twice", "409", WRITER, "/idees/deposer/", act=other_words_under_same_key),
    Screen("home-with-menu", "portal:home", "agent", "/", act=open_details),
    Screen("forbidden", "403", "agent", "/animation/", status=403),
    Screen("sign-out", "account_logout", "agent", "/deconnexion/"),
    Screen("own-page", "accounts:me", "agent", "/moi/"),
    Screen("password", "account_change_password", "agent", "/moi/mot-de-passe/"),
    Screen(
        "password-refused",
        "account_change_password",
        "agent",
        "/moi/mot-de-passe/",
        act=wrong_password_change,
    ),
    Screen("sessions", "accounts:sessions", "agent", "/moi/sessions/"),
    Screen("security", "mfa_index", "agent", "/moi/securite/"),
    Screen("application", "mfa_activate_totp", "agent", "/moi/securite/application/", act=confirm_password),
    Screen(
        "application-leave",
        "mfa_deactivate_totp",
        "",
        "/connexion/",
        act=with_application("bastien.charvet", "/moi/securite/application/retirer/"),
    ),
    Screen(
        "recovery-codes",
        "mfa_view_recovery_codes",
        "",
        "/connexion/",
        act=with_application("mehdi.belkacem", "/moi/securite/codes/"),
    ),
    Screen(
        "recovery-codes-new",
        "mfa_generate_recovery_codes",
        "",
        "/connexion/",
        act=with_application("antoine.sabatier", "/moi/securite/codes/nouveaux/"),
    ),
    Screen(
        "confirm-code",
        "mfa_reauthenticate",
        "",
        "/connexion/",
        act=with_application("mathilde.roques", "/moi/confirmer/code/"),
    ),
    Screen("confirm-password", "account_reauthenticate", "agent", "/moi/confirmer/"),
    Screen("notifications", "activity:notifications", "agent", "/notifications/?vue=toutes", sort="list"),
    Screen("notifications-unread", "activity:notifications", "contributrice", "/notifications/", sort="list"),
    Screen("notifications-none", "activity:notifications", NOBODY, "/notifications/"),
    Screen("notifications-never", "activity:notifications", NOBODY, "/notifications/?vue=toutes"),
    Screen(
        "notifications-of-a-sort",
        "activity:notifications",
        "agent",
        "/notifications/?vue=toutes&sorte=idea.mentioned",
    ),
    Screen("paces", "activity:preferences", "referente", "/moi/notifications/"),
    Screen(
        "unsubscribe-worthless",
        "activity:unsubscribe",
        "agent",
        "/courriels/arreter/1-faux~jeton/",
        status=404,
    ),
    Screen("organisations", "network:organisations", "agent", "/organismes/", sort="list"),
    Screen("organisations-none", "network:organisations", "agent", "/organismes/?q=zzzz"),
    Screen("organisation", "network:organisation", "agent", "/organismes/cpam-44/"),
    Screen("search", "search:results", "agent", "/recherche/"),
    Screen(
        "search-results",
        "search:results",
        "agent",
        f"/recherche/?q={quote('rendez-vous manqués')}",
        sort="list",
    ),
    Screen("search-corrected", "search:results", "agent", "/recherche/?q=alocataires", sort="list"),
    Screen("search-nothing", "search:results", "agent", "/recherche/?q=zzzzqqq"),
    # People, and one's own
    Screen("directory", "people:directory", "agent", "/annuaire/", sort="list"),
    Screen("directory-none", "people:directory", "agent", "/annuaire/?q=zzzz"),
    Screen(
        "directory-table",
        "people:directory",
        "referente",
        "/annuaire/?role=coach",
        sort="list",
        act=open_details,
    ),
    Screen("ambassador", "people:ambassador", NOBODY, "/annuaire/ambassadeur/"),
    Screen("roles", "people:roles", "referente", "/annuaire/roles/"),
    Screen("roles-of-network", "people:roles", "contributrice", "/annuaire/roles/", sort="list"),
    Screen("page-of-a-person", "people:person", "agent", link("/annuaire/", PERSON), sort="list"),
    Screen("write-to-a-person", "people:write", "referente", link("/annuaire/", PERSON, more="ecrire/")),
    Screen("own-page-closed", "people:own_page", NOBODY, "/moi/page/"),
    Screen("own-page-open", "people:own_page", "agent", "/moi/page/"),
    Screen("own-data", "people:data", "agent", "/moi/donnees/", sort="list"),
    Screen("own-data-refused", "people:data", NOBODY, "/moi/donnees/", sort="list", act=refused_erasure),
    Screen("searches", "people:searches", "agent", "/moi/recherches/"),
    Screen("searches-none", "people:searches", NOBODY, "/moi/recherches/"),
    Screen(
        "save-search", "people:save_search", "agent", "/moi/recherches/nouvelle/?liste=ideas&etat=en-debat"
    ),
    Screen(
        "change-search",
        "people:change_search",
        "agent",
        link("/moi/recherches/", r"/moi/recherches/[0-9a-f-]{36}/"),
    ),
    Screen("feeds", "people:feeds", WRITER, "/idees/", act=opened_feed),
    Screen("feeds-none", "people:feeds", NOBODY, "/moi/flux/"),
    Screen(
        "erasure",
        "people:administer_erasure",
        "admin",
        link("/administration/personnes/", r"/administration/personnes/\d+/", more="effacement/"),
        sort="admin",
    ),
    # Ideas
    Screen("ideas", "ideas:list", "agent", "/idees/", sort="list"),
    Screen("ideas-filtered", "ideas:list", "agent", "/idees/?domaine=relation&etat=en-debat", sort="list"),
    Screen("ideas-with-filters", "ideas:list", "agent", "/idees/", sort="list", act=open_details),
    Screen("ideas-none", "ideas:list", "agent", "/idees/?etat=essaimee&lien=miennes&domaine=agricole"),
    Screen("ideas-with-kept-words", "ideas:list", WRITER, "/idees/deposer/", sort="list", act=kept_elsewhere),
    Screen("idea-deposited", "ideas:idea", "agent", link("/idees/?etat=deposee", SHEET)),
    Screen("idea-in-debate", "ideas:idea", "agent", link("/idees/?etat=en-debat&tri=soutenues", SHEET)),
    Screen("idea-under-study", "ideas:idea", "referente", link("/idees/?etat=a-l-etude", SHEET)),
    Screen("idea-retained", "ideas:idea", "agent", link("/idees/?etat=retenue", SHEET)),
    Screen("idea-not-retained", "ideas:idea", "agent", link("/cimetiere/", SHEET)),
    Screen("idea-merged", "ideas:idea", "agent", link("/idees/?etat=regroupee", SHEET)),
    Screen("idea-spread", "ideas:idea", "agent", link("/idees/?etat=essaimee", SHEET)),
    Screen(
        "comment-refused", "ideas:comment", "agent", link("/idees/?etat=en-debat", SHEET), act=refused_comment
    ),
    Screen(
        "comment-watched",
        "ideas:comment",
        "agent",
        link("/idees/?etat=en-debat", SHEET),
        act=phone_in_comment,
    ),
    Screen(
        "comment-edit",
        "ideas:edit_comment",
        "agent",
        link("/idees/?etat=en-debat", SHEET),
        act=own_comment("Corriger"),
    ),
    Screen(
        "comment-remove",
        "ideas:remove_comment",
        "agent",
        link("/idees/?etat=en-debat", SHEET),
        act=own_comment("Retirer"),
    ),
    Screen("report", "ideas:report", "agent", link("/idees/?etat=en-debat", SHEET, more="signaler/")),
    Screen(
        "report-comment",
        "ideas:report_comment",
        NOBODY,
        link("/idees/?etat=en-debat&tri=soutenues", SHEET, more="#commentaires"),
        act=lambda visitor: visitor.page.get_by_role(
            "link", name=re.compile("^Signaler le commentaire")
        ).first.click(),
    ),
    Screen("my-reports", "ideas:my_reports", "agent", "/mes-signalements/"),
    Screen("amendments", "ideas:amendments", "agent", link("/mes-idees/", SHEET, more="modifications/")),
    Screen("authors", "ideas:authors", "agent", link("/mes-idees/", SHEET, more="auteurs/")),
    Screen("invitations", "ideas:invitations", "agent", "/invitations/"),
    Screen("invitation", "ideas:invitation", "agent", link("/invitations/", r"/invitations/\d+/")),
    Screen("team-place", "ideas:team_place", "agent", link("/invitations/", r"/invitations/equipes/\d+/")),
    Screen("team", "ideas:team", "direction", "/mon-equipe/", sort="list"),
    Screen("team-members", "ideas:team_members", "direction", "/mon-equipe/personnes/"),
    Screen("team-posture", "ideas:team_posture", "direction", "/mon-equipe/animer/"),
    Screen("moderation", "ideas:moderation", "referente", "/moderation/", sort="list"),
    Screen("moderation-past", "ideas:moderation", "referente", "/moderation/?etat=tous", sort="list"),
    Screen("case", "ideas:case", "referente", link("/moderation/", r"/moderation/\d+/")),
    Screen(
        "case-unexplained",
        "ideas:case",
        "referente",
        link("/moderation/", r"/moderation/\d+/"),
        act=unexplained_decision,
    ),
    Screen(
        "thread",
        "ideas:thread",
        "agent",
        lambda visitor: link(
            link("/idees/?etat=essaimee", SHEET)(visitor), SHEET + "commentaires/[0-9a-f-]+/"
        )(visitor),
    ),
    Screen("deposit", "ideas:deposit", "agent", "/idees/deposer/"),
    Screen("deposit-refused", "ideas:deposit", "agent", "/idees/deposer/", act=half_an_idea),
    Screen("review", "ideas:review", WRITER, "/idees/deposer/", act=review),
    Screen("review-refused", "ideas:review", WRITER, "/idees/deposer/", act=refused_review),
    Screen("own-ideas", "ideas:mine", "agent", "/mes-idees/", sort="list"),
    Screen("own-ideas-followed", "ideas:mine", "agent", "/mes-idees/?liste=suivies", sort="list"),
    Screen("own-ideas-none", "ideas:mine", "admin", "/mes-idees/"),
    Screen(
        "own-ideas-draft-and-opinions",
        "ideas:mine",
        "experte",
        "/idees/deposer/",
        sort="list",
        act=kept_draft,
    ),
    Screen("draft-delete", "ideas:delete_draft", WRITER, "/idees/deposer/", act=draft_to_delete),
    Screen(
        "idea-edit",
        "ideas:edit",
        WRITER,
        "/idees/deposer/",
        act=own_idea(lambda visitor: visitor.follow("Modifier votre idée")),
    ),
    Screen("idea-edit-refused", "ideas:edit", WRITER, "/idees/deposer/", act=own_idea(refused_edit)),
    Screen("idea-files", "ideas:attachments", WRITER, "/idees/deposer/", act=own_idea(joined_file)),
    Screen("idea-file-refused", "ideas:attachments", WRITER, "/idees/deposer/", act=own_idea(undescribed)),
    Screen(
        "idea-withdraw",
        "ideas:withdraw",
        WRITER,
        "/idees/deposer/",
        act=own_idea(lambda visitor: visitor.follow("La retirer")),
    ),
    Screen("own-opinions", "ideas:my_opinions", "experte", "/mes-avis/", sort="list"),
    Screen("own-opinions-none", "ideas:my_opinions", "admin", "/mes-avis/"),
    Screen(
        "idea-to-complete",
        "ideas:complete",
        "agent",
        link("/idees/?etat=a-completer&lien=miennes", SHEET, more="completer/"),
    ),
    Screen("opinion", "ideas:opinion", "experte", link("/mes-avis/", SHEET + "avis/")),
    Screen("revival", "ideas:revive", "agent", link("/cimetiere/", SHEET + "relance/")),
    Screen(
        "revival-refused",
        "ideas:revive",
        "agent",
        link("/cimetiere/", SHEET + "relance/"),
        act=refused_revival,
    ),
    Screen("graveyard", "ideas:graveyard", "agent", "/cimetiere/", sort="list"),
    Screen("graveyard-none", "ideas:graveyard", "agent", "/cimetiere/?mots=zzzzqqq"),
    # The desk
    Screen("desk", "ideas:desk", "contributrice", "/animation/", sort="list"),
    Screen("desk-to-qualify", "ideas:desk", "contributrice", "/animation/?file=qualifier", sort="list"),
    Screen("desk-to-study", "ideas:desk", "contributrice", "/animation/?file=etudier", sort="list"),
    Screen("desk-revivals", "ideas:desk", "contributrice", "/animation/?file=relances", sort="list"),
    Screen("desk-nothing", "ideas:desk", "gael.pennec", "/animation/?file=relances", sort="list"),
    Screen(
        "desk-to-answer",
        "ideas:desk_idea",
        "contributrice",
        link("/animation/?file=repondre", r"/animation/[^/\"]{12}/\?file=repondre"),
        sort="list",
    ),
    Screen(
        "desk-with-expert",
        "ideas:desk_idea",
        "contributrice",
        link("/animation/?file=repondre", r"/animation/[^/\"]{12}/\?file=repondre"),
        sort="list",
        act=open_details,
    ),
    Screen(
        "desk-answer-refused",
        "ideas:desk_idea",
        "contributrice",
        link("/animation/?file=repondre", r"/animation/[^/\"]{12}/\?file=repondre"),
        sort="list",
        act=short_answer,
    ),
    Screen(
        "desk-revival",
        "ideas:desk_revival",
        "contributrice",
        link("/animation/?file=relances", r"/animation/relances/\d+/"),
        sort="list",
    ),
    Screen("decisions", "ideas:prepared", "contributrice", "/animation/decisions/", sort="list"),
    Screen(
        "decisions-read-again", "ideas:batch_review", "contributrice", "/animation/decisions/", act=read_again
    ),
    Screen("decisions-published", "ideas:batch", "contributrice", "/animation/decisions/", act=publish_one),
    Screen("decisions-none-chosen", "ideas:batch_review", "contributrice", "/animation/decisions/relire/"),
    Screen("desk-list", "ideas:desk_list", "referente", "/animation/idees/", sort="list"),
    Screen(
        "desk-list-none",
        "ideas:desk_list",
        "referente",
        "/animation/idees/?qui=personne&auteur=30",
        sort="list",
    ),
    Screen(
        "desk-list-refused",
        "ideas:desk_list",
        "referente",
        "/animation/idees/",
        sort="list",
        act=entrust_none,
    ),
    Screen("desk-file", "ideas:file", "referente", link("/animation/?file=repondre", DESK_FILE)),
    Screen(
        "desk-file-refused",
        "ideas:file",
        "referente",
        link("/animation/?file=repondre", DESK_FILE),
        act=empty_note,
    ),
    Screen(
        "desk-opinions", "ideas:desk_opinions", "contributrice", "/animation/avis/?etat=tous", sort="list"
    ),
    Screen("desk-opinions-none", "ideas:desk_opinions", "gael.pennec", "/animation/avis/"),
    Screen(
        "desk-opinion",
        "ideas:expertise",
        "contributrice",
        link("/animation/avis/", r"/animation/[0-9a-z]{12}/avis/\d+/"),
    ),
    Screen("templates", "ideas:templates", "referente", "/animation/reponses-types/", sort="list"),
    Screen("templates-none", "ideas:templates", "referente", "/animation/reponses-types/?mots=zzzz"),
    Screen("template-new", "ideas:template_new", "referente", "/animation/reponses-types/nouvelle/"),
    Screen(
        "template-refused",
        "ideas:template_new",
        "contributrice",
        "/animation/reponses-types/nouvelle/",
        act=refused_template,
    ),
    Screen(
        "template",
        "ideas:template",
        "contributrice",
        link("/animation/reponses-types/", r"/animation/reponses-types/\d+/"),
    ),
    Screen(
        "template-delete",
        "ideas:template_delete",
        "contributrice",
        link("/animation/reponses-types/", r"/animation/reponses-types/\d+/supprimer/"),
    ),
    Screen(
        "decision",
        "ideas:publish",
        "contributrice",
        link("/animation/decisions/", r"/animation/[^/\"]{12}/decision/"),
    ),
    # Administration and operations
    Screen("administration", "accounts:administration", "admin", "/administration/", sort="admin"),
    Screen("imports", "transfers:imports", "admin", "/administration/imports/", sort="admin"),
    Screen(
        "imports-refused",
        "transfers:imports",
        "admin",
        "/administration/imports/",
        sort="admin",
        act=gestures.brought(b"%PDF-1.7"),
    ),
    Screen(
        "import-columns",
        "transfers:import",
        "admin",
        "/administration/imports/",
        sort="admin",
        act=gestures.brought(b"nom;branche\nCaf de demain;famille\n"),
    ),
    Screen(
        "import-ready",
        "transfers:import",
        "admin",
        "/administration/imports/",
        sort="admin",
        act=gestures.compared(b"nom;branche\nCaf de demain;famille\nSans branche;\n"),
    ),
    Screen("exports-none", "transfers:exports", NOBODY, "/exports/"),
    Screen("export-asked", "transfers:ask_export", "agent", "/exports/preparer/?contenu=ideas&format=xlsx"),
    Screen(
        "administration-none", "accounts:administration", "admin", "/administration/?q=zzzz", sort="admin"
    ),
    Screen("domains", "portal:catalogue", "admin", "/administration/listes/domaines/", sort="admin"),
    Screen("bodies-kept", "portal:catalogue", "admin", "/administration/listes/organismes/", sort="admin"),
    Screen("list-none", "portal:catalogue", "admin", "/administration/listes/outils/?q=zzzz", sort="admin"),
    Screen(
        "list-add-refused",
        "portal:catalogue_add",
        "admin",
        "/administration/listes/organismes/ajouter/",
        sort="admin",
        act=sent_empty,
    ),
    Screen(
        "list-edit",
        "portal:catalogue_edit",
        "admin",
        link("/administration/listes/branches/", r"/administration/listes/branches/\d+/"),
        sort="admin",
    ),
    Screen("delays", "portal:delays", "admin", "/administration/delais/", sort="admin"),
    Screen("bricks-of-home", "portal:home_bricks", "admin", "/administration/accueil/", sort="admin"),
    Screen(
        "brick-of-home",
        "portal:home_brick",
        "admin",
        link("/administration/accueil/", r"/administration/accueil/\d+/"),
        sort="admin",
    ),
    Screen("home-previewed", "portal:home_preview", "admin", "/administration/accueil/apercu/?profil=reader"),
    Screen("look", "portal:theme", "admin", "/administration/theme/", sort="admin"),
    Screen(
        "look-tried",
        "portal:theme",
        "admin",
        "/administration/theme/?action=1d4ed8&accent=fca5a5",
        sort="admin",
    ),
    Screen("look-refused", "portal:theme", "admin", "/administration/theme/?action=f2b632", sort="admin"),
    Screen("matrix", "accounts:matrix", "admin", "/administration/matrice/", sort="admin"),
    Screen(
        "matrix-changed",
        "accounts:matrix",
        "admin",
        "/administration/matrice/",
        sort="admin",
        act=prepared_changes,
    ),
    Screen("people", "accounts:people", "admin", "/administration/personnes/", sort="admin"),
    Screen("people-none", "accounts:people", "admin", "/administration/personnes/?nom=zzzz", sort="admin"),
    Screen(
        "person",
        "accounts:person",
        "admin",
        link("/administration/personnes/", r"/administration/personnes/\d+/"),
        sort="admin",
    ),
    Screen(
        "person-refused",
        "accounts:person",
        "admin",
        link("/administration/personnes/", r"/administration/personnes/\d+/"),
        sort="admin",
        act=refused_profile,
    ),
    Screen(
        "account",
        "accounts:account",
        "admin",
        link("/administration/personnes/", r"/administration/personnes/\d+/", more="compte/"),
        sort="admin",
    ),
    Screen("invitations", "accounts:invitations", "admin", "/administration/invitations/", sort="admin"),
    Screen(
        "invitations-none",
        "accounts:invitations",
        "admin",
        "/administration/invitations/?adresse=zzzz",
        sort="admin",
    ),
    Screen(
        "invite-refused",
        "accounts:invite",
        "admin",
        "/administration/invitations/nouvelle/",
        sort="admin",
        act=refused_addresses,
    ),
    Screen(
        "bodies-of-single-sign-on",
        "accounts:single_sign_on",
        "admin",
        "/administration/connexion-unique/",
        sort="admin",
    ),
    Screen("journal", "accounts:journal", "admin", "/administration/journal/", sort="admin"),
    Screen(
        "journal-none", "accounts:journal", "admin", "/administration/journal/?du=2099-01-01", sort="admin"
    ),
    Screen("outbox", "activity:outbox", "admin", "/administration/courriels/", sort="admin"),
    Screen(
        "outbox-none", "activity:outbox", "admin", "/administration/courriels/?personne=zzzz", sort="admin"
    ),
    Screen(
        "outbox-mail",
        "activity:mail",
        "admin",
        link("/administration/courriels/", r"/administration/courriels/\d+/"),
        sort="admin",
    ),
    Screen("operations", "portal:operations", "developpeur", "/exploitation/", sort="admin"),
    Screen("jobs", "portal:jobs", "developpeur", "/exploitation/taches/", sort="admin"),
    Screen("jobs-none", "portal:jobs", "developpeur", "/exploitation/taches/?tache=zzzz", sort="admin"),
    Screen(
        "person-sheet",
        "accounts:edit_person",
        "admin",
        link("/administration/personnes/", r"/administration/personnes/\d+/", more="fiche/"),
        sort="admin",
    ),
    Screen(
        "membership-end",
        "accounts:extend_membership",
        "admin",
        through(
            "/administration/personnes/",
            r"/administration/personnes/\d+/",
            r"/administration/personnes/\d+/profils/\d+/prolonger/",
        ),
        sort="admin",
    ),
    Screen("delegations", "accounts:delegations", "referente", "/moi/delegations/", act=sent_empty),
    Screen("delegations-lent", "accounts:delegations", "hugo.lemaire", "/moi/delegations/"),
    Screen("delegations-none", "accounts:delegations", "agent", "/moi/delegations/"),
]
# Addresses that answer something else than a page of their own.
NOT_PAGES = {
    "transfers:import_sheet",
    "transfers:import_check",
    "transfers:import_write",
    "transfers:import_cancel",
    "transfers:import_refused",
    "transfers:export_file",
    *("files:file", "files:rendition"),
    *(
        "accounts:end_membership",
        "accounts:forget_kept_text",
        "activity:mark_read",
        "core:theme",
        "portal:retry_job",
    ),
    *("accounts:close_session", "accounts:close_other_sessions", "accounts:close_account"),
    *("accounts:reopen_account", "accounts:close_all_sessions", "accounts:take_factors_away"),
    *("accounts:send_again", "accounts:cancel_invitation", "accounts:remove_body_sign"),
    "mfa_download_recovery_codes",
    *("activity:outbox_export", "activity:outbox_retry", "activity:outbox_cancel", "activity:retry_event"),
    *("activity:reset_preferences", "activity:revoke_links", "activity:mail_preview", "ideas:people_named"),
    # They need a key: looked at in `test_passkeys.py`.
    *("mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_reauthenticate_webauthn"),
    *("people:directory_export", "people:answer_role", "people:end_role", "people:ask_copy", "people:copy"),
    *("people:ask_erasure", "people:keep", "people:delete_search", "people:open_feed", "people:revoke_feed"),
    "people:feed",
    *("portal:catalogue_archive", "portal:catalogue_move", "portal:catalogue_undo", "portal:delays_undo"),
    *("portal:home_brick_add", "portal:home_brick_show", "portal:home_brick_remove"),
    *("portal:home_brick_move", "portal:home_bricks_undo", "portal:theme_undo", "portal:cancel_job"),
    *("portal:logo", "portal:theme_logo", "portal:theme_logo_remove"),
    *("portal:theme_css", "portal:theme_trial", "accounts:restore_membership", "accounts:end_delegation"),
    *("ideas:save_draft", "ideas:look_alikes", "ideas:vote", "ideas:follow"),
    *("ideas:desk_people", "ideas:desk_handlers", "ideas:colleagues", "network:suggestions"),
}

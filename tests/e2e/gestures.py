"""What people do with an idea, told once for all the journeys: each gesture starts on any page of its person."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.accounts.factors import code_of

from .running import wait_until
from .visitor import PASSWORD, Visitor

LONG_ANSWER = (
    "Merci d’avoir compté les créneaux perdus : personne ne l’avait fait. Le rappel existe déjà dans trois caisses,"
    " et la nôtre le reçoit au printemps. Rouvrons le sujet s’il ne suffit pas."
)


@dataclass(frozen=True)
class Written:
    """An idea, as it is typed. Its title is unique in the run."""

    title: str
    problem: str = "Un rendez-vous sur cinq est manqué au guichet : le créneau est perdu pour tout le monde."
    proposal: str = "Rappeler le rendez-vous par SMS la veille, avec un lien pour déplacer ou annuler."
    domain: str = "Accueil et guichets"


def set_up_application(visitor: Visitor) -> None:
    """Add an application of codes to one's own account, which has none: the password, the key, its first code."""
    visitor.open("/moi/securite/application/")
    visitor.page.get_by_label("Mot de passe").fill(PASSWORD)
    visitor.press("Confirmer")
    secret = visitor.page.locator("code.secret").inner_text().replace(" ", "").replace("\u00a0", "")
    visitor.page.get_by_label("Code de l’application").fill(code_of(secret))
    visitor.press("Ajouter l’application")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Codes de secours")


def brought(content: bytes) -> Callable[[Visitor], None]:
    """Bring a file of bodies to the imports."""

    def bring(administrator: Visitor) -> None:
        administrator.page.get_by_label("Organismes").check()
        file = {"name": "organismes.csv", "mimeType": "text/csv", "buffer": content}
        administrator.page.get_by_label("Le fichier").set_input_files(file)
        administrator.press("Recevoir ce fichier")

    return bring


def compared(content: bytes) -> Callable[[Visitor], None]:
    """Bring a file of bodies, and wait for what it would change."""

    def compare(administrator: Visitor) -> None:
        brought(content)(administrator)
        administrator.press("Comparer avec ce qui existe")
        heading = administrator.page.get_by_role("heading", name="Ligne par ligne")
        expect(heading).to_be_visible(timeout=60_000)

    return compare


def look_alikes(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Ce qui existe déjà")


def describe(author: Visitor, idea: Written) -> None:
    """Step one, typed but not sent."""
    author.open("/idees/deposer/")
    author.page.get_by_label("Quel problème voyez-vous").fill(idea.problem)
    author.page.get_by_label("Que proposez-vous").fill(idea.proposal)


def finish_deposit(author: Visitor, idea: Written) -> str:
    """From step one to the sheet, whose path is given."""
    author.page.get_by_label("Domaine").select_option(label=idea.domain)
    author.press("Relire avant de déposer")
    assert author.title() == "Relire avant de déposer"
    author.page.get_by_label("Titre").fill(idea.title)
    author.press("Déposer mon idée")
    assert author.title() == idea.title
    return author.path()


def deposit(author: Visitor, idea: Written) -> str:
    describe(author, idea)
    return finish_deposit(author, idea)


def find(reader: Visitor, idea: Written) -> None:
    """By its words, from the home; the job that indexes it may still be running."""

    def found() -> bool:
        reader.open("/")
        reader.page.get_by_role("searchbox", name="Votre recherche").fill(idea.title)
        reader.press("Chercher")
        return reader.page.get_by_role("link", name=idea.title).count() > 0

    wait_until(found, why=f"the search does not find {idea.title!r}")
    reader.answer_to(reader.page.get_by_role("link", name=idea.title).first.click)
    assert reader.title() == idea.title


def vote(reader: Visitor) -> None:
    """On a sheet. With or without JavaScript, the own vote then shows."""
    reader.page.get_by_role("button", name="Voter pour cette idée").click()
    expect(reader.page.get_by_role("button", name="dont le vôtre")).to_contain_class("is-cast")


def comment(reader: Visitor, words: str) -> None:
    reader.page.get_by_label("Votre commentaire").fill(words)
    reader.press("Publier")
    expect(reader.page.get_by_role("article").filter(has_text=words)).to_be_visible()


def open_desk(referent: Visitor, sheet: str) -> None:
    referent.open(sheet)
    referent.follow("Ouvrir au bureau")


def open_debate(referent: Visitor) -> None:
    """At the desk, in front of a deposited idea."""
    referent.page.get_by_role("radio", name="Ouvrir le débat").check()
    referent.press("Enregistrer")
    expect(referent.page.get_by_role("heading", name="Mettre à l’étude")).to_be_visible()


def study(referent: Visitor) -> None:
    referent.press("Mettre à l’étude")
    expect(referent.page.get_by_role("heading", name="Votre réponse")).to_be_visible()


def write_refusal(
    referent: Visitor, answer: str = LONG_ANSWER, reason: str = "Existe déjà sous une autre forme"
) -> None:
    """Fill the answer of a non retenue, without sending it."""
    form = referent.page.get_by_role("main")
    form.get_by_role("radio", name="Ne pas retenir").check()
    form.get_by_label("Motif", exact=True).select_option(label=reason)
    answer_field(referent).fill(answer)


def answer_field(referent: Visitor) -> Locator:
    return referent.page.get_by_label("Ce que lira la personne, et tout le réseau")


def prepare_and_publish(referent: Visitor) -> None:
    referent.press("Enregistrer")
    assert "/decision/" in referent.path()
    referent.press("Publier la réponse")


def bring_to_study(referent: Visitor, sheet: str) -> None:
    open_desk(referent, sheet)
    open_debate(referent)
    study(referent)

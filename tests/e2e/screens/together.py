"""The screens of ideas in challenges and of their spreadsheet, of second looks, of what comes anonymously."""

import csv
import io
from collections.abc import Callable

from ..running import wait_until
from ..visitor import Visitor
from .screen import SHEET, Screen, link

NATIONAL = "/defis/zero-rendez-vous-perdu/"
RESULTS = "/defis/accueil-des-nouveaux/"
INNOVATHON = "/defis/innovathon-accueil/"


def brought(line: dict[str, str]) -> Callable[[Visitor], None]:
    """The list of the challenge taken and brought back, its first line changed; wait for what would change."""

    def bring(animator: Visitor) -> None:
        taken = animator.context.request.get(f"{animator.portal.url}{NATIONAL}echange/liste.csv").body()
        read = csv.DictReader(io.StringIO(taken.decode("utf-8-sig")), delimiter=";")
        first, *others = read
        changed = io.StringIO()
        writer = csv.DictWriter(changed, read.fieldnames or [], delimiter=";")
        writer.writeheader()
        writer.writerows([first | line, *others])
        file = {"name": "liste.csv", "mimeType": "text/csv", "buffer": changed.getvalue().encode("utf-8-sig")}
        animator.page.get_by_label("Le fichier").set_input_files(file)  # type: ignore[arg-type]
        animator.press("Comparer avec le portail")
        wait_until(lambda: _shows(animator, "Ligne par ligne"), why="the file is never compared")

    return bring


def _shows(animator: Visitor, words: str) -> bool:
    animator.open(animator.path())
    return animator.page.get_by_role("main").filter(has_text=words).count() > 0


SCREENS = [
    # Ideas of a challenge
    Screen(
        "challenge-ideas",
        "ideas:challenge_ideas",
        "agent",
        f"{NATIONAL}idees/",
        sort="list",
    ),
    Screen(
        "challenge-ideas-none",
        "ideas:challenge_ideas",
        "contributrice",
        f"{RESULTS}idees/?lien=miennes&etat=realisee",
        sort="list",
    ),
    Screen(
        "challenge-results", "ideas:challenge_results", "contributrice", f"{RESULTS}resultats/", sort="list"
    ),
    Screen(
        "challenge-prize",
        "ideas:challenge_prize",
        "contributrice",
        link(f"{RESULTS}resultats/", rf"{RESULTS}prix/[0-9a-z]{{12}}/"),
    ),
    Screen("challenge-ideas-counted", "ideas:challenge_ideas", "agent", f"{INNOVATHON}idees/", sort="list"),
    Screen("challenge-with-budget", "challenges:challenge", "agent", INNOVATHON),
    Screen("idea-with-budget", "ideas:idea", "agent", link(f"{INNOVATHON}idees/", SHEET)),
    Screen("exchange", "transfers:exchange", "contributrice", f"{NATIONAL}echange/", sort="list"),
    Screen(
        "exchange-compared",
        "transfers:exchange_run",
        "contributrice",
        f"{NATIONAL}echange/",
        sort="list",
        act=brought({"mots-clés": "rendez-vous, accueil"}),
    ),
    Screen(
        "exchange-refused",
        "transfers:exchange_run",
        "contributrice",
        f"{NATIONAL}echange/",
        sort="list",
        act=brought({"mots-clés": "=1+1", "confiée à": "Personne d’Inconnu"}),
    ),
    Screen("challenge-button", "ideas:challenge_button", "agent", f"{NATIONAL}bouton/"),
    Screen("deposit-button", "ideas:button", "agent", "/idees/bouton/"),
    Screen("deposit-in-challenge", "ideas:deposit", "agent", "/idees/deposer/?defi=innovathon-accueil"),
    Screen(
        "deposit-challenge-closed", "ideas:deposit", "agent", "/idees/deposer/?defi=zero-rendez-vous-perdu"
    ),
    # A second look
    Screen(
        "second-look",
        "ideas:second_look",
        "agent",
        link("/cimetiere/", SHEET, more="second-regard/"),
    ),
    # Agendas, and what comes from the airlock
    Screen("agenda-subscribe", "people:subscribe", "agent", f"{NATIONAL}abonnement/"),
    Screen("airlock-desk", "airlock:desk", "contributrice", "/animation/sas/", sort="list"),
    Screen("airlock-sign", "airlock:sign", "agent", "/mes-idees/signer/"),
]

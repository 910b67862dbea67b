"""The screens of ideas in challenges, of second looks, of agendas, of what comes anonymously."""

from .screen import SHEET, Screen, link

RESULTS = "/defis/accueil-des-nouveaux/"

SCREENS = [
    # Ideas of a challenge
    Screen(
        "challenge-ideas",
        "ideas:challenge_ideas",
        "agent",
        "/defis/zero-rendez-vous-perdu/idees/",
        sort="list",
    ),
    Screen(
        "challenge-ideas-none",
        "ideas:challenge_ideas",
        "contributrice",
        f"{RESULTS}idees/?mots=zzzz",
        sort="list",
    ),
    Screen(
        "challenge-results", "ideas:challenge_results", "contributrice", f"{RESULTS}resultats/", sort="list"
    ),
    Screen("challenge-button", "ideas:challenge_button", "agent", "/defis/zero-rendez-vous-perdu/bouton/"),
    Screen("deposit-button", "ideas:button", "agent", "/idees/bouton/"),
    Screen("deposit-in-challenge", "ideas:deposit", "agent", "/idees/deposer/?defi=innovathon-accueil"),
    # A second look
    Screen(
        "second-look",
        "ideas:second_look",
        "agent",
        link("/cimetiere/", SHEET, more="second-regard/"),
    ),
    # Agendas, and what comes from the airlock
    Screen("agenda-subscribe", "people:subscribe", "agent", "/defis/zero-rendez-vous-perdu/abonnement/"),
    Screen("airlock-desk", "airlock:desk", "contributrice", "/animation/sas/", sort="list"),
    Screen("airlock-sign", "airlock:sign", "agent", "/mes-idees/signer/"),
]

"""Challenges: the list and its moments, the page by its phases, the preparation, what the team does."""

from collections.abc import Callable

from ..visitor import Visitor
from .acts import sent_empty
from .screen import Screen, link

ANIMATOR = "contributrice"
NATIONAL = "/defis/zero-rendez-vous-perdu/"


def draft(step: str) -> Callable[[Visitor], str]:
    """The address of a step of the challenge in preparation."""
    found = link("/defis/nouveau/", r"/defis/nouveau/[0-9a-f-]+/question/")
    return lambda visitor: found(visitor).replace("question", step)


SCREENS = [
    Screen("challenges", "challenges:list", "agent", "/defis/", sort="list"),
    Screen("challenges-none", "challenges:list", "agent", "/defis/?moment=a-venir", sort="list"),
    Screen("challenges-filtered", "challenges:list", "agent", "/defis/?format=hackathon", sort="list"),
    Screen("challenges-to-animate", "challenges:list", ANIMATOR, "/defis/?moment=a-animer", sort="list"),
    Screen("challenge-in-debate", "challenges:challenge", "agent", NATIONAL),
    Screen("challenge-of-its-team", "challenges:challenge", ANIMATOR, NATIONAL),
    Screen("challenge-in-study", "challenges:challenge", "agent", "/defis/papier-inutile/"),
    Screen("challenge-for-ever", "challenges:challenge", "agent", "/defis/boite-permanente/"),
    Screen("challenge-over", "challenges:challenge", ANIMATOR, "/defis/accueil-des-nouveaux/"),
    Screen("challenge-in-preparation", "challenges:challenge", "referente", "/defis/defi-en-preparation/"),
    Screen("challenge-rules", "challenges:rules", "agent", f"{NATIONAL}reglement/"),
    Screen("challenge-new", "challenges:new", ANIMATOR, "/defis/nouveau/"),
    Screen("challenge-question", "challenges:question", ANIMATOR, draft("question")),
    Screen("challenge-participants", "challenges:participants", "referente", draft("participants")),
    Screen("challenge-calendar", "challenges:calendar", ANIMATOR, draft("calendrier")),
    Screen("challenge-crew", "challenges:crew", ANIMATOR, draft("equipe")),
    Screen("challenge-review", "challenges:review", "referente", draft("relire")),
    Screen("challenge-move", "challenges:move", ANIMATOR, f"{NATIONAL}calendrier/"),
    Screen("challenge-move-refused", "challenges:move", ANIMATOR, f"{NATIONAL}calendrier/", act=sent_empty),
    Screen("challenge-texts", "challenges:texts", ANIMATOR, f"{NATIONAL}textes/"),
    Screen("challenge-cancel", "challenges:cancel", ANIMATOR, f"{NATIONAL}annuler/"),
    Screen("challenge-team", "challenges:team", ANIMATOR, f"{NATIONAL}equipe/"),
    Screen("challenge-plan", "challenges:plan", ANIMATOR, f"{NATIONAL}communication/", sort="list"),
    Screen(
        "challenge-plan-step",
        "challenges:plan_step",
        ANIMATOR,
        lambda visitor: f"{NATIONAL}communication/{link(f'{NATIONAL}communication/', r'[0-9]+/')(visitor)}",
    ),
]

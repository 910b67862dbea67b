"""Ideas that are the same or neighbours, lessons and second looks."""

from ..visitor import Visitor
from .screen import Screen, link, through

OPEN = r"/animation/[^/\"]{12}/"


def towards_a_merge(visitor: Visitor) -> None:
    """To the first look-alike, then to what keeping it will do; the comparison when something forbids it."""
    visitor.page.get_by_role("link", name="Comparer les deux").first.click()
    visitor.page.wait_for_load_state()
    ways = visitor.page.get_by_role("link", name="Garder")
    if ways.count():
        ways.first.click()
        visitor.page.wait_for_load_state()


SCREENS = [
    Screen(
        "same-idea",
        "ideas:same",
        "contributrice",
        link("/animation/?file=etudier", OPEN + "meme-idee/"),
        sort="list",
    ),
    Screen("merges", "ideas:merges", "contributrice", "/animation/regroupements/", sort="list"),
    Screen("merges-none", "ideas:merges", "contributrice", "/animation/regroupements/?mots=zzzzqqq"),
    Screen(
        "merge",
        "ideas:merge",
        "contributrice",
        link("/animation/regroupements/", r"/animation/regroupements/\d+/"),
    ),
    Screen("links", "ideas:links", "contributrice", "/animation/voisines/", sort="list"),
    Screen(
        "unlink",
        "ideas:unlink",
        "contributrice",
        link("/animation/voisines/", r"/animation/voisines/\d+/retirer/"),
    ),
    Screen("lessons", "ideas:lessons", "agent", "/cimetiere/lecons/", sort="list"),
    Screen("lesson-new", "ideas:lesson_new", "contributrice", "/animation/lecons/nouvelle/"),
    Screen("lesson", "ideas:lesson", "contributrice", link("/cimetiere/lecons/", r"/animation/lecons/\d+/")),
    Screen(
        "compare",
        "ideas:compare",
        "contributrice",
        through("/animation/?file=etudier", OPEN + "meme-idee/", OPEN + r"meme-idee/[^/\"]{12}/"),
    ),
    Screen(
        "merge-into",
        "ideas:merge_into",
        "contributrice",
        link("/animation/?file=etudier", OPEN + "meme-idee/"),
        act=towards_a_merge,
    ),
    Screen("second-looks", "ideas:second_looks", "contributrice", "/animation/seconds-regards/", sort="list"),
    Screen(
        "second-look-answer",
        "ideas:second_look_answer",
        "contributrice",
        link("/animation/seconds-regards/", OPEN + "second-regard/"),
    ),
]

"""The screens of the right to an answer: late answers, who answers for a body, how bodies keep their word."""

from .screen import Screen


def _entrust_nothing(visitor: object) -> None:
    visitor.press("Me les confier")  # type: ignore[attr-defined]


SCREENS = [
    Screen("overdue", "ideas:overdue", "contributrice", "/animation/retards/", sort="list"),
    Screen(
        "overdue-refused",
        "ideas:overdue",
        "contributrice",
        "/animation/retards/",
        sort="list",
        act=_entrust_nothing,
    ),
    Screen("overdue-filtered", "ideas:overdue", "referente", "/animation/retards/?miens=on", sort="list"),
    Screen("overdue-none", "ideas:overdue", "gael.pennec", "/animation/retards/", sort="list"),
    Screen("leads", "ideas:leads", "admin", "/administration/reponses/", sort="admin"),
    Screen("leads-none", "ideas:leads", "admin", "/administration/reponses/?q=zzzz", sort="admin"),
    Screen("lead", "ideas:lead", "admin", "/administration/reponses/cpam-44/", sort="admin"),
    Screen("answered", "ideas:answered", "agent", "/reponses/", sort="list"),
    Screen("answered-all", "ideas:answered", "agent", "/reponses/?tous=on&tri=part", sort="list"),
    Screen("answered-none", "ideas:answered", "agent", "/reponses/?q=zzzz", sort="list"),
    Screen("answered-body", "ideas:answered_body", "agent", "/reponses/cpam-44/", sort="list"),
    Screen("answered-hidden", "ideas:answered_body", "agent", "/reponses/caf-62/", sort="list"),
]

"""Texts to start an answer from. What stands between square brackets is to be written by the person who answers."""

from typing import NamedTuple

from .enums import Reason


class Starter(NamedTuple):
    code: str
    label: str
    text: str


TO_FILL = "[à compléter"

STARTERS = (
    Starter(
        "try",
        "Retenue, et voici l’essai",
        "Merci d’avoir pointé [à compléter\u00a0: ce que l’idée voit juste].\n\n"
        "Nous la retenons. L’essai commence [à compléter\u00a0: quand, où, avec qui],"
        " et nous dirons ici ce qu’il donne, même s’il ne donne rien.",
    ),
    Starter(
        Reason.EXISTS,
        "Existe déjà, et voici où participer",
        "Merci d’avoir pointé [à compléter\u00a0: ce que l’idée voit juste].\n\n"
        "Nous ne lançons pas d’essai séparé, car [à compléter\u00a0: qui le fait déjà, et où]."
        " Vous pouvez y prendre part\u00a0: [à compléter\u00a0: comment, jusqu’à quand].",
    ),
    Starter(
        Reason.LEGAL,
        "Le droit ne le permet pas aujourd’hui",
        "Merci d’avoir pointé [à compléter\u00a0: ce que l’idée voit juste].\n\n"
        "La règle actuelle ne le permet pas\u00a0: [à compléter\u00a0: laquelle, en mots simples]."
        " Nous l’avons signalé à [à compléter\u00a0: qui peut la faire évoluer].",
    ),
    Starter(
        Reason.TIMING,
        "Pas maintenant, et voici quand en reparler",
        "Merci d’avoir pointé [à compléter\u00a0: ce que l’idée voit juste].\n\n"
        "Nous ne pouvons pas la porter cette année, car [à compléter\u00a0: pourquoi]."
        " Demandez sa relance quand [à compléter\u00a0: ce qui aura changé].",
    ),
    Starter(
        "later",
        "Gardée à l’étude, et voici pourquoi",
        "Nous avons besoin de plus de temps pour vous répondre\u00a0: [à compléter\u00a0: ce que nous"
        " attendons, et de qui].",
    ),
)


def with_text(answer: str, text: str) -> str:
    """The answer being written, followed by the text to start from."""
    return "\n\n".join(part for part in (answer.rstrip(), text) if part)

"""Anonymous deposits: two to be read again, one refused, one published whose author talks with the desk."""

from datetime import date
from uuid import UUID

from ozeli.airlock import receipts
from ozeli.airlock.enums import DepositState, Side
from ozeli.airlock.models import AirlockMessage, Deposit
from ozeli.demo_accounts import DEMO_RECEIPTS
from ozeli.ideas.enums import OPEN_STATES
from ozeli.ideas.models import Idea

from .cast import Cast
from .writer import Rows, drawn_uuid

HELD = "held"
REFUSAL = (
    "Le texte raconte un conflit entre deux collègues que l’on reconnaît. Ce n’est pas l’endroit : le référent alerte"
    " de votre organisme peut vous entendre. L’idée d’une médiation, elle, peut être redite sans les personnes."
)
TALK = (
    (Side.DESK, "Merci. Pouvez-vous nous dire si cela concerne aussi les courriers envoyés par messagerie ?"),
    (
        Side.AUTHOR,
        "Oui, surtout ceux-là : ils partent sans relecture, et les réponses reviennent au guichet.",
    ),
)


def write_airlock(cast: Cast, rows: Rows, today: date) -> None:
    month, desk = today.replace(day=1), cast.network_desk
    domain = cast.domains["courriers"] if "courriers" in cast.domains else next(iter(cast.domains.values()))
    Deposit.objects.bulk_create(
        [
            Deposit(
                id=_key("held"),
                digest=_digest(HELD),
                title="Dire à voix haute quand un objectif pousse à bâcler",
                problem="Quand l’objectif du jour approche, des dossiers difficiles sont laissés pour le lendemain."
                " Tout le monde le sait, personne ne l’écrit.",
                beneficiaries="Les agents qui traitent, et les assurés qui attendent",
                proposal="Ajouter aux indicateurs de l’équipe la part de dossiers laissés de côté, sans nom, et en"
                " parler dix minutes chaque semaine.",
                domain=domain,
                released_on=month,
            ),
            Deposit(
                id=_key("held-named"),
                digest=_digest("held-named"),
                title="Rappeler les personnes qui raccrochent",
                problem="Madame Dumoulin, assurée de notre secteur, a rappelé onze fois avant d’avoir quelqu’un"
                " (06 39 98 12 34).",
                proposal="Proposer un rappel automatique dans la journée après deux appels sans réponse.",
                domain=domain,
                branch=cast.branches.get("maladie"),
                released_on=month,
            ),
            Deposit(
                id=_key("refused"),
                digest=_digest("refused"),
                state=DepositState.REFUSED,
                reason=REFUSAL,
                domain=domain,
                released_on=month,
                decided_on=month,
                decided_by=desk,
            ),
        ]
    )
    idea = _an_open_one(rows)
    if idea is not None:
        _publish(idea, cast, month)


def _an_open_one(rows: Rows) -> Idea | None:
    return next((one for one in rows.ideas if one.is_anonymous and one.state in OPEN_STATES), None)


def _publish(idea: Idea, cast: Cast, month: date) -> None:
    deposit = Deposit.objects.create(
        id=_key("published"),
        digest=_digest("published"),
        state=DepositState.PUBLISHED,
        idea=idea,
        domain=idea.domain,
        branch=idea.branch,
        released_on=idea.deposited_on,
        decided_on=idea.deposited_on,
        decided_by=cast.network_desk,
    )
    AirlockMessage.objects.bulk_create(
        AirlockMessage(
            id=_key(f"word {number}"),
            deposit=deposit,
            side=side,
            body=body,
            month=month,
            position=number,
            written_by=cast.network_desk if side == Side.DESK else None,
        )
        for number, (side, body) in enumerate(TALK, start=1)
    )


def _key(name: str) -> UUID:
    return drawn_uuid(f"airlock {name}")


def _digest(name: str) -> str:
    """That of a receipt told when the demonstration starts, or of one that nobody has."""
    return receipts.digest(receipts.of_demonstration(name) if name in DEMO_RECEIPTS else receipts.new())

"""The life of an idea, as a table (domain document, § 4).

Rows whose `owner` is another app stand here without a button: the later app makes the move.
"""

from typing import Any

from ozeli.core.workflow import Table, Transition

from .enums import OPEN_STATES, State
from .rules import decides, is_author, works_desk


def nobody(user: Any, idea: Any) -> bool:
    """Moves that only the system makes, on behalf of another app."""
    return False


TRANSITIONS = Table(
    [
        Transition("deposit", "Déposer", frozenset({State.DRAFT}), State.DEPOSITED, is_author),
        Transition(
            "open_debate", "Ouvrir le débat", frozenset({State.DEPOSITED}), State.IN_DEBATE, works_desk
        ),
        Transition(
            "ask_completion",
            "Demander un complément",
            frozenset({State.DEPOSITED}),
            State.TO_COMPLETE,
            works_desk,
            reason_required=True,
        ),
        Transition("complete", "Redéposer", frozenset({State.TO_COMPLETE}), State.DEPOSITED, is_author),
        Transition(
            "resume",
            "Reprendre sans attendre",
            frozenset({State.TO_COMPLETE}),
            State.DEPOSITED,
            works_desk,
            reason_required=True,
        ),
        Transition("study", "Mettre à l’étude", frozenset({State.IN_DEBATE}), State.UNDER_STUDY, works_desk),
        Transition(
            "postpone",
            "Garder à l’étude",
            frozenset({State.UNDER_STUDY}),
            State.UNDER_STUDY,
            works_desk,
            reason_required=True,
        ),
        Transition(
            "retain", "Retenir", frozenset({State.UNDER_STUDY}), State.RETAINED, decides, reason_required=True
        ),
        Transition(
            "decline",
            "Ne pas retenir",
            frozenset({State.UNDER_STUDY}),
            State.NOT_RETAINED,
            decides,
            reason_required=True,
        ),
        Transition("revive", "Relancer", frozenset({State.NOT_RETAINED}), State.DEPOSITED, decides),
        Transition("withdraw", "Retirer", OPEN_STATES, State.WITHDRAWN, is_author),
        Transition("merge", "Regrouper", OPEN_STATES, State.MERGED, decides, reason_required=True),
        *(
            Transition(
                f"unmerge_to_{state}",
                "Séparer",
                frozenset({State.MERGED}),
                state,
                decides,
                reason_required=True,
            )
            for state in sorted(OPEN_STATES)
        ),
        Transition(
            "experiment",
            "Lancer un essai",
            frozenset({State.RETAINED}),
            State.EXPERIMENTING,
            nobody,
            owner="projects",
        ),
        Transition(
            "achieve",
            "Devenir une réalisation",
            frozenset({State.EXPERIMENTING}),
            State.ACHIEVED,
            nobody,
            owner="achievements",
        ),
        Transition(
            "spread", "Essaimer", frozenset({State.ACHIEVED}), State.SPREAD, nobody, owner="achievements"
        ),
    ]
)

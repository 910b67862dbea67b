"""What this app brings to the pages and to the journal of the others."""

from ozeli.core.registry import journal_verbs

VERBS = {
    "directory.give_role": "a donné un rôle de l’annuaire",
    "directory.end_role": "a mis fin à un rôle de l’annuaire",
    "directory.refuse_role": "a refusé un rôle de l’annuaire",
    "person.ask_erasure": "a demandé l’effacement d’un compte",
    "person.keep_account": "a renoncé à l’effacement d’un compte",
    "person.erased": "a effacé un compte",
    "retention.applied": "a effacé ce qui avait fait son temps",
}


def register() -> None:
    journal_verbs.register(**VERBS)

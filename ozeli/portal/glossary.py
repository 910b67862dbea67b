"""The words of the house, each explained in a sentence or two."""

from typing import NamedTuple

from django.utils.text import slugify

from ozeli.core.french import sort_key


class Term(NamedTuple):
    word: str
    meaning: str

    @property
    def anchor(self) -> str:
        return slugify(self.word.replace("’", " "))


_TERMS = (
    Term(
        "Idée",
        "Un problème vécu au travail et ce qu’on propose pour le résoudre. Chaque agent peut en déposer.",
    ),
    Term("Fil", "Le dessin du chemin d’une idée : d’où elle vient, où elle en est, qui l’a reprise."),
    Term(
        "Référent innovation",
        "La personne qui, dans un organisme, lit les idées, les fait avancer et y répond.",
    ),
    Term("Expert", "Une personne sollicitée pour donner un avis sur une idée mise à l’étude."),
    Term("Brouillon", "Une idée que vous écrivez. Elle s’enregistre seule et vous êtes le seul à la voir."),
    Term("Déposée", "L’idée est visible et peut recevoir des votes. Le délai de réponse commence."),
    Term("À compléter", "Le référent demande une précision à l’auteur. L’idée reste ouverte aux votes."),
    Term("En débat", "Le référent a qualifié l’idée. Chacun vote et commente pour l’enrichir."),
    Term("À l’étude", "Les votes sont clos. Un référent, parfois aidé d’un expert, prépare la réponse."),
    Term("Retenue", "L’organisme veut l’essayer. La réponse dit pourquoi et ce qui vient ensuite."),
    Term(
        "Non retenue",
        "L’idée ne sera pas essayée maintenant. Un motif et une réponse écrite l’expliquent toujours.",
    ),
    Term("Regroupée", "Deux idées semblables n’en font plus qu’une. Le regroupement peut être défait."),
    Term("Retirée", "L’auteur a repris son idée. Elle n’est plus visible du réseau."),
    Term(
        "Masquée", "Un modérateur a caché un contenu qui ne respecte pas les règles, le temps de l’examiner."
    ),
    Term("Relance", "Demander qu’une idée non retenue soit regardée de nouveau, avec un élément nouveau."),
    Term(
        "Cimetière des idées",
        "La liste des idées non retenues et de leurs réponses. On y vient apprendre et relancer.",
    ),
    Term(
        "Expérimentation", "L’essai d’une idée, à petite échelle et pour un temps limité. On dit aussi POC."
    ),
    Term(
        "POC", "De l’anglais « proof of concept », preuve de concept : un essai qui montre si l’idée tient."
    ),
    Term(
        "Réalisation", "Ce qui a été fait et mesuré. Un essai arrêté en est une aussi, par ce qu’il apprend."
    ),
    Term(
        "Co-auteur",
        "Une personne qui a accepté de signer une idée avec d’autres. Elle a les mêmes droits qu’eux.",
    ),
    Term(
        "Ambassadeur", "Une personne qui fait connaître la démarche et aide ses collègues à écrire une idée."
    ),
    Term(
        "Signalement",
        "Dire aux modérateurs qu’un texte pose problème. Le nom de qui signale n’est montré à personne.",
    ),
    Term(
        "Modération",
        "Des personnes lisent ce qui est signalé et décident, en expliquant. Aucun nombre ne masque un texte.",
    ),
    Term("Délégation", "Le prêt d’un profil à un collègue, pendant des congés."),
    Term("Flux", "Une adresse secrète qui donne les nouveautés d’une recherche à un lecteur de flux."),
    Term("Second facteur", "Une preuve de plus à la connexion : un code de votre téléphone, ou une clé."),
    Term("Essaimage", "La reprise d’une réalisation par d’autres organismes."),
    Term("Défi", "Une question posée au réseau, avec des dates, pour recueillir des idées sur un sujet."),
    Term(
        "Brique",
        "Une partie du portail : les idées, la recherche, le réseau… Vos droits se règlent brique par brique.",
    ),
    Term("Profil", "Un ensemble de droits : Consultation, Contributeur, Administrateur fonctionnel…"),
    Term("Périmètre", "Là où votre profil vaut : un organisme, ou tout le réseau."),
    Term("Organisme", "Une caisse, une union ou un établissement du réseau."),
    Term("Branche", "Un ensemble d’organismes de même mission : famille, maladie, retraite, recouvrement…"),
    Term(
        "Journal", "Le registre des décisions et des changements de droits. On y ajoute, on n’y corrige rien."
    ),
    Term(
        "Confidentiel",
        "Votre nom est connu de quelques personnes, tenues au secret. Ce n’est pas l’anonymat.",
    ),
    Term("Anonyme", "Personne ne peut savoir qui a écrit, pas même l’administrateur de la base de données."),
    Term("Droit à l’expérimentation", "Essayer est permis. Un arrêt vaut une leçon, et la leçon se partage."),
)


def terms() -> list[Term]:
    """Every word, in alphabetical order."""
    return sorted(_TERMS, key=lambda term: sort_key(term.word))

"""Invented contents that show each component in its states at /composants/."""

from datetime import date
from typing import Any

from django import forms

from . import icons
from .charts import Bar, DayPoint, Part, Spread
from .ui import BadgeLook, Link, LookAlike, Step, Tab, ThreadNode, TimelineEntry

IDEA_LOOKS = (
    BadgeLook("Brouillon", "draft", "rest"),
    BadgeLook("Déposée", "ring"),
    BadgeLook("À compléter", "todo", "wait"),
    BadgeLook("En débat", "debate"),
    BadgeLook("À l’étude", "half"),
    BadgeLook("Retenue", "okc", "done"),
    BadgeLook("Non retenue", "stop", "rest"),
    BadgeLook("En expérimentation", "k-projet"),
    BadgeLook("Réalisée", "k-real", "done"),
    BadgeLook("Essaimée", "k-adopt", "done"),
    BadgeLook("Retirée", "withdrawn", "rest"),
    BadgeLook("Regroupée", "merge", "rest"),
    BadgeLook("Masquée", "hidden", "rest"),
)
OTHER_LOOKS = (
    BadgeLook("À lancer", "ring"),
    BadgeLook("En cours", "play"),
    BadgeLook("Gelé", "pause", "rest"),
    BadgeLook("Abandonné", "stop", "rest"),
    BadgeLook("Terminé", "okc", "done"),
    BadgeLook("Intéressé", "eye"),
    BadgeLook("En déploiement", "play"),
    BadgeLook("Déployé", "okc", "done"),
)
THREAD_LIVED = (
    ThreadNode("challenge", "Zéro rendez-vous perdu", "Janvier 2025", url="#fil"),
    ThreadNode("idea", "Rappel par SMS", "Déposée le 2 mars 2025", state="here"),
    ThreadNode("project", "SMS-RDV", "Six mois, terminée", url="#fil"),
    ThreadNode("achievement", "Rappel de rendez-vous", "Kit prêt", url="#fil"),
    ThreadNode("adoption", "Elle vit dans 14 organismes", "Dernière en novembre", url="#fil", leaves=14),
)
THREAD_YOUNG = (
    ThreadNode("idea", "Un seul dépôt de RIB", "À l’étude depuis 4 jours", state="here"),
    ThreadNode("project", "Pas encore", "Si l’idée est retenue", state="next"),
    ThreadNode("achievement", "Pas encore", state="next"),
    ThreadNode("adoption", "Pas encore", state="next"),
)
THREAD_WIDE = (
    ThreadNode(
        "idea", "Mots simples à l’accueil", "Février 2024", url="#fil", more=Link("et 3 autres idées", "#fil")
    ),
    ThreadNode("project", "Deux essais", "Terminés", url="#fil"),
    ThreadNode("achievement", "Accueil en mots simples", "Depuis mars 2025", state="here"),
    ThreadNode("adoption", "Elle vit dans 60 organismes", "Et 12 l’étudient", url="#fil", leaves=60),
)
STEPS = (
    Step(1, "Poser le défi", "Passée avec la 2", "done", grouped=True),
    Step(2, "Parties prenantes", "12 mai 2026", "done"),
    Step(3, "Décrire la solution", "Jalon : GO le 24 juin", "done", gate=True),
    Step(4, "Plan de réalisation", "8 septembre", "done"),
    Step(5, "Réaliser le prototype", "En cours depuis 41 jours", "now"),
    Step(6, "Projeter l’usage", "À venir"),
    Step(7, "Valider et décider", "Jalon en mars 2027", gate=True),
)
TIMELINE = (
    TimelineEntry("3 novembre 2026", "Adoptée par un quatorzième organisme", url="#temps"),
    TimelineEntry("18 mars 2026", "Devenue une réalisation"),
    TimelineEntry("14 mars 2025", "Retenue, avec un essai de six mois", who="Solène Le Goff"),
)
ALIKE = (
    LookAlike(
        "achievement",
        "Rappel de rendez-vous par SMS",
        "#alike",
        "Un SMS la veille du rendez-vous, avec un lien pour déplacer ou annuler.",
        ("SMS", "veille", "lien", "annuler"),
        "CPAM de Loire-Atlantique, 14 organismes",
        BadgeLook("Essaimée", "k-adopt", "done"),
        (Link("Voir le kit", "#alike"),),
    ),
    LookAlike(
        "idea",
        "Rappel vocal pour les personnes sans portable",
        "#alike",
        "Pour les allocataires sans ordinateur, un appel la veille.",
        ("allocataires", "veille"),
        "Carsat Bretagne, 12 votes",
        BadgeLook("En débat", "debate"),
        (Link("Aller voter", "#alike"),),
    ),
)
REGION_COUNTS = {"32": 3, "11": 2, "53": 1, "52": 2, "75": 1, "84": 2, "76": 1, "93": 1, "04": 1}
SWATCHES = (
    ("paper", "Papier", "le fond"),
    ("surface", "Surface", "cartes, champs"),
    ("sunken", "Creux", "bandes, étiquettes"),
    ("ink", "Encre", "texte"),
    ("ink2", "Encre douce", "texte second"),
    ("brand", "Lagon", "action, fil"),
    ("spark", "Soleil", "formes seules"),
    ("att", "Corail", "retard, erreur"),
    ("done", "Feuille", "fait, adopté"),
    ("edge", "Bord", "champs"),
)


MEASURES = tuple(
    DayPoint(date(2026, month, 15), value) for month, value in ((7, 48), (8, 47), (9, 53), (10, 59), (11, 63))
)
STAGES_PASSED = tuple(
    Bar(str(passed), count, "#graphiques") for passed, count in enumerate((6, 9, 14, 21, 12, 13, 7, 2))
)
CAUSES = (
    Bar("Départ d’une personne clé", 11, "#graphiques"),
    Bar("Priorité changée", 9, "#graphiques"),
    Bar("L’essai a répondu non", 8, "#graphiques"),
    Bar("Autres causes", 3, fill="c-rest"),
)
STATES = (
    Part("À lancer", 21, "c3"),
    Part("En cours", 84, "c1"),
    Part("Gelé", 13, "dots"),
    Part("Abandonné", 27, "c-rest"),
    Part("Terminé", 42, "c-done"),
)
BUDGET = (
    Part("Dépensé", 18_200, "c1", "18\u202f200\u00a0€", "43\u00a0%"),
    Part("Engagé, dépensé compris", 13_300, "hatch", "31\u202f500\u00a0€", "75\u00a0%"),
    Part("Prévu", 10_500, "c-plan", "42\u202f000\u00a0€"),
)
SPREADS = (
    Spread("1. Poser le défi", 9, 14, 24),
    Spread("2. Parties prenantes", 15, 26, 48),
    Spread("5. Réaliser le prototype", 58, 94, 151),
)


BRANCHES = [("", "Toutes"), ("f", "Famille"), ("m", "Maladie")]


class SampleForm(forms.Form):
    """One field of each sort."""

    audience = forms.CharField(label="Pour qui ?", help_text="Usagers, agents, partenaires.", max_length=200)
    proposal = forms.CharField(
        label="Que proposez-vous ?",
        widget=forms.Textarea,
        max_length=2000,
        error_messages={"required": "Il manque votre proposition. Une phrase suffit."},
    )
    organisation = forms.CharField(
        label="Organisme", required=False, help_text="Écrivez les premières lettres."
    )
    branch = forms.ChoiceField(label="Branche", choices=BRANCHES, required=False)
    signature = forms.ChoiceField(
        label="Signature",
        widget=forms.RadioSelect,
        choices=[("name", "Sous mon nom"), ("team", "En équipe")],
    )
    follow = forms.BooleanField(
        label="Suivre cette idée", help_text="Un courriel à chaque décision.", required=False
    )


class SampleFilters(forms.Form):
    """The filters of a list."""

    words = forms.CharField(label="Mots de l’idée", required=False)
    branch = forms.ChoiceField(label="Branche", choices=BRANCHES, required=False)
    organisation = forms.CharField(label="Organisme", required=False)


def context() -> dict[str, Any]:
    """Everything the gallery's templates need."""
    refused = SampleForm({"audience": "Les agents d’accueil", "signature": "name"}, auto_id="refus_%s")
    filters = SampleFilters({"words": "courrier"}, auto_id="filtre_%s")
    return {
        "swatches": SWATCHES,
        "icon_names": sorted(icons.names()),
        "idea_looks": IDEA_LOOKS,
        "other_looks": OTHER_LOOKS,
        "thread_lived": THREAD_LIVED,
        "thread_young": THREAD_YOUNG,
        "thread_wide": THREAD_WIDE,
        "steps": STEPS,
        "timeline": TIMELINE,
        "alike": ALIKE,
        "region_counts": REGION_COUNTS,
        "measures": MEASURES,
        "stages_passed": STAGES_PASSED,
        "causes": CAUSES,
        "states": STATES,
        "budget": BUDGET,
        "spreads": SPREADS,
        "twin_head": ("Étape", "Premier quart", "Médiane", "Troisième quart"),
        "twin_rows": [(one.label, one.low, one.middle, one.high) for one in SPREADS],
        "form": SampleForm(auto_id="champ_%s"),
        "refused": refused,
        "filters": filters,
        "signature_hints": {"name": "La réponse arrive par courriel.", "team": "Chaque membre est cité."},
        "sample_tags": [("accueil", "#marques"), ("rendez-vous", "#marques"), ("SMS", "")],
        "sample_filters": [("courrier", "#liste"), ("Relation usager", "#liste")],
        "sample_sorts": [("les plus récentes", "#liste", True), ("les plus soutenues", "#liste", False)],
        "sample_exports": [("CSV", "#tableau"), ("XLSX", "#tableau")],
        "desk_tabs": (
            Tab("En retard", "#bureau", 3, True),
            Tab("À répondre", "#bureau", 12),
            Tab("À qualifier", "#bureau", 7),
        ),
        "contact": Link("Lui écrire", "#cartes"),
        "skills": ["facile à lire", "ateliers d’usagers"],
    }

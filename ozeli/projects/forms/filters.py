"""The filters of the list of projects: a GET form, hence a link that can be kept.

`NAMES` are the parameters of the address. The list offers those of `QUICK` and keeps the others as they came; the page
of the advanced search offers all. A criterion that says « non renseigné » takes the word `sans`.
"""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.text import slugify

from ozeli.core.french import long_date, plural, quoted
from ozeli.core.ui import WEATHERS
from ozeli.ideas.forms.widgets import PlainSelect, PlainTextInput
from ozeli.ideas.selectors.listing import Topic, sectors
from ozeli.ideas.selectors.places import branches, objectives
from ozeli.network.forms import SUGGEST_URL, OrganisationField

from ..enums import ENDED_STATES, LIVE_STATES, Cause, Kind, State, Trigger, Weather
from ..selectors.listing import LATE, MINE, NONE, OPEN_ENDED, SOON, SORTS, Wanted
from ..selectors.vocabulary import Outcome, course, courses, outcomes, steps_named

QUICK = ("mots", "statut", "domaine", "organisme", "lien")
NAMES = (
    *QUICK,
    "direction", "branche", "partenaire", "rubrique", "objectif", "declencheur", "motcle", "nature",
    "retard", "parcours", "etape", "atteinte", "franchie", "lente", "passees",
    "avancement_min", "avancement_max", "meteo", "cause", "suite", "issue", "silence",
    "annee", "debut_du", "debut_au", "fin_du", "fin_au", "fini_du", "fini_au",
)  # fmt: skip
# What an address of the list may hold besides its page.
KEPT = (*NAMES, "colonnes", "tri")
UNDER_WAY_WORD, ENDED_WORD = "vivants", "finis"
MOST_STAGES = 20
PERCENT = "Un avancement est un nombre entier, de 0 à 100."


def words_of(choices: type[TextChoices]) -> dict[str, str]:
    """Value → the word of the address: « ?cause=depart-d-une-personne-cle »."""
    return {one.value: slugify(str(one.label).replace("’", " ")) for one in choices}


STATE_WORDS, KIND_WORDS = words_of(State), words_of(Kind)
TRIGGER_WORDS, CAUSE_WORDS, WEATHER_WORDS = words_of(Trigger), words_of(Cause), words_of(Weather)
STATE_GROUPS: dict[str, tuple[str, ...]] = {
    **{word: (value,) for value, word in STATE_WORDS.items()},
    UNDER_WAY_WORD: tuple(sorted(LIVE_STATES)),
    ENDED_WORD: tuple(sorted(ENDED_STATES)),
}
STATE_CHOICES = [
    ("", "Tous"),
    *((STATE_WORDS[one], one.label) for one in State),
    (UNDER_WAY_WORD, "À lancer, en cours ou gelé"),
    (ENDED_WORD, "Abandonné ou terminé"),
]
LATE_CHOICES = [
    ("", "Peu importe"),
    (LATE, "Fin prévue dépassée"),
    (SOON, "Fin prévue sous 30 jours"),
    (OPEN_ENDED, "Sans date de fin"),
]
MINE_CHOICES = [
    ("", "Tous"),
    ("miens", "Ceux où je suis"),
    ("portes", "Ceux que je porte"),
    ("suivis", "Ceux que je suis de loin"),
    ("sans-porteur", "Sans porteur"),
]
SILENCE_CHOICES = [("", "Peu importe"), *((str(days), f"{days} jours") for days in (30, 60, 90, 180, 365))]


def _choices(labels: type[TextChoices], words: dict[str, str], empty: str, none: str = "") -> list[Any]:
    said = [(words[one.value], one.label) for one in labels]
    return [("", empty), *said, *([(NONE, none)] if none else [])]


def _choice(label: str, choices: Any = ()) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices, widget=PlainSelect)


def _number(label: str, most: int, refusal: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), refusal),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Écrivez une date, par exemple 2026-11-20."},
    )


def _organisation(label: str) -> OrganisationField:
    suggested = PlainTextInput(attrs={"data-suggest-url": SUGGEST_URL})
    return OrganisationField(label=label, required=False, widget=suggested)


class FilterForm(forms.Form):
    """What the list is narrowed to. What cannot be understood is left out.

    `domaine` takes the code of a domain of either level; `rubrique` is offered once a sector is chosen, and `etape`,
    `atteinte`, `franchie`, `lente` take the code of a stage of the lifecycle `parcours`, or of any.
    """

    mots = forms.CharField(label="Mots", required=False, max_length=200, widget=PlainTextInput)
    statut = _choice("Statut", STATE_CHOICES)
    domaine = _choice("Domaine")
    organisme = _organisation("Organisme porteur")
    retard = _choice("Échéance", LATE_CHOICES)
    lien = _choice("Avec vous", MINE_CHOICES)

    direction = forms.CharField(
        label="Direction à l’origine", required=False, max_length=120, widget=PlainTextInput
    )
    branche = _choice("Branche")
    partenaire = _organisation("Organisme commanditaire ou partenaire")
    rubrique = _choice("Sous-domaine")
    objectif = _choice("Objectif stratégique")
    declencheur = _choice("Fait générateur", _choices(Trigger, TRIGGER_WORDS, "Tous", "Non renseigné"))
    motcle = forms.CharField(label="Mot-clé", required=False, max_length=40, widget=PlainTextInput)
    nature = _choice("Nature", _choices(Kind, KIND_WORDS, "Toutes"))
    parcours = _choice("Parcours")
    etape = _choice("En est à l’étape")
    atteinte = _choice("A commencé l’étape")
    franchie = _choice("A passé l’étape")
    lente = _choice("A mis plus de deux fois le temps attendu à l’étape")
    passees = _number("Étapes passées", MOST_STAGES, f"Un nombre d’étapes va de 0 à {MOST_STAGES}.")
    avancement_min = _number("Avancement, au moins (%)", 100, PERCENT)
    avancement_max = _number("Avancement, au plus (%)", 100, PERCENT)
    meteo = _choice("Météo", _choices(Weather, WEATHER_WORDS, "Toutes", "Non renseignée"))
    cause = _choice("Cause du gel ou de l’abandon", _choices(Cause, CAUSE_WORDS, "Toutes", "Non renseignée"))
    suite = _choice("Suite donnée")
    issue = _choice("A connu la suite")
    silence = _choice("Sans nouvelles depuis", SILENCE_CHOICES)
    annee = forms.CharField(label="Année de départ", required=False, max_length=4, widget=PlainTextInput)
    debut_du = _day("Démarré à partir du")
    debut_au = _day("Démarré jusqu’au")
    fin_du = _day("Fin prévue à partir du")
    fin_au = _day("Fin prévue jusqu’au")
    fini_du = _day("Fini à partir du")
    fini_au = _day("Fini jusqu’au")

    def __init__(self, query: QueryDict) -> None:
        """Holds the fields of `QUICK` and those that the address asks for: a form of thirty fields costs a page."""
        said = self.said_in(query)
        self.sector, self.topic = _chosen(said["domaine"], said["rubrique"])
        self.course = course(said["parcours"])
        said["rubrique"] = self.topic.code if self.topic else ""
        if self.sector or said["domaine"] != NONE:
            said["domaine"] = self.sector.code if self.sector else ""
        offered = self.offered(said)
        self.base_fields = {name: one for name, one in self.base_fields.items() if name in offered}  # type: ignore[misc]
        super().__init__(said)
        self._offer_choices()
        usual = next(iter(SORTS))
        self.sort = query.get("tri", "") if query.get("tri") in SORTS else usual
        self.sort_is_chosen = self.sort != usual
        self.is_valid()

    # Always offered; the others when the address asks for them.
    quick: tuple[str, ...] = QUICK

    def said_in(self, query: QueryDict) -> dict[str, Any]:
        return {name: query.get(name, "").replace("\0", "").strip() for name in NAMES}

    def offered(self, said: dict[str, Any]) -> set[str]:
        """The names of the fields of this form."""
        names = {name for name in NAMES if name in self.quick or said[name]} - {"rubrique"}
        return names | ({"rubrique"} if self.sector else set())

    def _offer_choices(self) -> None:
        """The choices that the base holds, for the fields of this form."""
        within = [self.course] if self.course else courses()
        # A lifecycle at a time: two may give two names to one code.
        steps = {step.code: step.name for one in within for step in reversed(one.steps)}
        ordered = [(code, steps[code]) for one in within for code in dict.fromkeys(s.code for s in one.steps)]
        every = list(dict(ordered).items())
        ends = [(one.code, one.name) for one in outcomes()]
        offered: dict[str, list[tuple[str, str]]] = {
            "domaine": [*_topics(sectors()), (NONE, "Non renseigné")],
            "rubrique": _topics(self.sector.children) if self.sector else [],
            "branche": [(one.code, one.name) for one in branches().values()],
            "objectif": [(one.code, one.title) for one in objectives().values()],
            "parcours": [(one.code, one.name) for one in courses()],
            "suite": ends,
            "issue": ends,
        } | dict.fromkeys(("etape", "atteinte", "franchie", "lente"), every)
        for name, choices in offered.items():
            if name in self.fields:
                field: Any = self.fields[name]
                field.choices = [("", EMPTY_WORDS.get(name, "Tous")), *choices]

    def clean_annee(self) -> str:
        said = str(self.cleaned_data["annee"])
        if not said or said == NONE:
            return said
        if not (said.isascii() and said.isdigit() and 1990 <= int(said) <= 2100):
            raise ValidationError("Écrivez une année sur quatre chiffres, par exemple 2026.")
        return said

    def clean(self) -> dict[str, Any]:
        """Bounds that cross say so; the list, which cannot show it, then finds nothing rather than everything."""
        kept: dict[str, Any] = self.cleaned_data
        for first, last in BOUNDS:
            low, high = kept.get(first), kept.get(last)
            if low is not None and high is not None and low > high:
                names = [quoted(str(self.fields[name].label)) for name in (last, first)]
                self.add_error(last, f"{names[0]} vient avant {names[1]}\u00a0: inversez-les.")
                kept |= {first: low, last: high}
        return kept

    def wanted(self) -> Wanted:
        kept = self.cleaned_data
        branch = next((one.pk for one in branches().values() if one.code == kept.get("branche")), None)
        objective = next((one.pk for one in objectives().values() if one.code == kept.get("objectif")), None)
        topic = self.topic or self.sector
        started_from, started_to = self._started()
        return Wanted(
            words=kept.get("mots") or "",
            states=STATE_GROUPS.get(kept.get("statut") or "", ()),
            organisation=kept.get("organisme"),
            partner=kept.get("partenaire"),
            direction=kept.get("direction") or "",
            branch=branch,
            domains=topic.ids if topic else (),
            no_domain=kept.get("domaine") == NONE,
            objective=objective,
            trigger=_value(TRIGGER_WORDS, kept.get("declencheur")),
            keyword=kept.get("motcle") or "",
            kind=_value(KIND_WORDS, kept.get("nature")),
            versions=self.course.versions if self.course else (),
            stands_at=steps_named(kept.get("etape") or "", self.course),
            entered=steps_named(kept.get("atteinte") or "", self.course),
            passed=steps_named(kept.get("franchie") or "", self.course),
            slow=steps_named(kept.get("lente") or "", self.course),
            stages_passed=kept.get("passees"),
            progress_from=kept.get("avancement_min"),
            progress_to=kept.get("avancement_max"),
            late=kept.get("retard") or "",
            weather=_value(WEATHER_WORDS, kept.get("meteo")),
            cause=_value(CAUSE_WORDS, kept.get("cause")),
            outcome=_outcome(kept.get("suite")),
            ever=_outcome(kept.get("issue")),
            started_from=started_from,
            started_to=started_to,
            not_started=kept.get("annee") == NONE,
            due_from=kept.get("fin_du"),
            due_to=kept.get("fin_au"),
            ended_from=kept.get("fini_du"),
            ended_to=kept.get("fini_au"),
            silent_days=int(kept.get("silence") or 0),
            mine=kept.get("lien") or "",
            sort=self.sort,
        )

    def _started(self) -> tuple[date | None, date | None]:
        """The first and last day of departure: the closest of the year and of the days asked for."""
        first, last = self.cleaned_data.get("debut_du"), self.cleaned_data.get("debut_au")
        year = self.cleaned_data.get("annee") or ""
        if year.isdigit():
            first = max(first or date.min, date(int(year), 1, 1))
            last = min(last or date.max, date(int(year), 12, 31))
        return first, last

    def applied(self) -> list[tuple[str, str]]:
        """(words, name of the parameter) of each filter in force."""
        kept: dict[str, Any] = self.cleaned_data
        said = []
        for name in self.fields:
            value = kept.get(name)
            if value not in (None, ""):
                said.append((self._words(name, value), name))
        return said

    def _words(self, name: str, value: Any) -> str:
        """« En cours », « Météo : Orage », « Avancement, au moins : 40 % »."""
        if name == "mots":
            return quoted(value)
        if name in NUMBERS:
            return NUMBERS[name](value)
        if isinstance(value, date):
            said = long_date(value)
        else:
            field: Any = self.fields[name]
            choices = dict(getattr(field, "choices", ()))
            said = str(choices.get(value, value))
        return (
            said if name in SELF_EXPLAINED and value != NONE else f"{self.fields[name].label}\u00a0: {said}"
        )

    def kept(self) -> dict[str, str]:
        """The filters in force, as the address says them."""
        return {name: str(self.data[name]) for name in NAMES if self.cleaned_data.get(name) not in (None, "")}


class BoardForm(FilterForm):
    """The filters of the board. Its columns say the stage or the state: they are not asked for.

    By stage, it always shows one lifecycle: the one asked for, else the first.
    """

    quick = ("parcours", "domaine", "organisme", "lien")
    field_order = (*quick, *NAMES)

    def __init__(self, query: QueryDict) -> None:
        self.is_by_state = query.get("par") == BY_STATE or not courses()
        super().__init__(query)

    def said_in(self, query: QueryDict) -> dict[str, Any]:
        said = super().said_in(query) | {"statut": "", "etape": ""}
        if not self.is_by_state and course(said["parcours"]) is None:
            said["parcours"] = courses()[0].code
        return said

    def _offer_choices(self) -> None:
        super()._offer_choices()
        if not self.is_by_state:
            field: Any = self.fields["parcours"]
            field.choices = [(one.code, one.name) for one in courses()]


BY_STATE = "statut"
BOUNDS = (
    ("avancement_min", "avancement_max"),
    ("debut_du", "debut_au"),
    ("fin_du", "fin_au"),
    ("fini_du", "fini_au"),
)
EMPTY_WORDS = {"branche": "Toutes", "etape": "Toutes", "suite": "Toutes", "issue": "Toutes"} | dict.fromkeys(
    ("atteinte", "franchie", "lente"), "Toutes"
)
# Those whose value alone says what it is.
SELF_EXPLAINED = {
    "statut", "domaine", "rubrique", "organisme", "lien", "branche", "parcours", "nature", "retard",
}  # fmt: skip
NUMBERS: dict[str, Any] = {
    "passees": lambda value: plural(value, "étape passée", "étapes passées"),
    "avancement_min": lambda value: f"Avancement d’au moins {value}\u00a0%",
    "avancement_max": lambda value: f"Avancement d’au plus {value}\u00a0%",
    "silence": lambda value: f"Sans nouvelles depuis {value}\u00a0jours",
}


def _value(words: dict[str, str], said: str | None) -> str:
    """The value of a closed list that a word of the address names; `NONE` stays."""
    return next((value for value, word in words.items() if word == said), NONE if said == NONE else "")


def _outcome(code: str | None) -> Outcome | None:
    return next((one for one in outcomes() if one.code == code), None) if code else None


def _topics(topics: tuple[Topic, ...]) -> list[tuple[str, str]]:
    return [(topic.code, topic.name) for topic in topics]


def _chosen(first: str, second: str) -> tuple[Topic | None, Topic | None]:
    """The sector and, when one is named, the sub-category."""
    for sector in sectors():
        children = {child.code: child for child in sector.children}
        if first in children:
            return sector, children[first]
        if first == sector.code:
            return sector, children.get(second)
    return None, None


assert set(MINE) == {value for value, _label in MINE_CHOICES if value}
assert set(WEATHERS) == set(Weather.values)

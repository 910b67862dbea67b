"""The filters of what stages taught, of methods and of stopped projects: GET forms, hence links that can be kept."""

from typing import Any

from django import forms
from django.http import QueryDict

from ozeli.core.french import quoted
from ozeli.ideas.forms.widgets import PlainSelect, PlainTextInput
from ozeli.ideas.selectors.listing import Topic, sectors
from ozeli.network.forms import SUGGEST_URL, OrganisationField

from ..enums import Cause
from ..selectors.knowledge import SAYING, TOLD, Wanted
from ..selectors.methods import catalogue
from ..selectors.stopped import Wanted as StoppedWanted
from ..selectors.vocabulary import Step, courses, steps_named

NAMES = ("mots", "etape", "methode", "domaine", "dit")
STOPPED_NAMES = ("mots", "cause", "etape", "domaine", "organisme")
METHOD_NAMES = ("mots", "etape")
Choices = list[tuple[str, Any]]


def _words() -> forms.CharField:
    return forms.CharField(label="Mots", required=False, max_length=200, widget=PlainTextInput)


def _choice(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, widget=PlainSelect)


def step_choices() -> Choices:
    """The stages under their lifecycles; one that several share stands under the first."""
    seen: set[str] = set()
    groups: Choices = [("", "Toutes")]
    for course in courses():
        steps = [step for step in course.steps if step.code not in seen]
        seen.update(step.code for step in steps)
        if steps:
            groups.append((course.name, [(step.code, f"{step.number}. {step.name}") for step in steps]))
    return groups


class _Filters(forms.Form):
    """What cannot be understood is left out."""

    names: tuple[str, ...] = ()

    def __init__(self, query: QueryDict) -> None:
        super().__init__({name: query.get(name, "").replace("\0", "") for name in self.names})
        self.topics = {topic.code: topic for sector in sectors() for topic in (sector, *sector.children)}
        self.choose()
        self.is_valid()

    def choose(self) -> None:
        """Give the lists their choices."""

    def _offer(self, name: str, choices: Choices) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _offer_domains(self) -> None:
        self._offer("domaine", [("", "Tous"), *((one.code, one.name) for one in sectors())])
        asked = self.data.get("domaine", "")
        if asked in self.topics and asked not in {one.code for one in sectors()}:
            field: Any = self.fields["domaine"]
            field.choices = [*field.choices, (asked, self.topics[asked].name)]

    def kept(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")

    @property
    def topic(self) -> Topic | None:
        return self.topics.get(self.kept("domaine"))

    @property
    def steps(self) -> tuple[Step, ...]:
        return steps_named(self.kept("etape")) if self.kept("etape") else ()

    def said(self) -> list[tuple[str, str]]:
        """(words, name of the parameter) of each filter, the words empty when it is not in force."""
        return []

    def applied(self) -> list[tuple[str, str]]:
        return [(words, name) for words, name in self.said() if words]


class ReportForm(_Filters):
    """What the stage reports are narrowed to."""

    names = NAMES

    mots = _words()
    etape = _choice("Étape")
    methode = _choice("Technique employée")
    domaine = _choice("Domaine")
    dit = forms.ChoiceField(
        label="Qui dit",
        required=False,
        choices=[("", "Tout"), *((word, TOLD[name]) for word, name in SAYING.items())],
        widget=PlainSelect,
    )

    def choose(self) -> None:
        self.methods = {one.code: one for one in catalogue()}
        self._offer("etape", step_choices())
        self._offer("methode", [("", "Toutes"), *((one.code, one.name) for one in self.methods.values())])
        self._offer_domains()

    def wanted(self) -> Wanted:
        return Wanted(
            steps=self.steps,
            method=self.methods.get(self.kept("methode")),
            domains=self.topic.ids if self.topic else (),
            says=SAYING.get(self.kept("dit"), ""),
            words=self.kept("mots"),
        )

    def said(self) -> list[tuple[str, str]]:
        wanted = self.wanted()
        return [
            (quoted(wanted.words) if wanted.words else "", "mots"),
            (wanted.steps[0].name if wanted.steps else "", "etape"),
            (wanted.method.name if wanted.method else "", "methode"),
            (self.topic.name if self.topic else "", "domaine"),
            (TOLD[wanted.says] if wanted.says else "", "dit"),
        ]


class MethodForm(_Filters):
    """What the catalogue of methods is narrowed to."""

    names = METHOD_NAMES

    mots = _words()
    etape = _choice("Étape")

    def choose(self) -> None:
        self._offer("etape", step_choices())

    def said(self) -> list[tuple[str, str]]:
        return [
            (quoted(self.kept("mots")) if self.kept("mots") else "", "mots"),
            (self.steps[0].name if self.steps else "", "etape"),
        ]


class StoppedForm(_Filters):
    """What the stopped projects are narrowed to."""

    names = STOPPED_NAMES
    suggest_url = SUGGEST_URL

    mots = _words()
    cause = forms.ChoiceField(
        label="Cause", required=False, choices=[("", "Toutes"), *Cause.choices], widget=PlainSelect
    )
    etape = _choice("Arrêté à l’étape")
    domaine = _choice("Domaine")
    organisme = OrganisationField(required=False, widget=PlainTextInput)

    def choose(self) -> None:
        self._offer("etape", step_choices())
        self._offer_domains()

    def wanted(self) -> StoppedWanted:
        return StoppedWanted(
            cause=self.kept("cause"),
            steps=self.steps,
            domains=self.topic.ids if self.topic else (),
            organisation=self.cleaned_data.get("organisme"),
            words=self.kept("mots"),
        )

    def said(self) -> list[tuple[str, str]]:
        body = self.cleaned_data.get("organisme")
        return [
            (quoted(self.kept("mots")) if self.kept("mots") else "", "mots"),
            (str(Cause(self.kept("cause")).label) if self.kept("cause") else "", "cause"),
            (self.steps[0].name if self.steps else "", "etape"),
            (self.topic.name if self.topic else "", "domaine"),
            (body.name if body else "", "organisme"),
        ]

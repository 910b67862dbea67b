"""The steps of the preparation. Everything typed stays when something is refused."""

from typing import Any

from django import forms
from django.urls import reverse_lazy

from ozeli.accounts.models import User
from ozeli.network.enums import Audience
from ozeli.network.forms import SUGGEST_URL, OrganisationField
from ozeli.network.models import Branch, StrategicObjective

from .. import rules
from ..enums import DEFAULT_THRESHOLD, Format, VotingRule
from ..models import Challenge
from ..selectors.people import named
from .fields import BodiesField, DomainField, LineField, StepForm, TextField

COPY = "copie"
PRIZES = 5
MOST_VOTES = 100
MOST_THRESHOLD = 100_000
LONGEST_DELAY = 365
AUDIENCE_HINTS = {
    Audience.ORGANISATION: "Ceux que vous nommez plus bas",
    Audience.BRANCH: "Tous les organismes d’une branche",
    Audience.NETWORK: "Tous les agents de tous les organismes",
}
RULE_HINTS = {
    VotingRule.LIKES: "Le plus simple\u00a0: chacun soutient ce qui lui plaît",
    VotingRule.BUDGET: "Chacun choisit\u00a0: ses votes sont comptés",
    VotingRule.THRESHOLD: "Une idée est sélectionnée d’elle-même à ce nombre de votes",
}


class OriginForm(forms.Form):
    """From what a challenge is made: the model of a format, or an earlier challenge."""

    suggest_url = reverse_lazy("challenges:suggestions")

    origin = forms.ChoiceField(
        label="Partir de quoi\u202f?",
        widget=forms.RadioSelect,
        choices=[*Format.choices, (COPY, "Un défi passé, « comme l’an dernier »")],
        error_messages={"required": "Choisissez un modèle, ou un défi passé."},
    )
    source = LineField(
        label="Quel défi passé\u202f?",
        required=False,
        max_length=160,
        help_text="Pour repartir de ses textes, de ses prix, de ses phases et de son plan de communication.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("origin") != COPY:
            return given
        found = named(self.user, given.get("source", "")) if given.get("source") else []
        if not given.get("source"):
            self.add_error("source", "Nommez le défi dont vous voulez repartir.")
        elif not found:
            self.add_error("source", "Aucun défi que vous pouvez lire ne porte ce nom.")
        else:
            given["challenge"] = found[0]
        return given


class QuestionForm(StepForm):
    """What is asked, and why."""

    title = LineField(
        label="Nom du défi",
        max_length=120,
        help_text="Court\u00a0: il tient sur une affiche.",
        error_messages={"required": "Donnez un nom au défi."},
    )
    question = LineField(
        label="Question posée",
        max_length=200,
        help_text="Une vraie question, qui finit par un point d’interrogation et qu’un agent comprend tout de suite.",
        error_messages={"required": "Écrivez la question que vous posez."},
    )
    theme = LineField(label="Thème", max_length=80, required=False)
    presentation = TextField(
        label="Pourquoi ce défi",
        required=False,
        help_text="Ce que vous constatez, ce que vous cherchez, ce que deviendront les idées.",
    )
    domain_id = DomainField(label="Domaine")
    objective_id = forms.ModelChoiceField(
        StrategicObjective.objects.filter(is_active=True),
        label="Objectif stratégique",
        required=False,
        empty_label="Aucun en particulier",
        to_field_name="code",
    )

    def clean_objective_id(self) -> int | None:
        chosen = self.cleaned_data.get("objective_id")
        return chosen.pk if chosen else None

    @classmethod
    def initial_of(cls, challenge: Challenge) -> dict[str, Any]:
        return {
            "version": challenge.version,
            "title": challenge.title,
            "question": challenge.question,
            "theme": challenge.theme,
            "presentation": challenge.presentation,
            "domain_id": challenge.domain.code if challenge.domain else "",
            "objective_id": challenge.objective.code if challenge.objective else "",
            "rules_text": challenge.rules_text,
        }

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class TextsForm(QuestionForm):
    """What may still be put right once the challenge is published."""

    rules_text = TextField(
        label="Règlement", max_length=10_000, error_messages={"required": "Écrivez le règlement."}
    )


class ParticipantsForm(StepForm):
    """In whose name, who takes part, how one votes, what is promised."""

    suggest_url = SUGGEST_URL
    audience_hints = AUDIENCE_HINTS
    rule_hints = RULE_HINTS

    organisation = OrganisationField(
        label="Organisme qui porte le défi",
        error_messages={"required": "Dites quel organisme porte le défi."},
    )
    audience = forms.ChoiceField(
        label="Qui prend part\u202f?",
        widget=forms.RadioSelect,
        choices=[
            (Audience.ORGANISATION, "Des organismes"),
            (Audience.BRANCH, "Une branche"),
            (Audience.NETWORK, "Tout le réseau"),
        ],
        error_messages={"required": "Dites qui prend part au défi."},
    )
    bodies = BodiesField(
        label="Organismes invités", required=False, help_text="Un par ligne, le nom entier ou le sigle."
    )
    branch = forms.ModelChoiceField(
        Branch.objects.all(), label="Branche", required=False, empty_label="Aucune", to_field_name="code"
    )
    voting_rule = forms.ChoiceField(
        label="Comment vote-t-on\u202f?",
        widget=forms.RadioSelect,
        choices=VotingRule.choices,
        error_messages={"required": "Choisissez une règle de vote."},
    )
    votes_each = forms.IntegerField(
        label="Votes par personne",
        required=False,
        min_value=1,
        max_value=MOST_VOTES,
        help_text="Pour des votes à distribuer.",
        error_messages={
            "min_value": "Donnez un vote au moins à chacun.",
            "max_value": f"{MOST_VOTES} votes par personne au plus.",
            "invalid": "Écrivez un nombre entier.",
        },
    )
    threshold = forms.IntegerField(
        label="Votes qui sélectionnent",
        required=False,
        min_value=1,
        max_value=MOST_THRESHOLD,
        help_text=f"Pour une sélection par les votes\u202f; {DEFAULT_THRESHOLD} d’ordinaire.",
        error_messages={
            "min_value": "Un vote au moins.",
            "max_value": "Ce nombre ne serait jamais atteint.",
            "invalid": "Écrivez un nombre entier.",
        },
    )
    answer_delay_days = forms.IntegerField(
        label="Réponse promise, en jours",
        required=False,
        min_value=1,
        max_value=LONGEST_DELAY,
        help_text="À compter du dépôt. Laissez vide pour garder le délai de chaque organisme.",
        error_messages={
            "min_value": "Un jour au moins.",
            "max_value": "Un an au plus\u00a0: au-delà, ce n’est plus une promesse.",
            "invalid": "Écrivez un nombre entier.",
        },
    )
    rules_text = TextField(
        label="Règlement",
        max_length=10_000,
        error_messages={"required": "Écrivez le règlement, même en quelques lignes."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    @classmethod
    def initial_of(cls, challenge: Challenge) -> dict[str, Any]:
        return {
            "version": challenge.version,
            "organisation": challenge.organisation.name,
            "audience": challenge.audience,
            "bodies": "\n".join(row.organisation.name for row in challenge.bodies.all()),
            "branch": challenge.branch.code if challenge.branch else "",
            "voting_rule": challenge.voting_rule,
            "votes_each": challenge.votes_each,
            "threshold": challenge.threshold,
            "answer_delay_days": challenge.answer_delay_days,
            "rules_text": challenge.rules_text,
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        audience, rule = given.get("audience"), given.get("voting_rule")
        if audience == Audience.ORGANISATION and not given.get("bodies") and "bodies" not in self.errors:
            self.add_error("bodies", "Nommez au moins un organisme invité.")
        if audience == Audience.BRANCH and not given.get("branch"):
            self.add_error("branch", "Choisissez la branche à laquelle le défi est ouvert.")
        if rule == VotingRule.BUDGET and not given.get("votes_each") and "votes_each" not in self.errors:
            self.add_error("votes_each", "Dites combien de votes chacun peut distribuer.")
        if rule == VotingRule.THRESHOLD and not given.get("threshold") and "threshold" not in self.errors:
            self.add_error("threshold", "Dites à combien de votes une idée est sélectionnée.")
        self._check_rights(given)
        return given

    def _check_rights(self, given: dict[str, Any]) -> None:
        body = given.get("organisation")
        if body is not None and not rules.may_carry(self.user, body.pk):
            self.add_error(
                "organisation", "Vous ne préparez de défi que pour les organismes dont vous avez la charge."
            )
        bodies = [one.pk for one in given.get("bodies") or []]
        if given.get("audience") and not rules.may_invite(self.user, given["audience"], bodies):
            name = "bodies" if given["audience"] == Audience.ORGANISATION else "audience"
            self.add_error(
                name,
                "Vous ouvrez un défi aux organismes dont vous avez la charge. Pour plus, adressez-vous à l’équipe qui"
                " administre les défis.",
            )

    def values(self) -> dict[str, Any]:
        """What does not go with the chosen audience and rule is dropped."""
        given = self.cleaned_data
        audience, rule = given["audience"], given["voting_rule"]
        return {
            "organisation_id": given["organisation"].pk,
            "audience": audience,
            "branch_id": given["branch"].pk if audience == Audience.BRANCH else None,
            "voting_rule": rule,
            "votes_each": given["votes_each"] if rule == VotingRule.BUDGET else None,
            "threshold": given["threshold"] if rule == VotingRule.THRESHOLD else None,
            "answer_delay_days": given["answer_delay_days"],
            "rules_text": given["rules_text"],
        }

    @property
    def invited(self) -> list[Any]:
        given = self.cleaned_data
        return given["bodies"] if given["audience"] == Audience.ORGANISATION else []


class PrizesForm(StepForm):
    """A few prizes: what, and what it brings."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, PRIZES + 1):
            self.fields[f"prize_{place}"] = LineField(label=f"Prix {place}", max_length=80, required=False)
            self.fields[f"brings_{place}"] = LineField(
                label=f"Ce qu’apporte le prix {place}", max_length=300, required=False
            )

    @classmethod
    def initial_of(cls, challenge: Challenge) -> dict[str, Any]:
        found: dict[str, Any] = {"version": challenge.version}
        for place, prize in enumerate(challenge.prizes.all()[:PRIZES], start=1):
            found |= {f"prize_{place}": prize.title, f"brings_{place}": prize.description}
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for place in range(1, PRIZES + 1):
            if given.get(f"brings_{place}") and not given.get(f"prize_{place}"):
                self.add_error(f"prize_{place}", f"Donnez un nom au prix {place}.")
        return given

    def prizes(self) -> list[tuple[str, str]]:
        given = self.cleaned_data
        pairs = [(given[f"prize_{place}"], given[f"brings_{place}"]) for place in range(1, PRIZES + 1)]
        return [pair for pair in pairs if pair[0]]

    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"prize_{place}"], self[f"brings_{place}"]) for place in range(1, PRIZES + 1)]

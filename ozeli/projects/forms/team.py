"""Who is around a project: people, and bodies."""

from typing import Any

from django import forms
from django.urls import reverse_lazy

from ozeli.challenges.forms.fields import LineField, PersonField
from ozeli.ideas.forms.widgets import PlainTextInput
from ozeli.network.forms import SUGGEST_URL, OrganisationField

from ..enums import BodyRole, Role
from ..models import ProjectMember

PEOPLE_URL = reverse_lazy("projects:people")
PART_MAX_LENGTH = 120
OFFERED = [(role.value, role.label) for role in (Role.MEMBER, Role.SPONSOR, Role.COACH)]
ROLE_HINTS = {
    Role.MEMBER: "Écrit sur la fiche et passe les étapes.",
    Role.SPONSOR: "Ouvre des portes et défend l’essai. De préférence hors de la hiérarchie du projet.",
    Role.COACH: "Accompagne l’équipe, et écrit dans le journal de bord.",
}


class RoleForm(forms.Form):
    """The role of a person, what they do, and that one knows of a sponsor's tie to the project."""

    role_hints = ROLE_HINTS

    role = forms.ChoiceField(
        label="Son rôle",
        choices=OFFERED,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez son rôle.",
            "invalid_choice": "Choisissez son rôle dans la liste.",
        },
    )
    part = LineField(
        label="Ce qu’elle y fait",
        max_length=PART_MAX_LENGTH,
        required=False,
        widget=PlainTextInput,
        help_text="«\u202fDéveloppement, 2 jours par semaine\u202f»",
    )
    known = forms.BooleanField(label="Je le sais, et nous faisons ce choix", required=False)

    @property
    def said_role(self) -> Role:
        return Role(self.cleaned_data["role"])

    @property
    def is_unwarned_sponsor(self) -> bool:
        return self.said_role == Role.SPONSOR and not self.cleaned_data["known"]

    @classmethod
    def initial_of(cls, row: ProjectMember) -> dict[str, Any]:
        return {"role": row.role, "part": row.part}


class MemberForm(RoleForm):
    """Somebody to bring around the project."""

    suggest_url = PEOPLE_URL

    person = PersonField(
        label="La personne",
        help_text="Son nom, ou son adresse électronique. Elle est prévenue tout de suite.",
        error_messages={"required": "Nommez la personne à ajouter."},
    )

    field_order = ["person", "role", "part", "known"]


class BodyForm(forms.Form):
    """A body that orders the project, or takes part in it."""

    suggest_url = SUGGEST_URL

    body = OrganisationField(
        label="L’organisme",
        help_text="Écrivez les premières lettres.",
        error_messages={"required": "Nommez l’organisme à ajouter."},
    )
    body_role = forms.ChoiceField(
        label="À quel titre\u202f?",
        choices=BodyRole.choices,
        widget=forms.RadioSelect,
        initial=BodyRole.PARTNER,
        error_messages={"required": "Dites à quel titre.", "invalid_choice": "Choisissez dans la liste."},
    )

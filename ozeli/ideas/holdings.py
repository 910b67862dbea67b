"""What ideas keep of a person: signatures, drafts, moves, answers, opinions, relaunches."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q

from ozeli.core.personal_data import Holding, Person, Retention, Row, deleted, own_rows, register, unsigned

from .models import AnswerLead, Decision, Idea, IdeaAuthor, IdeaDraft, IdeaExpert, TeamMember

DRAFT_DAYS = 365


def _signed(person: Person) -> Iterable[Row]:
    """An anonymous idea has no author here: it cannot be given back, nor found."""
    ideas = Idea.objects.filter(pk__in=IdeaAuthor.objects.filter(user=person.id).values("idea"))
    for idea in ideas.select_related("domain").order_by("deposited_on", "pk").iterator():
        yield {
            "titre": idea.title,
            "problème": idea.problem,
            "pour qui": idea.beneficiaries,
            "proposition": idea.proposal,
            "ce que cela changerait": idea.benefit,
            "domaine": idea.domain.name,
            "déposée le": idea.deposited_on,
            "état": idea.get_state_display(),
            "adresse": idea.get_absolute_url(),
        }


def _answers(person: Person) -> Iterable[Row]:
    for one in Decision.objects.filter(published_by=person.id).select_related("idea").order_by("pk"):
        yield {
            "idée": one.idea.title,
            "décision": one.get_verdict_display(),
            "réponse": one.answer,
            "le": one.published_on,
        }


def _teams(person: Person) -> Iterable[Row]:
    """Whose team one is in, and who is in one's own: what each side was asked."""
    for one in TeamMember.objects.filter(Q(manager=person.id) | Q(member=person.id)).order_by("pk"):
        yield {
            "vous êtes": "l’encadrant" if one.manager_id == person.id else "le membre",
            "demandé le": one.asked_on,
            "état": one.state,
        }


def _leave_expertises(person: Person) -> int:
    """An opinion that was given stays under the emptied account; one that was only asked goes."""
    gone = IdeaExpert.objects.filter(user=person.id, given_on__isnull=True).delete()[0]
    return gone + IdeaExpert.objects.filter(asked_by=person.id).update(asked_by=None)


def _leave_leads(person: Person) -> int:
    gone = AnswerLead.objects.filter(user=person.id).delete()[0]
    return gone + AnswerLead.objects.filter(named_by=person.id).update(named_by=None)


register(
    Holding(
        "ideas.IdeaAuthor",
        ("user",),
        "Les idées que vous avez signées",
        "Elles restent, sans signature.",
        _signed,
        deleted("ideas.IdeaAuthor", "user"),
    ),
    Holding(
        "ideas.Idea",
        ("handler",),
        "Les idées dont la réponse vous revient",
        "Elles reviennent à l’équipe d’animation.",
        own_rows("ideas.Idea", "handler", title="titre"),
        unsigned("ideas.Idea", "handler"),
    ),
    Holding(
        "ideas.IdeaDraft",
        ("owner",),
        "Vos brouillons",
        "Effacés.",
        own_rows("ideas.IdeaDraft", "owner", saved_at="enregistré le", fields="texte"),
        deleted("ideas.IdeaDraft", "owner"),
    ),
    Holding(
        "ideas.IdeaMove",
        ("actor",),
        "Les étapes que vous avez fait passer à des idées",
        "Elles restent, sans personne.",
        own_rows(
            "ideas.IdeaMove", "actor", idea__title="idée", transition="étape", made_on="le", note="note"
        ),
        unsigned("ideas.IdeaMove", "actor"),
    ),
    Holding(
        "ideas.Decision",
        ("prepared_by", "published_by"),
        "Les réponses que vous avez publiées",
        "Elles restent, sans personne : une réponse publiée est due à l’auteur de l’idée.",
        _answers,
        unsigned("ideas.Decision", "prepared_by", "published_by"),
    ),
    Holding(
        "ideas.IdeaExpert",
        ("user", "asked_by"),
        "Les avis qui vous ont été demandés",
        "Un avis donné reste, sous un compte vidé ; une demande sans réponse est effacée.",
        own_rows(
            "ideas.IdeaExpert",
            "user",
            idea__title="idée",
            asked_on="demandé le",
            opinion="avis",
            given_on="rendu le",
            decline_reason="raison de décliner",
        ),
        _leave_expertises,
    ),
    Holding(
        "ideas.RevivalRequest",
        ("user", "answered_by"),
        "Les relances que vous avez demandées",
        "Elles restent, sous un compte vidé : la réponse qui leur a été faite les suit.",
        own_rows("ideas.RevivalRequest", "user", idea__title="idée", message="message", asked_on="le"),
        unsigned("ideas.RevivalRequest", "answered_by"),
    ),
    Holding(
        "ideas.RevivalSupport",
        ("user",),
        "Les relances que vous avez appuyées",
        "Effacées : leur nombre reste.",
        own_rows("ideas.RevivalSupport", "user", request__idea__title="idée", given_on="le"),
        deleted("ideas.RevivalSupport", "user"),
    ),
    Holding(
        "ideas.SecondLook",
        ("first_decider", "asked_by", "decided_by"),
        "Les seconds regards que vous avez demandés ou donnés",
        "Ils restent, sans personne.",
        own_rows("ideas.SecondLook", "asked_by", idea__title="idée", words="texte", asked_on="le"),
        unsigned("ideas.SecondLook", "first_decider", "asked_by", "decided_by"),
    ),
    Holding(
        "ideas.Lesson",
        ("written_by",),
        "Les leçons que vous avez écrites",
        "Elles restent, sans personne.",
        own_rows("ideas.Lesson", "written_by", text="texte", written_on="le"),
        unsigned("ideas.Lesson", "written_by"),
    ),
    Holding(
        "ideas.IdeaMerge",
        ("merged_by", "handler_before", "undone_by"),
        "Les idées que vous avez regroupées ou séparées",
        "Elles restent, sans personne.",
        own_rows("ideas.IdeaMerge", "merged_by", absorbed__title="idée", merged_on="le", reason="raison"),
        unsigned("ideas.IdeaMerge", "merged_by", "handler_before", "undone_by"),
    ),
    Holding(
        "ideas.IdeaLink",
        ("made_by",),
        "Les idées que vous avez dites voisines",
        "Elles restent, sans personne.",
        own_rows("ideas.IdeaLink", "made_by", one__title="idée", made_on="le", reason="raison"),
        unsigned("ideas.IdeaLink", "made_by"),
    ),
    Holding(
        "ideas.ExpertNote",
        ("author",),
        "Vos notes avec un expert",
        "Elles restent au bureau, sans personne.",
        own_rows("ideas.ExpertNote", "author", written_on="le", body="note"),
        unsigned("ideas.ExpertNote", "author"),
    ),
    Holding(
        "ideas.DeskNote",
        ("author", "handler", "before"),
        "Vos notes au bureau",
        "Elles restent au bureau, sans personne.",
        own_rows("ideas.DeskNote", "author", written_on="le", body="note"),
        unsigned("ideas.DeskNote", "author", "handler", "before"),
    ),
    Holding(
        "ideas.AnswerLead",
        ("user", "named_by"),
        "Les organismes dont vous suivez les réponses",
        "Effacés : les réponses en retard vont au réseau tant que personne d’autre n’est nommé.",
        own_rows("ideas.AnswerLead", "user", organisation__name="organisme", named_on="depuis le"),
        _leave_leads,
    ),
    Holding(
        "ideas.AnswerStep",
        ("lead",),
        "Les idées en retard remontées jusqu’à vous",
        "Elles restent, sans personne.",
        own_rows("ideas.AnswerStep", "lead", idea__title="idée", made_on="le"),
        unsigned("ideas.AnswerStep", "lead"),
    ),
    Holding(
        "ideas.IdeaPrize",
        ("given_by",),
        "Les prix de défi que vous avez donnés",
        "Ils restent, sans personne.",
        own_rows("ideas.IdeaPrize", "given_by", idea__title="idée", prize__title="prix", given_on="le"),
        unsigned("ideas.IdeaPrize", "given_by"),
    ),
    Holding(
        "ideas.CompletionRequest",
        ("asked_by",),
        "Les compléments que vous avez demandés",
        "Ils restent, sans personne.",
        own_rows(
            "ideas.CompletionRequest", "asked_by", idea__title="idée", asked_on="le", questions="questions"
        ),
        unsigned("ideas.CompletionRequest", "asked_by"),
    ),
    Holding(
        "ideas.AnswerTemplate",
        ("written_by",),
        "Les réponses types que vous avez écrites",
        "Elles restent, sans personne.",
        own_rows("ideas.AnswerTemplate", "written_by", title="titre", written_on="le"),
        unsigned("ideas.AnswerTemplate", "written_by"),
    ),
    Holding(
        "ideas.PublicationBatch",
        ("actor",),
        "Les réponses que vous avez publiées ensemble",
        "Elles restent, sans personne.",
        own_rows("ideas.PublicationBatch", "actor", asked_at="le"),
        unsigned("ideas.PublicationBatch", "actor"),
    ),
    Holding(
        "ideas.IdeaAmendment",
        ("author",),
        "Les modifications que vous avez apportées à des idées",
        "Elles restent, sans personne.",
        own_rows("ideas.IdeaAmendment", "author", idea__title="idée", made_on="le", reason="raison"),
        unsigned("ideas.IdeaAmendment", "author"),
    ),
    Holding(
        "ideas.CoauthorInvitation",
        ("invitee", "invited_by"),
        "Les invitations à cosigner une idée",
        "Effacées.",
        own_rows("ideas.CoauthorInvitation", "invitee", idea__title="idée"),
        deleted("ideas.CoauthorInvitation", "invitee", "invited_by"),
        position=30,
    ),
    Holding(
        "ideas.TeamMember",
        ("manager", "member"),
        "Votre équipe",
        "Effacée.",
        _teams,
        deleted("ideas.TeamMember", "manager", "member"),
    ),
    Retention(
        "drafts",
        "Brouillons",
        "12 mois",
        "Une idée commencée et plus touchée depuis un an.",
        lambda now: IdeaDraft.objects.filter(saved_at__lt=now - timedelta(days=DRAFT_DAYS)).order_by("pk"),
        position=50,
    ),
)

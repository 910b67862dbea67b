"""What people are told of an idea, in the portal and by mail.

A subject may be read over a shoulder: it bears the title of an idea that the whole network may read, and never
anything else that somebody wrote (question, answer, opinion, comment).
"""

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property

from ozeli.accounts.models import User
from ozeli.core import french
from ozeli.core.french import NBSP, long_date, month
from ozeli.core.registry import Message
from ozeli.engagement.models import Comment
from ozeli.network.enums import Audience

from . import rules
from .enums import Reason, State, Verdict
from .models import Decision, Idea, IdeaExpert, IdeaMove, RevivalRequest

QUOTED = 1_500


def quoted(text: str) -> str:
    """A text between guillemets, cut when it is long: the sheet has the rest."""
    text = text if len(text) <= QUOTED else f"{text[:QUOTED].rstrip()}…"
    return french.quoted(text)


class Scene:
    """An event on an idea, with what its words need, read once for all the people told."""

    def __init__(self, event: Any, idea: Idea) -> None:
        self.idea, self.actor, self.data = idea, event.actor, event.data

    @cached_property
    def step(self) -> IdeaMove | None:
        return IdeaMove.objects.filter(pk=self.data.get("step")).first()

    @cached_property
    def decision(self) -> Decision | None:
        """The answer of the round of this move."""
        published = Decision.objects.filter(idea=self.idea, published_on__isnull=False).order_by("-round")
        return (published.filter(round=self.step.round) if self.step else published).first()

    @cached_property
    def revival(self) -> RevivalRequest | None:
        return RevivalRequest.objects.filter(pk=self.data.get("request")).first()

    @cached_property
    def comment(self) -> Comment | None:
        """The comment told; None once hidden or taken back."""
        return Comment.objects.filter(pk=self.data.get("comment"), is_hidden=False, is_removed=False).first()

    @property
    def title(self) -> str:
        return quoted(self.idea.title)

    @property
    def note(self) -> str:
        return self.step.note if self.step else ""

    @property
    def who(self) -> str:
        return self.actor.display_name if self.actor else "Son auteur"

    @property
    def desk_url(self) -> str:
        return reverse("ideas:desk_idea", args=[self.idea.short])

    def whose(self, user: User) -> str:
        """« Votre idée “…” » or « L’idée “…” »."""
        return f"{'Votre idée' if rules.is_author(user, self.idea) else 'L’idée'} {self.title}"

    def subject(self, words: str) -> str:
        """The words, then the title when everybody may read it."""
        shared = self.idea.audience == Audience.NETWORK and not self.idea.is_hidden
        return f"{words}{NBSP}: {self.title}" if shared else words


def completion_url(idea: Idea) -> str:
    """Where the author answers the questions of the desk."""
    return reverse("ideas:complete", args=[idea.short, idea.slug])


def opinion_url(idea: Idea) -> str:
    return reverse("ideas:opinion", args=[idea.short, idea.slug])


def message(
    scene: Scene, text: str, subject: str, *lines: str, url: str = "", action: bool = False
) -> Message:
    return Message(
        text=text,
        url=url or scene.idea.get_absolute_url(),
        subject=scene.subject(subject),
        lines=[line for line in (f"{text}.", *lines) if line],
        action_required=action,
    )


def said(words: str, text: str) -> str:
    """« Sa question : « … » », or nothing."""
    return f"{words}{NBSP}: {quoted(text)}" if text else ""


# --- the desk ---------------------------------------------------------------------------------------------------------


def deposited(scene: Scene, user: User) -> Message:
    return message(
        scene,
        f"Une idée attend d’être qualifiée{NBSP}: {scene.title}",
        "Nouvelle idée à qualifier",
        "Ouvrez le débat, ou demandez un complément à son auteur.",
        url=scene.desk_url,
    )


def opinion_given(scene: Scene, user: User) -> Message:
    return message(
        scene,
        f"{scene.who} a donné son avis sur l’idée {scene.title}",
        "Un avis est donné",
        "Vous le lirez au bureau d’animation, avant de répondre.",
        url=scene.desk_url,
    )


def revival_asked(scene: Scene, user: User) -> Message:
    return message(
        scene,
        f"{scene.who} demande la relance de l’idée {scene.title}",
        "Une relance est demandée",
        said("Ce qui a changé", scene.revival.message if scene.revival else ""),
        url=f"{reverse('ideas:desk')}?file=relances",
    )


# --- authors, followers, voters ---------------------------------------------------------------------------------------


def open_debate(scene: Scene, user: User) -> Message:
    return message(
        scene,
        f"{scene.whose(user)} est ouverte au débat",
        "Une idée entre en débat",
        "Chacun peut voter et commenter.",
        said("Le mot du référent", scene.note),
    )


def ask_completion(scene: Scene, user: User) -> Message:
    return message(
        scene,
        f"Un complément est demandé sur votre idée {scene.title}",
        "Un complément est demandé sur votre idée",
        said("La question", scene.note),
        "Complétez votre texte puis redéposez l’idée. Vos votes et vos commentaires sont gardés.",
        url=completion_url(scene.idea),
        action=True,
    )


def complete(scene: Scene, user: User) -> Message:
    """The desk goes back to work; the others learn that the text has changed."""
    if rules.works_desk(user, scene.idea) and not rules.is_author(user, scene.idea):
        text = f"L’idée {scene.title} a été complétée et attend d’être qualifiée"
        return message(scene, text, "Une idée complétée est à qualifier", url=scene.desk_url)
    return message(scene, f"{scene.whose(user)} a été complétée", "Une idée a été complétée")


def study(scene: Scene, user: User) -> Message:
    return message(
        scene,
        f"{scene.whose(user)} est mise à l’étude",
        "Une idée est mise à l’étude",
        "Les votes sont clos. La prochaine étape est la réponse.",
        said("Le mot du référent", scene.note),
    )


def postpone(scene: Scene, user: User) -> Message:
    due = scene.idea.answer_due_on
    promised = ""
    if due is not None:
        day = f"en {month(due)}" if scene.idea.is_anonymous else f"pour le {long_date(due)}"
        promised = f"Une réponse est maintenant promise {day}."
    return message(
        scene,
        f"{scene.whose(user)} reste à l’étude, avec une nouvelle date promise",
        "Une réponse est repoussée",
        promised,
        said("Pourquoi", scene.note),
    )


def answered(scene: Scene, user: User) -> Message:
    """The decision and its whole answer, as it stands on the sheet."""
    decision = scene.decision
    retained = decision is not None and decision.verdict == Verdict.RETAINED
    verdict = "est retenue" if retained else "n’est pas retenue"
    mine = rules.is_author(user, scene.idea)
    return message(
        scene,
        f"{scene.whose(user)} {verdict}{NBSP}: la réponse est écrite",
        "Réponse à votre idée" if mine else "Une idée que vous suivez ou soutenez a sa réponse",
        f"Motif{NBSP}: {Reason(decision.reason).label}." if decision and decision.reason else "",
        said("La réponse", decision.answer if decision else ""),
        "" if retained else "Si quelque chose change, chacun peut demander sa relance depuis la fiche.",
    )


def revive(scene: Scene, user: User) -> Message:
    return message(
        scene,
        f"{scene.whose(user)} est relancée",
        "Une idée est relancée",
        "Un nouveau tour commence, avec de nouveaux votes. La première réponse reste affichée.",
        said("Le mot du référent", scene.note),
    )


def withdraw(scene: Scene, user: User) -> Message:
    return message(scene, f"L’idée {scene.title} a été retirée par son auteur", "Une idée a été retirée")


def commented(scene: Scene, user: User) -> Message | None:
    """Nothing when the comment was hidden meanwhile, or when it names this person: they are told so apart."""
    comment = scene.comment
    if comment is None or user.pk in scene.data.get("people", []):
        return None
    mine = rules.is_author(user, scene.idea)
    return message(
        scene,
        f"{scene.who} a commenté {'votre idée' if mine else 'l’idée'} {scene.title}",
        "Un commentaire sur votre idée" if mine else "Un commentaire sur une idée que vous suivez",
        quoted(comment.body),
        url=_at(comment, scene),
    )


def mentioned(scene: Scene, user: User) -> Message | None:
    comment = scene.comment
    if comment is None:
        return None
    return message(
        scene,
        f"{scene.who} vous cite dans un commentaire sur l’idée {scene.title}",
        "On vous cite dans un commentaire",
        quoted(comment.body),
        url=_at(comment, scene),
    )


def _at(comment: Comment, scene: Scene) -> str:
    """The comment on the sheet; a reply is on the page of its thread, that always shows it."""
    page = scene.idea.get_absolute_url()
    return f"{page}#commentaires" if comment.parent_id is None else f"{page}commentaires/{comment.parent_id}/"


def moved(scene: Scene, user: User) -> Message:
    state = State(scene.step.target if scene.step else scene.idea.state).label.lower()
    return message(scene, f"{scene.whose(user)} est maintenant {state}", "Une idée change d’état", scene.note)


# --- experts and askers -----------------------------------------------------------------------------------------------


def expert_asked(scene: Scene, user: User) -> Message | None:
    asked = IdeaExpert.objects.filter(idea=scene.idea, user=user, declined_on__isnull=True).first()
    if asked is None:
        return None
    return message(
        scene,
        f"Votre avis est demandé sur l’idée {scene.title}",
        "Votre avis est demandé",
        f"Il est attendu pour le {long_date(asked.due_on)}." if asked.due_on else "",
        said("Le message du bureau", asked.message),
        "Quelques phrases suffisent. Il sera lu par les référents qui préparent la réponse.",
        url=opinion_url(scene.idea),
        action=True,
    )


def revival_declined(scene: Scene, user: User) -> Message:
    return message(
        scene,
        f"La relance de l’idée {scene.title} n’a pas été acceptée",
        "Réponse à votre demande de relance",
        said("Pourquoi", scene.revival.answer if scene.revival else ""),
    )

"""What the sheet of an idea shows."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.utils.safestring import SafeString

from ozeli.accounts.models import User
from ozeli.activity import selectors as activity
from ozeli.core.french import long_date, month, of_name, quoted
from ozeli.core.ui import ThreadNode, TimelineEntry, initials
from ozeli.engagement.services import is_editable

from .. import answers, standing
from ..enums import State
from ..models import KIND, Decision, Idea, IdeaAuthor, IdeaMove, LookState
from .challenge_sheet import InChallenge
from .places import place_ideas, place_people
from .second_looks import may_ask

# Moves of the table, as the life of an idea tells them.
_TOLD = {
    "deposit": "Déposée",
    "import": "Importée",
    "open_debate": "Ouverte au débat",
    "ask_completion": "Complément demandé",
    "complete": "Complétée et redéposée",
    "resume": "Reprise sans attendre le complément",
    "study": "Mise à l’étude",
    "postpone": "Gardée à l’étude",
    "retain": "Retenue",
    "decline": "Non retenue",
    "revive": "Relancée, pour un nouveau tour",
    "withdraw": "Retirée",
    "merge": "Regroupée avec une autre idée",
    "experiment": "Essai lancé",
    "achieve": "Devenue une réalisation",
    "spread": "Reprise par d’autres organismes",
}
_WITH_NOTE = {"ask_completion", "resume", "postpone", "open_debate", "study", "revive", "withdraw", "merge"}
_NEXT_KINDS = (
    ("project", "experiment", "Essai lancé"),
    ("achievement", "achieve", "Devenue une réalisation"),
    ("adoption", "spread", "Reprise dans le réseau"),
)


_AROUND = """
select
    exists (select from engagement_vote where ballot_id = %(ballot)s and voter_id = %(user)s),
    exists (select from activity_follow where kind = %(kind)s and object_id = %(idea)s and user_id = %(user)s),
    (select count(*) from activity_follow where kind = %(kind)s and object_id = %(idea)s),
    (select made_on from ideas_ideaamendment where idea_id = %(idea)s order by number desc limit 1),
    asked.state, asked.asked_on, looked.state, looked.due_on
from (select) as here
left join ideas_secondlook looked on looked.idea_id = %(idea)s
left join ideas_revivalrequest asked
    on asked.idea_id = %(idea)s and asked.round = %(round)s and asked.user_id = %(user)s
"""
REMOVED = "Commentaire retiré par son auteur"
# Two characters that no text uses: they become tags once the words are escaped.
_OPEN, _CLOSE = "\ue000", "\ue001"
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Story:
    """The past of an idea: answers and steps, latest first, its thread, and the question put to its author."""

    answers: list[answers.Answer]
    steps: list[TimelineEntry]
    thread: list[ThreadNode]
    question: str = ""
    # Its authors may still ask that somebody else looks again.
    may_look_again: bool = False


def readable() -> QuerySet[Idea]:
    """Ideas with their people; `complete` adds what is around one of them."""
    signatures = IdeaAuthor.objects.select_related("user")
    return Idea.objects.select_related("handler").prefetch_related(Prefetch("authors", signatures))


def complete(idea: Idea, user: User) -> Idea:
    """An idea of `readable`, with the names of bodies and domains for it and its people, and what is around it.

    That is `own_vote`, `is_followed`, `followers`, `amended_on` and `asked_revival`: one query, in SQL since the ORM
    would take longer to write it than PostgreSQL to answer.
    """
    place_ideas([idea])
    place_people([idea.handler, *idea.signatories])
    named: dict[str, Any] = {
        "idea": idea.pk,
        "kind": KIND,
        "ballot": idea.ballot_id,
        "round": idea.round,
        "user": user.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, named)
        around = cursor.fetchone()
    idea.own_vote, idea.is_followed, idea.followers, idea.amended_on, *rest = around  # type: ignore[attr-defined]
    state, asked_on, look_state, look_due_on = rest
    idea.look_at = LookedAt(look_state, look_due_on) if look_state else None  # type: ignore[attr-defined]
    idea.asked_revival = AskedRevival(state, asked_on) if state else None  # type: ignore[attr-defined]
    return idea


@dataclass(frozen=True, slots=True)
class AskedRevival:
    """The request that this person made for a revival in this round."""

    state: str
    asked_on: date


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The second look of an idea: where it stands, and until when it is promised."""

    state: str
    due_on: date

    def words(self, idea: Idea) -> str:
        if self.state != LookState.PENDING:
            return f"Second regard\u00a0: {str(LookState(self.state).label).lower()}"
        day = month(self.due_on) if idea.is_anonymous else long_date(self.due_on)
        return f"Second regard demandé, promis pour {'' if idea.is_anonymous else 'le '}{day}"


def followers(idea: Idea) -> int:
    return activity.followers(KIND, idea.pk).count()


def story(
    idea: Idea, challenge: InChallenge, knots: Mapping[str, Sequence[ThreadNode]] | None = None
) -> Story:
    """The past of an idea, in two queries at most: published decisions of every round, and moves.

    `knots` are those that other apps bring to its thread.
    """
    published = Decision.objects.filter(idea=idea, published_on__isnull=False).select_related("published_by")
    # An idea still open in its first round has had no answer: nothing to ask.
    decisions = [] if idea.is_open and idea.round == 1 else list(published.order_by("-round"))
    place_people(decision.published_by for decision in decisions)
    moves = list(IdeaMove.objects.filter(idea=idea).select_related("actor").order_by("pk"))
    return Story(
        answers=[answers.shown(decision, idea) for decision in decisions],
        may_look_again=any(may_ask(idea, None, decision) for decision in decisions[:1]),
        steps=[_step(idea, move) for move in reversed(moves)],
        thread=_thread(idea, {move.transition: move for move in moves}, challenge, knots or {}),
        question=_question(idea, moves),
    )


def _when(idea: Idea, move: IdeaMove) -> str:
    return month(move.made_on) if idea.is_anonymous else long_date(move.made_on)


def _step(idea: Idea, move: IdeaMove) -> TimelineEntry:
    parted = move.transition.startswith("unmerge_to_")
    text = "Séparée de l’autre idée" if parted else _TOLD[move.transition]
    if move.note and (parted or move.transition in _WITH_NOTE):
        text += f"\u00a0: {quoted(move.note)}"
    return TimelineEntry(when=_when(idea, move), text=text, who=move.actor.display_name if move.actor else "")


def _question(idea: Idea, moves: list[IdeaMove]) -> str:
    """What the référent asked, while the complement is awaited."""
    if idea.state != State.TO_COMPLETE:
        return ""
    asked = [move.note for move in moves if move.transition == "ask_completion"]
    return asked[-1] if asked else ""


def _thread(
    idea: Idea,
    last: dict[str, IdeaMove],
    challenge: InChallenge,
    knots: Mapping[str, Sequence[ThreadNode]],
) -> list[ThreadNode]:
    """Le fil, from its challenge when it has one: the idea is here; what has not come yet is dashed, and says why."""
    nodes = [ThreadNode("idea", _short(idea.title), standing.arrival(idea), "here")]
    if challenge.title:
        nodes.insert(0, ThreadNode("challenge", _short(challenge.title), url=challenge.url))
    hope = _hope(idea)
    for kind, transition, name in _NEXT_KINDS:
        move = last.get(transition)
        if kind in knots:
            nodes.extend(knots[kind])
        elif move is not None:
            nodes.append(ThreadNode(kind, name, _when(idea, move)))
        else:
            nodes.append(ThreadNode(kind, "Pas encore", hope, "next"))
            hope = ""
    return nodes


def _hope(idea: Idea) -> str:
    """On what the next step depends."""
    if idea.is_open:
        return "Si l’idée est retenue"
    return {State.NOT_RETAINED: "Si l’idée est relancée", State.RETAINED: "Un essai peut commencer"}.get(
        State(idea.state), ""
    )


def _short(title: str, length: int = 60) -> str:
    return title if len(title) <= length else f"{title[:length].rsplit(' ', 1)[0]}…"


def sign_threads(idea: Idea, threads: list[Any], reader: User, written_under: Mapping[UUID, str]) -> None:
    """Give each comment, and each reply, what the page draws.

    That is `anchor`, `url`, `text`, `who`, `origin`, `initials`, and `tools`: what this reader may do with it.
    `written_under` names the absorbed ideas from which comments came.
    """
    authors, url = {person.pk for person in idea.signatories}, idea.get_absolute_url()
    told = month if idea.is_anonymous else long_date
    for first in threads:
        for comment in (first, *first.thread_replies):
            comment.url, comment.anchor = f"{url}commentaires/{comment.pk}/", f"commentaire-{comment.pk}"
            if comment.is_removed:
                _sign_removed(comment, told)
            else:
                _sign(comment, authors, told)
                if comment.came_from is not None:
                    comment.origin += _under(written_under.get(comment.came_from, ""))
                comment.tools = _tools(idea, comment, reader)


def paragraphs(text: str, names: Sequence[Sequence[int]] | None = None) -> SafeString:
    """A text as paragraphs, escaped: Django's `linebreaks`, at a tenth of its cost. `names`: where people are named."""
    if names:
        text = _marked(text, names)
    pieces = _BLANK_LINES.split(text.strip())
    drawn = "".join(f"<p>{escape(piece).replace(chr(10), '<br>')}</p>" for piece in pieces if piece)
    return SafeString(drawn.replace(_OPEN, '<b class="named">').replace(_CLOSE, "</b>") if names else drawn)


def _marked(text: str, names: Sequence[Sequence[int]]) -> str:
    """The text with marks around the names; such marks that somebody typed are taken out of the way."""
    text = text.replace(_OPEN, "\ufffd").replace(_CLOSE, "\ufffd")
    for start, end in reversed(names):
        text = f"{text[:start]}{_OPEN}{text[start:end]}{_CLOSE}{text[end:]}"
    return text


def _sign(comment: Any, authors: set[int], told: Callable[[datetime], str]) -> None:
    """`told` writes the day; under an anonymous idea the month alone: what is said of it came after its deposit."""
    author, when = comment.author, told(comment.created_at)
    comment.text = paragraphs(comment.body, comment.mentions)
    comment.who = author.display_name if author else standing.UNSIGNED
    comment.initials = initials(comment.who) if author else "–"
    where = (
        "à l’origine de l’idée"
        if comment.author_id in authors
        else author.organisation.name
        if author
        else ""
    )
    corrected = ", corrigé ensuite" if comment.edited_at else ""
    comment.origin = f"{where}, {when}{corrected}" if where else f"{when}{corrected}"
    if comment.is_hidden:
        comment.origin += ", masqué par la modération"


def _under(title: str) -> str:
    """Where a comment was written before a merge brought it here."""
    return f", sous l’idée {quoted(title)}" if title else ", sous une idée regroupée avec celle-ci"


def _sign_removed(comment: Any, told: Callable[[datetime], str]) -> None:
    """A place in the thread, without name nor words."""
    comment.who, comment.initials, comment.tools = REMOVED, "–", ""
    comment.origin, comment.text = told(comment.created_at), ""


def _tools(idea: Idea, comment: Any, reader: User) -> SafeString:
    """One's own: correct it for a while, take it back. Somebody else's: report it."""
    if comment.author_id == reader.pk:
        links = [("modifier", "Corriger"), ("retirer", "Retirer")]
        return SafeString(
            " ".join(
                f'<a href="{comment.url}{tail}/">{word}<span class="sr"> votre commentaire</span></a>'
                for tail, word in (links if is_editable(comment, reader) else links[1:])
            )
        )
    if comment.is_hidden or idea.is_hidden:
        return SafeString("")
    label = f"Signaler le commentaire {of_name(comment.who)}"
    return SafeString(f'<a href="{comment.url}signaler/" aria-label="{escape(label)}">Signaler</a>')


def comments_left(idea: Idea, shown: list[Any]) -> int:
    """How many comments stand on the other pages."""
    counted = (
        not (first.is_hidden or one.is_hidden or one.is_removed)
        for first in shown
        for one in (first, *first.thread_replies)
    )
    return idea.comment_count - sum(counted)

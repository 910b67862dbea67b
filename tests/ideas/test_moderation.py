"""Reports, the desk of moderation, and what each person sees of them."""

import re
import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import Event, Notification, OutgoingMail
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import MONTHS
from ozeli.engagement.enums import CaseState
from ozeli.engagement.models import Comment, ModerationAct, ModerationCase, Report
from ozeli.ideas import rules
from ozeli.ideas.models import KIND, Idea
from ozeli.ideas.services.moderation import moderate, report
from ozeli.journal.models import Entry
from ozeli.search.selectors import search
from ozeli.search.services import index_objects
from tests.factories import CommentFactory, IdeaFactory, UserFactory
from tests.personas import Cast, cast

from .at_once import kinds, together

REASON = "Le texte nomme une personne malade."
MESSAGE = "Votre texte nomme une personne. Retirez son nom puis écrivez-nous."
# Session, person, rights, cases, ideas, comments, unread notifications.
DESK_QUERIES = 7


@pytest.fixture
def idea(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice)


@pytest.fixture
def comment(idea: Idea, people: Cast) -> Comment:
    written = CommentFactory(idea=idea, author=people.bob, body="Un propos blessant.")
    Idea.objects.filter(pk=idea.pk).update(comment_count=1)
    return written


def decide(case: ModerationCase, state: str, actor, **more):
    said = {"reason": REASON, "message": MESSAGE, "version": case.version} | more
    return moderate(case, state, actor=actor, **said)


def told() -> dict[str, list[Notification]]:
    """Fan out every event; the notifications by type."""
    found: dict[str, list[Notification]] = {}
    for event in Event.objects.order_by("pk"):
        tell_batch(event.pk)
        found.setdefault(event.type, []).extend(Notification.objects.filter(event=event))
    return found


def send(client, path: str, **fields):
    return client.post(path, {"idempotency_key": str(uuid.uuid4()), **fields})


# --- reporting --------------------------------------------------------------------------------------------------------


def test_report_is_sent_without_javascript_and_once(people, sign_in, idea):
    client, path = sign_in(people.bob), f"{idea.get_absolute_url()}signaler/"
    assert "Votre nom n’est montré à personne" in client.get(path).content.decode()
    assert send(client, path).status_code == 422
    assert send(client, path, reason="other").status_code == 422  # « other » asks for words
    assert send(client, path, reason="offensive", words="Le deuxième paragraphe.").status_code == 302
    assert send(client, path, reason="targeted").status_code == 409
    assert Report.objects.get().words == "Le deuxième paragraphe."
    assert "Vous avez déjà signalé" in client.get(path).content.decode()


def test_one_report_a_person_in_the_database(people, idea):
    case = report(idea, reporter=people.bob, reason="offensive")
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(
            case=case,
            kind=KIND,
            object_id=idea.pk,
            reporter=people.bob,
            reason="other",
            reported_at=clock.now(),
        )


def test_own_text_and_hidden_text_are_not_reported(people, sign_in, idea, comment):
    for who, about in ((people.alice, None), (people.bob, comment)):
        with pytest.raises(Refused):
            report(idea, about, reporter=who, reason="offensive")
    decide(report(idea, comment, reporter=people.charlie, reason="offensive"), "hidden", people.rita)
    path = f"{idea.get_absolute_url()}commentaires/{comment.pk}/signaler/"
    assert sign_in(people.nora).get(path).status_code == 404


def test_three_people_put_a_case_on_top_and_hide_nothing(people, idea):
    older = report(IdeaFactory(author=people.alice), reporter=people.bob, reason="other", words="Voir")
    for person in (people.bob, people.charlie, people.nora):
        case = report(idea, reporter=person, reason="offensive")
    assert (case.report_count, case.priority, case.is_pressing) == (3, 0, True)
    idea.refresh_from_db()
    assert not idea.is_hidden
    assert older.priority == 1
    assert (
        Event.objects.filter(type="idea.reported", data__case=case.pk).count() == 2
    )  # the first and the third


def test_reporters_at_once_join_one_case(transactional_db):
    people = cast()
    idea = IdeaFactory(author=people.alice)
    crowd = [UserFactory() for _each in range(6)]
    together(*(partial(report, idea, reporter=one, reason="offensive") for one in crowd))
    case = ModerationCase.objects.get()
    assert (case.report_count, case.reports.count(), case.priority) == (6, 6, 0)


# --- the desk ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("as_in_production")
def test_desk_query_count(rows, people, sign_in, django_assert_num_queries):
    for idea in IdeaFactory.create_batch(rows, author=people.alice):
        report(idea, reporter=people.bob, reason="offensive")
        report(idea, CommentFactory(idea=idea), reporter=people.bob, reason="offensive")
    client = sign_in(people.rita)
    client.get("/moderation/")
    with django_assert_num_queries(DESK_QUERIES):
        page = client.get("/moderation/")
    assert len(page.context["rows"]) == 2 * rows


def test_desk_shows_the_pressing_first_then_the_oldest(people, sign_in):
    ideas = IdeaFactory.create_batch(3, author=people.alice)
    for idea in ideas:
        report(idea, reporter=people.bob, reason="offensive")
    for person in (people.charlie, people.nora):
        report(ideas[2], reporter=person, reason="personal")
    rows = sign_in(people.rita).get("/moderation/").context["rows"]
    assert [row.title for row in rows] == [ideas[2].title, ideas[0].title, ideas[1].title]
    assert [row.is_pressing for row in rows] == [True, False, False]


def test_each_desk_has_its_cases_and_nobody_judges_themselves(people, sign_in):
    elsewhere = IdeaFactory(author=people.charlie)
    hers = IdeaFactory(author=people.rita)
    remark = CommentFactory(idea=IdeaFactory(author=people.alice), author=people.rita)
    report(elsewhere, reporter=people.bob, reason="offensive")
    report(hers, reporter=people.bob, reason="offensive")
    case = report(Idea.objects.get(pk=remark.object_id), remark, reporter=people.bob, reason="offensive")
    rita = sign_in(people.rita)
    assert rita.get("/moderation/").context["rows"] == []
    assert rita.get(f"/moderation/{case.pk}/").status_code == 404
    assert len(sign_in(people.nora).get("/moderation/").context["rows"]) == 3
    with pytest.raises(Refused):
        decide(case, "dismissed", people.rita)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2), ("?objet=idees", 1), ("?objet=commentaires", 1), ("?motif=offensive", 1), ("?motif=targeted", 0),
        ("?etat=masques", 1), ("?etat=tous", 3), ("?etat=n%00importe", 2), ("?organisme=CPAM+du+Rh%C3%B4ne", 0),
    ],
)  # fmt: skip
def test_desk_filters(query, count, people, sign_in, idea, comment):
    report(idea, reporter=people.bob, reason="offensive")
    report(idea, comment, reporter=people.charlie, reason="personal")
    decide(
        report(IdeaFactory(author=people.alice), reporter=people.bob, reason="offensive"),
        "hidden",
        people.rita,
    )
    assert len(sign_in(people.rita).get(f"/moderation/{query}").context["rows"]) == count


def test_export_names_no_reporter(people, sign_in, idea):
    decide(report(idea, reporter=people.bob, reason="offensive", words="CANARI"), "dismissed", people.rita)
    page = sign_in(people.rita).get("/moderation/export.csv?etat=tous")
    text = b"".join(page.streaming_content).decode()
    assert REASON in text
    assert "Bob" not in text
    assert "CANARI" not in text


def test_empty_desk_says_so(people, sign_in):
    assert "Rien n’est signalé" in sign_in(people.rita).get("/moderation/").content.decode()
    assert "Aucun dossier" in sign_in(people.rita).get("/moderation/?etat=masques").content.decode()


def test_case_shows_the_object_the_reports_and_no_reporter(people, sign_in, idea, comment):
    case = report(
        idea, comment, reporter=people.charlie, reason="targeted", words="Il s’agit d’une collègue."
    )
    page = sign_in(people.rita).get(f"/moderation/{case.pk}/").content.decode()
    for words in (
        "Un propos blessant.",
        "Bob Martin",
        "Mise en cause",
        "Il s’agit d’une collègue.",
        idea.title,
    ):
        assert words in page
    assert "Charlie" not in page


# --- decisions --------------------------------------------------------------------------------------------------------


def test_hidden_idea_is_left_to_its_author_and_desk(people, sign_in, idea):
    index_objects(KIND, [idea.pk])
    decide(report(idea, reporter=people.bob, reason="offensive"), "hidden", people.rita)
    index_objects(KIND, [idea.pk])
    assert not search("rendez-vous", user=people.charlie).hits
    url = idea.get_absolute_url()
    assert sign_in(people.bob).get(url).status_code == 404
    for person in (people.alice, people.rita, people.nora):
        page = sign_in(person).get(url).content.decode()
        assert "Masquée par la modération" in page
        assert MESSAGE in page
    for person in people.people().values():
        shown = Idea.objects.visible_to(person).filter(pk=idea.pk).exists()
        assert shown == rules.can_see(person, Idea.objects.get(pk=idea.pk))


def test_hidden_comment_is_shown_to_its_author_and_desk_only(people, sign_in, idea, comment):
    decide(report(idea, comment, reporter=people.charlie, reason="offensive"), "hidden", people.rita)
    idea.refresh_from_db()
    assert idea.comment_count == 0
    url = idea.get_absolute_url()
    for person in (people.bob, people.rita):
        page = sign_in(person).get(url).content.decode()
        assert "Un propos blessant." in page
        assert "masqué par la modération" in page
    for person in (people.alice, people.charlie):
        page = sign_in(person).get(url).content.decode()
        assert "Un propos blessant." not in page
        assert "masqué par la modération" not in page
    thread = f"{url}commentaires/{comment.pk}/"
    assert sign_in(people.charlie).get(thread).status_code == 404
    assert sign_in(people.bob).get(thread).status_code == 200


def test_restored_object_is_back_with_its_count(people, idea, comment):
    case = report(idea, comment, reporter=people.charlie, reason="offensive")
    decide(case, "hidden", people.rita)
    decide(case, "restored", people.nora, message="")
    idea.refresh_from_db()
    comment.refresh_from_db()
    assert (idea.comment_count, comment.is_hidden) == (1, False)
    with pytest.raises(Conflict):
        decide(case, "hidden", people.rita)


def test_decisions_are_explained(people, idea):
    case = report(idea, reporter=people.bob, reason="offensive")
    for said in ({"reason": "Non"}, {"message": ""}, {"message": "Court"}):
        with pytest.raises(Refused):
            decide(case, "hidden", people.rita, **said)
    with pytest.raises(Refused):
        decide(case, "unknown", people.rita)
    with pytest.raises(IntegrityError), transaction.atomic():
        ModerationAct.objects.create(case=case, state="hidden", reason="x", made_at=clock.now())


def test_decision_is_journaled_without_the_words(people, idea):
    act = decide(report(idea, reporter=people.bob, reason="offensive"), "warned", people.rita)
    entry = Entry.objects.get(verb="moderation.warned")
    assert entry.details == {"case": act.case_id, "reports": 1, "act": act.pk}
    assert REASON not in str(entry.details)


def test_author_and_reporter_are_told_each_their_part(people, idea):
    decide(report(idea, reporter=people.bob, reason="offensive"), "hidden", people.rita)
    said = told()
    (to_author,), (to_reporter,) = said["idea.moderated"], said["idea.report_settled"]
    assert (to_author.user, to_reporter.user) == (people.alice, people.bob)
    mail = OutgoingMail.objects.get(user=people.alice, event__type="idea.moderated")
    assert MESSAGE in mail.text
    assert "erreur" in mail.text
    assert idea.title not in to_reporter.text
    assert "masqué" in to_reporter.text


def test_dismissed_case_tells_its_author_nothing(people, idea):
    decide(report(idea, reporter=people.bob, reason="offensive"), "dismissed", people.rita)
    assert "idea.moderated" not in told()


@pytest.mark.parametrize(
    "fields", [{"act": "hidden"}, {"act": "hidden", "message": "", "reason": REASON}, {}]
)
def test_incomplete_decision_comes_back_with_its_words(fields, people, sign_in, idea):
    case = report(idea, reporter=people.bob, reason="offensive")
    answer = send(sign_in(people.rita), f"/moderation/{case.pk}/", version=case.version, **fields)
    assert answer.status_code == 422
    assert ModerationCase.objects.get().is_open


def test_decision_then_restore_by_the_screen(people, sign_in, idea):
    case = report(idea, reporter=people.bob, reason="offensive")
    rita, path = sign_in(people.rita), f"/moderation/{case.pk}/"
    send(rita, path, version=1, act="hidden", message=MESSAGE, reason=REASON)
    assert Idea.objects.get().is_hidden
    page = rita.get(path).content.decode()
    assert REASON in page
    assert (
        send(rita, path, version=2, retablir="1", reason="Le nom a été retiré du texte.").status_code == 302
    )
    assert not Idea.objects.get().is_hidden
    assert ModerationCase.objects.get().state == CaseState.RESTORED


# --- two moderators ---------------------------------------------------------------------------------------------------


def test_second_moderator_gets_the_winners_decision_and_keeps_the_words(people, sign_in, idea):
    case = report(idea, reporter=people.bob, reason="offensive")
    decide(case, "hidden", people.rita)
    late = send(
        sign_in(people.nora),
        f"/moderation/{case.pk}/",
        version=1,
        act="dismissed",
        reason="Rien de grave ici.",
    )
    assert late.status_code == 409
    page = late.content.decode()
    assert REASON in page
    assert "Rita Martin" in page
    assert "Rien de grave ici.</textarea>" in page
    assert ModerationCase.objects.get().state == CaseState.HIDDEN


def test_two_moderators_at_the_same_time(transactional_db):
    people = cast()
    case = report(IdeaFactory(author=people.alice), reporter=people.bob, reason="offensive")
    results = together(
        partial(decide, case, "hidden", people.rita), partial(decide, case, "dismissed", people.nora)
    )
    assert kinds(results) == [False, True]
    assert ModerationAct.objects.count() == 1


# --- one's own comment ------------------------------------------------------------------------------------------------


def test_comment_is_corrected_for_a_quarter_of_an_hour(people, sign_in, idea, comment):
    client, path = sign_in(people.bob), f"{idea.get_absolute_url()}commentaires/{comment.pk}/modifier/"
    assert "Un propos blessant." in client.get(path).content.decode()
    assert send(client, path, body="").status_code == 422
    assert send(client, path, body="Un propos mesuré.").status_code == 302
    assert "corrigé ensuite" in client.get(idea.get_absolute_url()).content.decode()
    Comment.objects.update(created_at=clock.now() - timedelta(minutes=16))
    assert "quart d’heure" in send(client, path, body="Trop tard.").content.decode()
    assert Comment.objects.get().body == "Un propos mesuré."


def test_comment_taken_back_leaves_its_place(people, sign_in, idea, comment):
    CommentFactory(idea=idea, parent=comment, author=people.alice, body="Une réponse.")
    path = f"{idea.get_absolute_url()}commentaires/{comment.pk}/retirer/"
    client = sign_in(people.bob)
    assert "effacés pour de bon" in client.get(path).content.decode()
    assert send(client, path).status_code == 302
    page = sign_in(people.charlie).get(idea.get_absolute_url()).content.decode()
    assert "Commentaire retiré par son auteur" in page
    assert "Une réponse." in page
    assert "Bob Martin" not in page
    comment.refresh_from_db()
    idea.refresh_from_db()
    assert (comment.body, comment.is_removed, idea.comment_count) == ("", True, 1)
    assert client.get(path).status_code == 404


def test_nobody_corrects_or_takes_back_for_another(people, sign_in, idea, comment):
    for tail in ("modifier/", "retirer/"):
        path = f"{idea.get_absolute_url()}commentaires/{comment.pk}/{tail}"
        assert send(sign_in(people.alice), path, body="Autre").status_code == 403
        assert send(sign_in(people.rita), path, body="Autre").status_code == 403


# --- canaries ---------------------------------------------------------------------------------------------------------


def test_reporter_stands_on_no_page_of_anybody_else(people, sign_in, idea, comment):
    """A person who only ever reported: no screen, no notification, no mail of anyone else bears their name."""
    spy = UserFactory(display_name="Zzcanari Dupuis", organisation=people.loire)
    cases = [
        report(idea, reporter=spy, reason="offensive"),
        report(idea, comment, reporter=spy, reason="other", words="x"),
    ]
    decide(cases[1], "warned", people.nora)
    told()
    url = idea.get_absolute_url()
    paths = ["/moderation/", "/moderation/?etat=tous", "/notifications/", "/animation/", "/mes-signalements/"]
    paths += [url, f"{url}signaler/", *(f"/moderation/{case.pk}/" for case in cases)]
    for person in people.people().values():
        client = sign_in(person)
        for path in paths:
            assert "Zzcanari" not in client.get(path).content.decode(), path
    for mail in OutgoingMail.objects.exclude(user=spy):
        assert "Zzcanari" not in mail.subject + mail.text


def test_anonymous_idea_gives_no_day_back_to_the_desk(people, sign_in):
    idea = IdeaFactory(author=people.alice, is_anonymous=True)
    case = report(idea, reporter=people.bob, reason="offensive")
    assert (
        sign_in(people.rita).get(f"/moderation/{case.pk}/").status_code == 404
    )  # no body: the network's desk
    nora = sign_in(people.nora)
    decide(report(idea, reporter=people.charlie, reason="offensive"), "hidden", people.nora)
    for path in ("/moderation/?etat=tous", f"/moderation/{case.pk}/"):
        page = nora.get(path).content.decode().partition('id="contenu"')[2]
        assert (
            re.search(
                r"\d[ \u00a0]jours?\b|aujourd’hui|\b\d{{1,2}}[ \u00a0](?:{})".format("|".join(MONTHS)), page
            )
            is None
        )


def test_my_reports_are_mine(people, sign_in, idea, django_assert_num_queries):
    decide(report(idea, reporter=people.bob, reason="offensive"), "dismissed", people.rita)
    page = sign_in(people.bob).get("/mes-signalements/").content.decode()
    assert "ce contenu reste affiché" in page
    assert idea.title not in page
    assert "Vous n’avez rien signalé" in sign_in(people.charlie).get("/mes-signalements/").content.decode()

"""Decisions published in one act: each for itself, once, whatever happens meanwhile."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.ideas.enums import ItemState, State
from ozeli.ideas.models import Decision, Idea, IdeaAuthor, PublicationBatch, PublicationItem
from ozeli.ideas.services import circuit
from ozeli.ideas.services.publications import publish_many, publish_waiting
from ozeli.ideas.tasks import publish_batch, sweep_batches
from tests.factories import ANSWER, DecisionFactory, IdeaFactory
from tests.personas import Cast, cast

from .at_once import together


def prepare(people: Cast, count: int) -> list[Decision]:
    ideas = [IdeaFactory(author=people.alice, state=State.UNDER_STUDY) for _each in range(count)]
    return [
        DecisionFactory(idea=idea, prepared_by=people.rita, answer=f"{ANSWER} Réponse {place}.")
        for place, idea in enumerate(ideas)
    ]


def publish(client, decisions, key=""):
    read = [f"{one.pk}:{one.version}" for one in decisions]
    return client.post(
        "/animation/decisions/relire/", {"lue": read, "idempotency_key": key or str(uuid.uuid4())}
    )


def states(decisions):
    return [Idea.objects.get(pk=one.idea_id).state for one in decisions]


def test_chosen_answers_are_read_in_full_then_published(people, sign_in):
    decisions = prepare(people, 3)
    client = sign_in(people.rita)
    choice = client.get("/animation/decisions/").content.decode()
    assert all(f'name="d" value="{one.pk}"' in choice for one in decisions)
    page = client.get(
        f"/animation/decisions/relire/?d={decisions[0].pk}&d={decisions[2].pk}"
    ).content.decode()
    assert "Réponse 0." in page
    assert "Réponse 1." not in page
    assert "Publier 2\u00a0réponses" in page
    response = publish(client, [decisions[0], decisions[2]])
    assert states(decisions) == ["not_retained", "under_study", "not_retained"]
    assert Event.objects.filter(type="idea.decline").count() == 2
    report = client.get(response.url).content.decode()
    assert "2\u00a0réponses publiées" in report


def test_changed_meanwhile_is_left_prepared_and_the_others_leave(people, sign_in):
    decisions = prepare(people, 3)
    Decision.objects.filter(pk=decisions[1].pk).update(version=2, answer=f"{ANSWER} Un autre texte.")
    client = sign_in(people.rita)
    report = client.get(publish(client, decisions).url).content.decode()
    assert states(decisions) == ["not_retained", "under_study", "not_retained"]
    assert "vient d’être changée ou publiée" in report
    assert "1\u00a0laissée préparée" in report
    assert Decision.objects.get(pk=decisions[1].pk).published_on is None


def test_five_times_is_once(people, sign_in):
    decisions = prepare(people, 2)
    client, key = sign_in(people.rita), str(uuid.uuid4())
    assert len({publish(client, decisions, key).url for _time in range(5)}) == 1
    assert PublicationBatch.objects.count() == 1
    assert Event.objects.count() == 2


def test_own_idea_and_other_desks_stay_out(people, sign_in):
    (own,) = prepare(people, 1)
    IdeaAuthor.objects.create(idea=own.idea, user=people.rita, position=1)
    elsewhere = DecisionFactory(idea=IdeaFactory(author=people.bob, state=State.UNDER_STUDY))
    client = sign_in(people.rita)
    page = client.get(f"/animation/decisions/relire/?d={own.pk}&d={elsewhere.pk}").content.decode()
    assert "Vous avez signé cette idée" in page
    assert elsewhere.idea.title not in page
    publish(client, [own, elsewhere])
    assert states([own, elsewhere]) == ["under_study", "under_study"]
    assert not PublicationItem.objects.filter(decision=elsewhere).exists()


@pytest.mark.parametrize("value", ["", "x:1", "1", "1:", "99999:1", "1:x", "١:١", "1:99999999999999999999"])
def test_what_cannot_be_read_publishes_nothing(value, people, sign_in):
    client = sign_in(people.rita)
    data = {"lue": value, "idempotency_key": str(uuid.uuid4())}
    assert client.post("/animation/decisions/relire/", data).status_code == 422
    assert client.get("/animation/decisions/relire/", {"d": value}).status_code == 200
    assert not PublicationBatch.objects.exists()


def test_report_is_read_by_who_asked(people, sign_in):
    batch = publish_many([(one, 1) for one in prepare(people, 1)], actor=people.rita)
    assert sign_in(people.rita).get(f"/animation/decisions/lots/{batch.pk}/").status_code == 200
    assert sign_in(people.nora).get(f"/animation/decisions/lots/{batch.pk}/").status_code == 404


def test_more_than_twenty_are_left_to_a_job_that_may_run_twice(people, sign_in):
    decisions = prepare(people, 21)
    client = sign_in(people.rita)
    url = publish(client, decisions).url
    assert set(states(decisions)) == {"under_study"}
    assert "21 en cours" in client.get(url).content.decode()
    assert 'hx-get="' in client.get(url).content.decode()
    (job,) = ProcrastinateJob.objects.filter(task_name="ideas.publish_batch")
    publish_batch(**job.args)
    publish_batch(**job.args)
    assert set(states(decisions)) == {"not_retained"}
    assert Event.objects.count() == 21
    piece = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "21\u00a0réponses publiées" in piece
    assert "<html" not in piece


def test_job_asks_the_rights_again(people):
    batch = publish_many([(one, 1) for one in prepare(people, 21)], actor=people.rita)
    people.rita.is_active = False
    people.rita.save()
    publish_waiting(batch.pk)
    assert set(batch.items.values_list("state", flat=True)) == {ItemState.REFUSED}
    assert "ne permet plus" in batch.items.first().refusal
    assert not Event.objects.exists()


def test_batch_whose_job_was_killed_for_good_is_taken_up_again(people):
    batch = publish_many([(one, 1) for one in prepare(people, 21)], actor=people.rita)
    jobs = ProcrastinateJob.objects.filter(task_name="ideas.publish_batch")
    sweep_batches(0)
    assert jobs.count() == 1, "its job is to come"
    with connection.cursor() as cursor:
        cursor.execute(
            "update procrastinate_jobs set status = 'failed' where task_name = 'ideas.publish_batch'"
        )
    sweep_batches(0)
    assert jobs.count() == 1, "too soon: it may have ended this moment"
    PublicationBatch.objects.update(asked_at=clock.now() - timedelta(minutes=5))
    sweep_batches(0)
    sweep_batches(0)
    again = jobs.get(status="todo")
    publish_batch(**again.args)
    assert set(batch.items.values_list("state", flat=True)) == {ItemState.PUBLISHED}
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set status = 'failed'")
    sweep_batches(0)
    PublicationBatch.objects.update(asked_at=clock.now() - timedelta(days=2))
    PublicationItem.objects.update(state=ItemState.WAITING)
    sweep_batches(0)
    assert jobs.count() == 2, "neither a finished batch, nor one that somebody has to look at"


def test_a_hundred_at_most(people):
    decisions = prepare(people, 1) * 101
    with pytest.raises(Refused, match="100 décisions au plus"):
        publish_many([(one, 1) for one in decisions], actor=people.rita)


@pytest.mark.usefixtures("as_in_production")
def test_reading_takes_the_same_queries_for_one_and_three(people, sign_in, django_assert_num_queries):
    client = sign_in(people.rita)
    decisions = prepare(people, 3)
    url = f"/animation/decisions/relire/?d={decisions[0].pk}"
    client.get(url)
    with django_assert_num_queries(8):
        client.get(url)
    with django_assert_num_queries(8):
        client.get(url + f"&d={decisions[1].pk}&d={decisions[2].pk}")


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_publish_each_answer_once() -> None:
    people = cast()
    read = [(one, 1) for one in prepare(people, 6)]
    results = together(
        partial(publish_many, read, actor=people.rita),
        partial(publish_many, list(reversed(read)), actor=people.nora),
        partial(publish_many, read, actor=people.sonia),
    )
    assert all(isinstance(one, PublicationBatch) for one in results)
    assert PublicationItem.objects.filter(state=ItemState.PUBLISHED).count() == 6
    assert PublicationItem.objects.filter(state=ItemState.REFUSED).count() == 12
    assert Event.objects.count() == 6


# --- no idea is retained without its answer ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_retained_without_a_published_answer_is_refused_by_the_database() -> None:
    from django.db import IntegrityError

    people = cast()
    idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    with pytest.raises(IntegrityError):
        circuit.move(idea, "retain", actor=people.rita, note="Nous la retenons, bravo.")
    DecisionFactory(idea=idea, verdict="retained", reason="")
    with pytest.raises(IntegrityError):
        circuit.move(
            Idea.objects.get(pk=idea.pk), "retain", actor=people.rita, note="Nous la retenons, bravo."
        )
    assert Idea.objects.get(pk=idea.pk).state == State.UNDER_STUDY
    publish_many([(Decision.objects.get(), 1)], actor=people.rita)
    assert Idea.objects.get(pk=idea.pk).state == State.RETAINED

"""Lifecycles: copied, composed aside, published; a running project keeps the version it started with."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from ozeli.core.errors import Conflict, Refused
from ozeli.journal.changes import Stale
from ozeli.journal.models import Entry
from ozeli.projects.models import Lifecycle, LifecycleVersion
from ozeli.projects.selectors.composing import as_told, differences, draft_of
from ozeli.projects.selectors.lifecycles import current_version, offered
from ozeli.projects.services import lifecycles
from ozeli.projects.services.lifecycles import StageWords
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def names(version: LifecycleVersion) -> list[str]:
    return [stage.name for stage in version.stages.order_by("number")]


@pytest.fixture
def draft(people) -> LifecycleVersion:
    """A version of the lifecycle in three steps, being composed."""
    return lifecycles.prepare_version(Lifecycle.objects.get(code="essai-3"), actor=people.adam)


def test_new_version_starts_as_the_last_one(draft, people):
    published = current_version("essai-3")
    assert draft.number == published.number + 1 and draft.published_on is None
    for name in (
        "code",
        "name",
        "purpose",
        "questions",
        "is_gate",
        "is_groupable",
        "expected_days",
        "number",
    ):
        assert list(draft.stages.values_list(name)) == list(published.stages.values_list(name)), name
    assert list(draft.endings.values_list("code", "name")) == list(
        published.endings.values_list("code", "name")
    )
    assert differences(draft) == []
    assert lifecycles.prepare_version(draft.lifecycle, actor=people.sonia) == draft


def test_running_project_keeps_its_version_and_the_next_one_takes_the_new(draft, people):
    before = ProjectFactory(owner=people.alice, lifecycle="essai-3")
    lifecycles.add_stage(draft, StageWords("Raconter"), actor=people.adam)
    draft.refresh_from_db()
    lifecycles.publish_version(draft, note="Une étape de plus.", actor=people.adam, version=draft.version)
    before.refresh_from_db()
    assert names(before.lifecycle) == ["Préparer", "Essayer", "Conclure"]
    after = ProjectFactory(owner=people.alice, lifecycle="essai-3")
    assert after.lifecycle == draft and after.stage_count == 4
    assert draft in offered() and before.lifecycle not in offered()


def test_published_version_never_changes(draft, people):
    published = current_version("essai-3")
    stage, ending = published.stages.first(), published.endings.first()
    acts = (
        lambda: lifecycles.add_stage(published, StageWords("Encore"), actor=people.adam),
        lambda: lifecycles.change_stage(stage, StageWords("Autre"), actor=people.adam, seen=as_told(stage)),
        lambda: lifecycles.move_stage(stage, 1, actor=people.adam),
        lambda: lifecycles.remove_stage(stage, actor=people.adam),
        lambda: lifecycles.write_ending(published, name="Fin", state="completed", actor=people.adam),
        lambda: lifecycles.remove_ending(ending, actor=people.adam),
        lambda: lifecycles.discard_version(published, actor=people.adam),
        lambda: lifecycles.publish_version(published, note="", actor=people.adam, version=published.version),
    )
    for act in acts:
        with pytest.raises(Refused, match="publiée"):
            act()
    assert names(published) == ["Préparer", "Essayer", "Conclure"]


def test_only_administrators_of_the_network_keep_them(draft, people):
    lifecycle = draft.lifecycle
    for person in (people.alice, people.rita, people.nora, people.dev, people.zoe):
        for act in (
            lambda: lifecycles.prepare_version(lifecycle, actor=person),  # noqa: B023
            lambda: lifecycles.add_stage(draft, StageWords("Encore"), actor=person),  # noqa: B023
            lambda: lifecycles.archive_lifecycle(lifecycle, actor=person),  # noqa: B023
            lambda: lifecycles.copy_lifecycle(lifecycle, name="A", summary="", kind="poc", actor=person),  # noqa: B023
        ):
            with pytest.raises(PermissionDenied):
                act()


def test_stages_are_added_moved_and_removed_and_stay_numbered(draft, people):
    added = lifecycles.add_stage(
        draft, StageWords("Raconter", purpose="Dire", is_gate=True), actor=people.adam
    )
    assert (added.number, added.code) == (4, "raconter")
    for _ in range(5):
        lifecycles.move_stage(added, -1, actor=people.adam)
    assert names(draft) == ["Raconter", "Préparer", "Essayer", "Conclure"]
    lifecycles.move_stage(draft.stages.get(name="Préparer"), 1, actor=people.adam)
    lifecycles.remove_stage(added, actor=people.adam)
    lifecycles.remove_stage(added, actor=people.adam)
    assert names(draft) == ["Essayer", "Préparer", "Conclure"]
    assert list(draft.stages.values_list("number", flat=True)) == [1, 2, 3]
    with pytest.raises(Conflict):
        lifecycles.move_stage(added, 1, actor=people.adam)
    assert differences(draft) == ["L’ordre des étapes change."]


def test_stage_keeps_its_code_under_another_name(draft, people):
    stage = draft.stages.get(code="try")
    words = StageWords("Mettre à l’épreuve", is_gate=True, is_groupable=False, expected_days=12)
    changed = lifecycles.change_stage(stage, words, actor=people.adam, seen=as_told(stage))
    assert (changed.code, changed.name, changed.expected_days) == ("try", "Mettre à l’épreuve", 12)
    said = " ".join(differences(draft))
    for part in ("devient", "devient un jalon", "ne se regroupe plus", "durée attendue", "textes"):
        assert part in said


def test_stage_written_meanwhile_is_a_conflict(draft, people):
    stage = draft.stages.get(code="try")
    seen = as_told(stage)
    lifecycles.change_stage(stage, StageWords("Première"), actor=people.adam, seen=seen)
    with pytest.raises(Conflict):
        lifecycles.change_stage(stage, StageWords("Seconde"), actor=people.sonia, seen=seen)
    lifecycles.remove_stage(stage, actor=people.adam)
    with pytest.raises(Conflict, match="retirée"):
        lifecycles.change_stage(stage, StageWords("Seconde"), actor=people.sonia, seen=seen)


def test_what_lacks_stops_publication(draft, people):
    for stage in list(draft.stages.all()):
        lifecycles.remove_stage(stage, actor=people.adam)
    for ending in list(draft.endings.all()):
        lifecycles.remove_ending(ending, actor=people.adam)
        lifecycles.remove_ending(ending, actor=people.adam)
    assert len(lifecycles.what_lacks(draft)) == 2
    draft.refresh_from_db()
    with pytest.raises(Refused, match="aucune étape"):
        lifecycles.publish_version(draft, note="", actor=people.adam, version=draft.version)
    lifecycles.add_stage(draft, StageWords("Une"), actor=people.adam)
    lifecycles.write_ending(draft, name="Fini", state="completed", actor=people.adam)
    assert lifecycles.what_lacks(draft) == []


def test_names_are_not_borne_twice(draft, people):
    with pytest.raises(Refused, match="Une autre étape"):
        lifecycles.add_stage(draft, StageWords("préparer"), actor=people.adam)
    ending = draft.endings.first()
    with pytest.raises(Refused, match="Une autre suite"):
        lifecycles.write_ending(draft, name=ending.name, state="completed", actor=people.adam)
    renamed = lifecycles.write_ending(
        draft, name="Autrement", state="abandoned", actor=people.adam, ending=ending
    )
    assert (renamed.code, renamed.state) == (ending.code, "abandoned")


def test_version_changed_since_it_was_read_is_not_published(draft, people):
    read = draft.version
    lifecycles.add_stage(draft, StageWords("De plus"), actor=people.sonia)
    with pytest.raises(Conflict):
        lifecycles.publish_version(draft, note="", actor=people.adam, version=read)


def test_twenty_stages_at_most(draft, people):
    for number in range(17):
        lifecycles.add_stage(draft, StageWords(f"Étape {number}"), actor=people.adam)
    with pytest.raises(Refused, match="20 étapes au plus"):
        lifecycles.add_stage(draft, StageWords("Trop"), actor=people.adam)


def test_copy_is_seen_once_published(people):
    source = Lifecycle.objects.get(code="poc-7")
    made = lifecycles.copy_lifecycle(source, name="POC rural", summary="", kind="poc", actor=people.adam)
    assert (made.code, made.copied_from) == ("poc-rural", source)
    draft = draft_of(made)
    assert names(draft) == names(current_version("poc-7"))
    assert made.pk not in {version.lifecycle_id for version in offered()}
    lifecycles.publish_version(draft, note="", actor=people.adam, version=draft.version)
    assert made.pk in {version.lifecycle_id for version in offered()}


def test_discarded_copy_leaves_nothing_and_a_discarded_version_leaves_the_last(draft, people):
    assert lifecycles.discard_version(draft, actor=people.adam)
    assert draft_of(Lifecycle.objects.get(code="essai-3")) is None
    with pytest.raises(Conflict, match="abandonnée"):
        lifecycles.add_stage(draft, StageWords("Trop tard"), actor=people.adam)
    source = Lifecycle.objects.get(code="poc-7")
    made = lifecycles.copy_lifecycle(source, name="Essai", summary="", kind="poc", actor=people.adam)
    assert not lifecycles.discard_version(draft_of(made), actor=people.adam)
    assert not Lifecycle.objects.filter(pk=made.pk).exists()


def test_archived_is_not_offered_and_the_last_one_stays(people):
    first, *others = Lifecycle.objects.filter(is_active=True)
    for one in others:
        lifecycles.archive_lifecycle(one, actor=people.adam)
    assert [version.lifecycle for version in offered()] == [first]
    with pytest.raises(Refused, match="dernier parcours"):
        lifecycles.archive_lifecycle(first, actor=people.adam)
    lifecycles.restore_lifecycle(others[0], actor=people.adam)
    lifecycles.archive_lifecycle(first, actor=people.adam)
    assert [version.lifecycle_id for version in offered()] == [others[0].pk]


def test_name_changed_by_two_people_shows_both(people):
    one = Lifecycle.objects.get(code="poc-7")
    lifecycles.change_lifecycle(one, {"name": "Sept pas"}, actor=people.adam, version=one.version)
    with pytest.raises(Stale):
        lifecycles.change_lifecycle(one, {"name": "Sept étapes"}, actor=people.sonia, version=one.version)


def test_order_is_that_of_administrators(people):
    first, second = Lifecycle.objects.filter(is_active=True)[:2]
    lifecycles.move_lifecycle(second, -1, actor=people.adam)
    assert list(Lifecycle.objects.filter(is_active=True)[:2]) == [second, first]


def test_each_act_is_journaled(draft, people):
    lifecycles.add_stage(draft, StageWords("Raconter"), actor=people.adam)
    draft.refresh_from_db()
    lifecycles.publish_version(draft, note="", actor=people.adam, version=draft.version)
    verbs = list(Entry.objects.filter(kind="lifecycle").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["lifecycle.prepared", "lifecycle.composed", "lifecycle.published"]


@pytest.mark.django_db(transaction=True)
def test_published_twice_at_once_is_published_once(people):
    draft = lifecycles.prepare_version(Lifecycle.objects.get(code="essai-3"), actor=people.adam)
    came: list[str] = []
    together = threading.Barrier(4)

    def publish() -> None:
        together.wait()
        try:
            lifecycles.publish_version(draft, note="", actor=people.adam, version=draft.version)
            came.append("published")
        except Refused:
            came.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=publish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["published", "refused", "refused", "refused"]
    assert Entry.objects.filter(verb="lifecycle.published").count() == 1

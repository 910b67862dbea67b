"""The images and documents of a project: joined by its team, read by whoever reads the project."""

import uuid
from typing import Any

import pytest
from django.test import Client

from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import Event, Notification
from ozeli.files.models import StoredFile
from ozeli.files.settling import settle
from ozeli.network.enums import Audience
from ozeli.projects.models import KIND, Project
from tests.files.conftest import drawn, upload
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(people: Cast) -> Project:
    return ProjectFactory(owner=people.alice)


def page(project: Project) -> str:
    return f"{project.get_absolute_url()}documents/"


def send(client: Client, path: str, **fields: Any) -> Any:
    return client.post(path, {"idempotency_key": str(uuid.uuid4()), **fields})


def joined(client: Client, project: Project) -> StoredFile:
    """A picture of the project, inspected."""
    send(client, page(project), file=upload(drawn()), file_description="L’écran d’accueil")
    file = StoredFile.objects.get(kind=KIND, object_id=project.pk)
    settle(file.pk)
    file.refresh_from_db()
    return file


def test_a_picture_is_joined_then_read_by_those_who_read_the_project(
    people: Cast, sign_in: Any, project: Project
) -> None:
    file = joined(sign_in(people.alice), project)
    assert file.is_published
    reader = sign_in(people.bob)
    assert "L’écran d’accueil" in reader.get(page(project)).content.decode()
    assert reader.get(file.get_absolute_url()).status_code == 200


def test_a_picture_closes_with_its_project(people: Cast, sign_in: Any, project: Project) -> None:
    file = joined(sign_in(people.alice), project)
    Project.objects.filter(pk=project.pk).update(audience=Audience.ORGANISATION)
    assert sign_in(people.bob).get(file.get_absolute_url()).status_code == 404
    assert sign_in(people.alice).get(file.get_absolute_url()).status_code == 200


def test_a_reader_joins_nothing_and_removes_nothing(people: Cast, sign_in: Any, project: Project) -> None:
    file = joined(sign_in(people.alice), project)
    reader = sign_in(people.bob)
    assert send(reader, page(project), file=upload(drawn())).status_code == 403
    assert send(reader, page(project), retirer=str(file.pk)).status_code == 403
    assert StoredFile.objects.filter(pk=file.pk).exists()


def test_no_file_and_no_words_are_refused_near_their_fields(
    people: Cast, sign_in: Any, project: Project
) -> None:
    client = sign_in(people.alice)
    empty = send(client, page(project), file_description="Rien")
    assert empty.status_code == 422
    assert "Choisissez un fichier" in empty.content.decode() and 'value="Rien"' in empty.content.decode()
    mute = send(client, page(project), file=upload(drawn()))
    assert mute.status_code == 422
    assert "Décrivez l’image" in mute.content.decode()


def test_its_team_removes_a_file_and_only_of_this_project(
    people: Cast, sign_in: Any, project: Project
) -> None:
    client = sign_in(people.alice)
    file = joined(client, project)
    other = ProjectFactory(owner=people.alice)
    assert send(client, page(other), retirer=str(file.pk)).status_code == 404
    assert send(client, page(other), retirer="n’importe quoi").status_code == 404
    assert send(client, page(project), retirer=str(file.pk)).status_code == 302
    assert not StoredFile.objects.exists()


def test_a_refused_file_is_told_to_whoever_joined_it(people: Cast, sign_in: Any, project: Project) -> None:
    broken = drawn()[:200]
    send(sign_in(people.alice), page(project), file=upload(broken), file_description="Cassée")
    file = StoredFile.objects.get()
    settle(file.pk)
    tell_batch(Event.objects.get(type="project.file_refused").pk)
    assert Notification.objects.filter(user=people.alice).count() == 1
    assert "Refusé" in sign_in(people.alice).get(page(project)).content.decode()
    assert "Cassée" not in sign_in(people.bob).get(page(project)).content.decode()

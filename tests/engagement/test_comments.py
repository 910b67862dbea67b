"""Comments and their threads of one level."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.engagement.models import Comment
from ozeli.engagement.selectors import commenters, replies, threads
from ozeli.engagement.services import COMMENT_MAX_LENGTH, add_comment, clean_text
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

THING = uuid.UUID(int=7)


def write(body: str = "Chez nous aussi.", parent: Comment | None = None, **fields: Any) -> Comment:
    author = fields.pop("author", None) or UserFactory()
    return add_comment("idea", fields.pop("object_id", THING), author=author, body=body, parent=parent)


def bodies(rows: list[Comment]) -> list[str]:
    return [row.body for row in rows]


@pytest.mark.parametrize("body", ["", "  \n ", "\u00a0\u202f", "\u200b\ufeff", "\0"])
def test_empty_comment_is_refused(body: str) -> None:
    with pytest.raises(Refused, match="Écrivez votre commentaire"):
        write(body)


def test_comment_as_long_as_allowed() -> None:
    assert len(write("é" * COMMENT_MAX_LENGTH + "\r\n").body) == COMMENT_MAX_LENGTH
    with pytest.raises(Refused, match="4\u202f001 caractères"):
        write("é" * (COMMENT_MAX_LENGTH + 1))


def test_clean_text_keeps_lines_and_drops_controls() -> None:
    assert clean_text(" Un\r\ndeux\rtrois\0\x07 ") == "Un\ndeux\ntrois"


def test_reply_to_a_reply_goes_to_its_thread() -> None:
    first = write("un")
    reply = write("deux", first)
    assert write("trois", reply).parent == first


def test_reply_to_another_object_is_refused() -> None:
    elsewhere = write(object_id=uuid.uuid4())
    with pytest.raises(Refused, match="n’est plus affiché"):
        write(parent=elsewhere)


def test_reply_to_a_hidden_comment_is_refused() -> None:
    first = write()
    Comment.objects.update(is_hidden=True)
    first.refresh_from_db()
    with pytest.raises(Refused, match="n’est plus affiché"):
        write(parent=first)


def test_comment_takes_one_query(django_assert_num_queries: Any) -> None:
    author, first = UserFactory(), write()
    with django_assert_num_queries(1):
        write(author=author, parent=first)


def test_threads_newest_first_replies_in_order() -> None:
    start = clock.now()
    for minute, (body, parent) in enumerate(
        [("a", None), ("b", None), ("a1", "a"), ("a2", "a"), ("b1", "b")]
    ):
        with clock.stopped(start + timedelta(minutes=minute)):
            write(body, Comment.objects.filter(body=parent).first() if parent else None)
    page = threads("idea", THING)
    assert bodies(page.rows) == ["b", "a"]
    assert [bodies(row.thread_replies) for row in page.rows] == [["b1"], ["a1", "a2"]]
    assert [row.earlier_replies for row in page.rows] == [0, 0]


def test_threads_leave_hidden_comments_and_other_objects_out() -> None:
    first = write("un")
    write("caché", first)
    write("caché")
    write("ailleurs", object_id=uuid.uuid4())
    Comment.objects.filter(body="caché").update(is_hidden=True)
    page = threads("idea", THING)
    assert bodies(page.rows) == ["un"]
    assert page.rows[0].thread_replies == []
    assert list(commenters("idea", THING)) == [first.author_id]


def test_long_thread_shows_its_latest_replies() -> None:
    start = clock.now()
    first = write("un")
    for minute in range(25):
        with clock.stopped(start + timedelta(minutes=minute)):
            write(f"r{minute}", first)
    (shown,) = threads("idea", THING).rows
    assert bodies(shown.thread_replies) == [f"r{minute}" for minute in range(15, 25)]
    assert shown.earlier_replies == 15
    page = replies(first)
    assert bodies(page.rows) == [f"r{minute}" for minute in range(20)]
    assert bodies(replies(first, page.next).rows) == [f"r{minute}" for minute in range(20, 25)]


def test_threads_are_paged_by_key() -> None:
    for number in range(23):
        write(f"c{number}")
    page = threads("idea", THING)
    rest = threads("idea", THING, page.next)
    assert (len(page.rows), len(rest.rows), rest.next) == (20, 3, "")
    assert len({row.pk for row in [*page.rows, *rest.rows]}) == 23


@pytest.mark.parametrize("rows", [1, 3])
def test_threads_take_two_queries(rows: int, django_assert_num_queries: Any) -> None:
    for _ in range(rows):
        write("réponse", write("un"))
    with django_assert_num_queries(2):
        for row in threads("idea", THING).rows:
            assert row.author.organisation.name
            assert [reply.author.organisation.name for reply in row.thread_replies]


def test_no_thread_takes_one_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert threads("idea", THING).rows == []

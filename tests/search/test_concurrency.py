"""Two writers at once: one row, exact counts. Seen red without the advisory lock (the second insertion is refused)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from ozeli.core.registry import SearchDocument
from ozeli.search import services

WRITERS = 4


@pytest.mark.django_db(transaction=True)
def test_simultaneous_writers_agree() -> None:
    start = Barrier(WRITERS)

    def write(writer: int) -> None:
        start.wait()
        try:
            for place in range(5):
                key = UUID(int=place + 1)
                title = f"Covoiturage partagé {'agents' if writer % 2 else 'assurés'} {place}"
                services.index_documents([SearchDocument("note", key, title)])
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM search_doc")
        assert cursor.fetchone() == (5,)
        cursor.execute(
            """SELECT l.term FROM search_lexeme l WHERE l.term <> '' AND l.df <>
               (SELECT count(*) FROM search_doc d WHERE l.term = ANY(tsvector_to_array(d.tsv)))"""
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT df FROM search_lexeme WHERE term IN ('', 'covoiturag') ORDER BY term")
        assert cursor.fetchall() == [(5,), (5,)]

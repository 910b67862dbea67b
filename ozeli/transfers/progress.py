"""Progress told from inside a long transaction: by another connection, since its own rows are seen by nobody yet."""

from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from uuid import UUID

from django.db import connection

from .models import ImportRun


class Teller:
    """`told(done, total)` writes how far an import is, and answers whether somebody asked it to stop."""

    def __init__(self, run_id: UUID) -> None:
        self._run_id = run_id
        self._thread = ThreadPoolExecutor(max_workers=1)

    def __enter__(self) -> "Teller":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.submit(lambda: connection.close()).result()  # the thread’s own, not ours
        self._thread.shutdown()

    def __call__(self, done: int, total: int) -> bool:
        return self._thread.submit(self._tell, done, total).result()

    def _tell(self, done: int, total: int) -> bool:
        ImportRun.objects.filter(pk=self._run_id).update(done=done, total=total)
        return ImportRun.objects.filter(pk=self._run_id, is_stopping=True).exists()

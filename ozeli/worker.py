"""The process that runs the jobs."""

import os
from typing import cast

from procrastinate.contrib.django import DjangoApp, app
from procrastinate.contrib.django.django_connector import DjangoConnector

CONCURRENCY = 4
# Jobs last under ten seconds: a synchronous one cannot be cut, only waited for.
GRACE_SECONDS = 15
# When the processor is short, pages are served first: a digest may wait, a reader does not.
NICENESS = 5


def make_worker_app() -> DjangoApp:
    """An app that fetches jobs on asynchronous connections of its own, with the same tasks.

    The tasks stay bound to the usual app: a job that defers another does it on Django's
    connection, so in its own transaction. (`replace_connector` would take that away.)
    """
    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    worker_app = DjangoApp(connector=connector, import_paths=app.import_paths)
    worker_app.tasks = app.tasks
    worker_app.periodic_registry = app.periodic_registry
    return worker_app


def run_worker() -> None:
    """Run jobs until SIGTERM or SIGINT."""
    os.nice(NICENESS)
    make_worker_app().run_worker(concurrency=CONCURRENCY, shutdown_graceful_timeout=GRACE_SECONDS)

"""WSGI entry of the airlock: its own process, that writes nothing down (rule 1).

The pages are called without Django's handler: no middleware, no session, no log of what goes wrong.
"""

import logging
import multiprocessing
import os
import sys
import threading
import warnings

from ozeli.core.processes import die_with_spawner

# First of all: granian may be killed while this worker still loads.
die_with_spawner()
IS_SERVED = multiprocessing.parent_process() is not None
if IS_SERVED:  # whatever settings the command that started us runs with
    os.environ["DJANGO_SETTINGS_MODULE"] = "ozeli.airlock.settings"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ozeli.airlock.settings")

import django  # noqa: E402
from django.apps import apps  # noqa: E402

if not apps.ready:
    django.setup(set_prefix=False)

from .entry import guarded  # noqa: E402
from .host import pages, with_static_files  # noqa: E402


def silence() -> None:
    """Nothing this process could say goes anywhere: neither log, nor warning, nor trace, nor the two usual outputs."""
    logging.disable(logging.CRITICAL)
    logging.raiseExceptions = False
    warnings.simplefilter("ignore")
    sys.excepthook = threading.excepthook = sys.unraisablehook = lambda *told: None  # type: ignore[assignment]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)


application = guarded(with_static_files(pages))

# Not where it is only imported: by tests, by a shell.
if IS_SERVED:
    silence()

"""Settings of the process of the airlock: those of the portal less everything that knows people or keeps traces.

No session, no sign-in, no message, no log; a base that it can only read, on few connections, and that is told not to
write down what it is asked. `OZELI_AIRLOCK_DATABASE_URL` gives it a role of its own.
"""

import os

# Its own role when there is one: read before the settings of the portal make their database.
if _own := os.environ.get("OZELI_AIRLOCK_DATABASE_URL"):
    os.environ["DATABASE_URL"] = _own

from ozeli.config.settings import *  # noqa: F403
from ozeli.config.settings import DATABASES, INSTALLED_APPS, TEMPLATES

# What it reads leans on the tables of the accounts, these on allauth's and the sessions'; no page of theirs is here.
_LEFT_OUT = {
    "ozeli.people",
    "ozeli.transfers",
    "ozeli.portal",
    "django.contrib.messages",
    "csp",
    "django_htmx",
}
INSTALLED_APPS = [app for app in INSTALLED_APPS if app not in _LEFT_OUT]
# Asked for by allauth; `host.pages` runs none.
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
ROOT_URLCONF = "ozeli.airlock.urls_host"
WSGI_APPLICATION = "ozeli.airlock.wsgi.application"
DEBUG = False
_rendering = {"context_processors": [], "builtins": ["ozeli.core.templatetags.ozeli"]}
TEMPLATES = [TEMPLATES[0] | {"OPTIONS": _rendering}]

# What a server would write down: the statement of an error, a slow one, its parameters. A role that is not superuser
# may not ask for this by itself: `docs/guides/sas.md` tells what to give it, and `silence` whether it holds.
QUIET = {
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_duration": "off",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_temp_files": "-1",
    "log_lock_waits": "off",
    # `pg_stat_activity` would show the last statement, its words and its instant, to whoever watches the server.
    "track_activities": "off",
}
_asked = {"default_transaction_read_only": "on", "statement_timeout": "5000"}
if DATABASES["default"].get("EMBEDDED"):
    _asked |= QUIET
_options = {
    "connect_timeout": 2,
    "application_name": "ozeli",
    "options": " ".join(f"-c {name}={value}" for name, value in _asked.items()),
    "pool": {"min_size": 1, "max_size": 3, "timeout": 2.5, "reconnect_timeout": 3},
}
DATABASES = {"default": DATABASES["default"] | {"OPTIONS": _options}}

LOGGING_CONFIG = None
LOGGING = {}
# Two images come back in the form of the review, in base 64, beside the texts.
DATA_UPLOAD_MAX_MEMORY_SIZE = 3_500_000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

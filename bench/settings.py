"""The product's settings, plus one page: the floor of the machine (a template and one query)."""

import os

from ozeli.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
if "SMTP_URL" not in os.environ:  # given by a bench that counts what leaves
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

"""The product's settings, plus one page: the floor of the machine (a template and one query)."""

from ozeli.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

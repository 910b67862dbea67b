"""What only sign-in pages need stays out of every web process until somebody asks for it."""

import os
import subprocess
import sys

import pytest

HEAVY = ("requests", "urllib3", "jwt", "cryptography", "fido2", "qrcode", "PIL", "pikepdf")
START = """
import sys, django
django.setup()
from django.core.handlers.wsgi import WSGIHandler
from django.urls import get_resolver
WSGIHandler()
get_resolver().url_patterns
from allauth.account.adapter import get_adapter
from django.utils.module_loading import import_string
for stage in get_adapter().get_login_stages():
    import_string(stage)
print(sorted(name for name in {heavy} if name in sys.modules))
"""


@pytest.mark.infra
def test_web_process_starts_without_heavy_libraries() -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "ozeli.config.settings"}

    done = subprocess.run(
        [sys.executable, "-c", START.format(heavy=HEAVY)], env=environment, capture_output=True, text=True
    )

    assert done.stdout.strip() == "[]", done.stderr

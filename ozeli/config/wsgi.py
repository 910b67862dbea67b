"""WSGI entry of the web processes."""

import os

from django.core.wsgi import get_wsgi_application

from ozeli.core.processes import die_with_spawner

# First of all: granian may be killed while this worker still loads.
die_with_spawner()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ozeli.config.settings")
application = get_wsgi_application()

"""WSGI entry of the web processes."""

import os

from django.core.wsgi import get_wsgi_application

from ozeli.core.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ozeli.config.settings")
application = get_wsgi_application()
# A granian worker that outlives its parent keeps the shared port and answers with old code.
die_with_parent()

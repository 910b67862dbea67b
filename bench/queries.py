"""`python -m bench.queries`: SQL queries of each measured request, transaction words left out, as JSON.

Reads the requests (name, method, path, fields, session) as JSON on standard input.
"""

import json
import sys

import django


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    settings.ALLOWED_HOSTS.append("testserver")
    counts = {}
    for name, method, path, fields, session in json.load(sys.stdin):
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session
        call = client.post if method == "POST" else client.get
        call(
            path.replace("{warm}", "1"), {key: value.replace("{warm}", "1") for key, value in fields.items()}
        )
        with CaptureQueriesContext(
            connection,
        ) as captured:
            call(path, fields)
        words = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
        counts[name] = sum(not query["sql"].startswith(words) for query in captured)
    print(json.dumps(counts))


if __name__ == "__main__":
    main()

"""`python -m bench.queries`: SQL queries of each measured request, transaction words left out, as JSON.

Reads on standard input, as JSON, a list of (name, request, request): the first warms up, the second is counted. A
request is (method, path, fields, session).
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

    def ask(request: tuple[str, str, dict[str, str], str]) -> None:
        method, path, fields, session = request
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session
        (client.post if method == "POST" else client.get)(path, fields)

    counts = {}
    for name, warm, measured in json.load(sys.stdin):
        ask(warm)
        with CaptureQueriesContext(connection) as captured:
            ask(measured)
        words = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
        counts[name] = sum(not query["sql"].startswith(words) for query in captured)
    print(json.dumps(counts))


if __name__ == "__main__":
    main()

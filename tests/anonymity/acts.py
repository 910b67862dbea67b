"""Deposits as the airlock makes them, without its pages; and the whole base read as an attacker reads it."""

import json
import random
from typing import Any

from django.db import connection

from ozeli.airlock import receipts, urn

PIXEL = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="  # one pixel, as the airlock sends images on


def put(code: str, title: str, *, digest: str = "", **more: Any) -> None:
    """One deposit into the urn."""
    entry = {
        "kind": "deposit",
        "key": receipts.key_of(code),
        "digest": digest or receipts.digest(code),
        "title": title,
        "problem": "Les documents se perdent entre deux services.",
        "beneficiaries": "",
        "proposal": "Un casier commun, relevé chaque matin par une personne de chaque service.",
        "benefit": "",
        "domain": "accueil",
        "branch": "",
        "challenge": "",
        "pictures": [{"data": PIXEL, "description": "Le casier"}],
    }
    assert urn.put(entry | more)


def quick_digest() -> str:
    """As `receipts.digest`, without its slowness."""
    return f"{random.SystemRandom().getrandbits(256):064x}"


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relkind in ('r', 'p') and not relispartition"
            " and relnamespace = 'public'::regnamespace order by relname"
        )
        return [row[0] for row in cursor.fetchall()]


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    held = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'select to_jsonb(t)::text from "{table}" t')
            held[table] = [json.loads(row[0]) for row in cursor.fetchall()]
    return held


def columns_of_people() -> set[tuple[str, str]]:
    """The columns of the base that lead to an account, by the constraints of the base itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.conrelid::regclass::text, a.attname from pg_constraint c"
            " join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)"
            " where c.contype = 'f' and c.confrelid = 'accounts_user'::regclass"
        )
        return {(table, column) for table, column in cursor.fetchall()}

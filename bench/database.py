"""`python -m bench.database NAME`: drop and create an empty database."""

import sys

import django
from django.db import connection
from psycopg import sql


def main() -> None:
    django.setup()
    name = sql.Identifier(sys.argv[1])
    connection.settings_dict["OPTIONS"].pop("pool", None)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("drop database if exists {} with (force)").format(name))
        cursor.execute(sql.SQL("create database {}").format(name))


if __name__ == "__main__":
    main()

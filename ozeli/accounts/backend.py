"""Sign-in backend: allauth's, bringing the person with their body and branch in one query."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection, models

from ozeli.network.models import Branch, Organisation

from .models import User


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


_MODELS: tuple[tuple[str, type[Any]], ...] = (("u", User), ("o", Organisation), ("b", Branch))
# Asked by every page: in SQL, since the ORM would take five times as long to write it and to read its row.
_PERSON = f"""
select {", ".join(f'{alias}."{name}"' for alias, model in _MODELS for name in _columns(model))}
from accounts_user u join network_organisation o on o.id = u.organisation_id
join network_branch b on b.id = o.branch_id where u.id = %s
"""  # noqa: S608 (names of our own columns)


class Backend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        with connection.cursor() as cursor:
            cursor.execute(_PERSON, [int(user_id)])
            row = cursor.fetchone()
        user = _person(row) if row else None
        return user if user is not None and self.user_can_authenticate(user) else None


def _person(row: tuple[Any, ...]) -> User:
    """The person of a row of `_PERSON`, with their body and its branch."""
    made, start = [], 0
    for _alias, model in _MODELS:
        names = _columns(model)
        made.append(model.from_db(connection.alias, names, row[start : start + len(names)]))
        start += len(names)
    user, organisation, branch = made
    organisation.branch = branch
    user.organisation = organisation
    return user

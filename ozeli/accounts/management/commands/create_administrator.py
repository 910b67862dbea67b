"""Open the first account of an installation: a Super-administrateur of the whole network."""

import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.text import slugify

from ozeli.accounts.models import Profile, User
from ozeli.accounts.services import grant_membership
from ozeli.network.models import Branch, Organisation


class Command(BaseCommand):
    help = "Ouvre un compte de Super-administrateur et, s’il le faut, son organisme et sa branche."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="adresse électronique, qui sert à se connecter")
        parser.add_argument("name", help="nom affiché, entre guillemets")
        parser.add_argument("organisation", help="nom de l’organisme, entre guillemets")
        parser.add_argument("--branch", default="National", help="branche de l’organisme, s’il est nouveau")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"{email} a déjà un compte.")
        try:
            password = getpass.getpass("Mot de passe : ")
        except EOFError as error:
            raise CommandError(
                "Le mot de passe se tape dans un terminal, ou arrive par l’entrée standard."
            ) from error
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user = User.objects.create_user(
            email,
            password,
            display_name=options["name"],
            organisation=_organisation(options["organisation"], options["branch"]),
        )
        grant_membership(user, Profile.objects.get(code="superadmin"), actor=None)
        self.stdout.write(f"Compte ouvert : {email}, sur {user.organisation}.")


def _organisation(name: str, branch_name: str) -> Organisation:
    known = Organisation.objects.filter(name__iexact=name).first()
    if known is not None:
        return known
    branch, _new = Branch.objects.get_or_create(code=slugify(branch_name), defaults={"name": branch_name})
    return Organisation.objects.create(code=slugify(name), name=name, branch=branch)

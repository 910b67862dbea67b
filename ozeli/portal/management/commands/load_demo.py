"""`ozeli load_demo`: the demonstration's network, people and ideas. Running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ozeli.core.french import plural
from ozeli.portal.demo.loader import BaseInUseError, load


class Command(BaseCommand):
    help = "Charge le réseau, les personnes et les idées de la démonstration, si la base est vide."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = load()
        except BaseInUseError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            told = (
                f"Démonstration chargée : {plural(count, 'idée')}."
                if count
                else "Démonstration déjà présente."
            )
            self.stdout.write(told)

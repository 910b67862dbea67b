"""`ozeli search_reindex [--kind idea] [--jobs] [--recount]`."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ozeli.core.registry import searchables
from ozeli.search import services


class Command(BaseCommand):
    help = "Indexe à nouveau tout ce qui se cherche, sans bloquer personne."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", help="une seule sorte d’objets (idea, organisation…)")
        parser.add_argument(
            "--jobs", action="store_true", help="confie le travail aux tâches de fond et rend la main"
        )
        parser.add_argument("--recount", action="store_true", help="recompte aussi les fréquences des mots")

    def handle(self, *args: Any, kind: str | None, jobs: bool, recount: bool, **options: Any) -> None:
        if kind is not None and kind not in searchables:
            known = ", ".join(searchable.kind for searchable in searchables)
            raise CommandError(f"Sorte inconnue : {kind}. Sortes connues : {known}.")
        start = time.monotonic()
        concerned = services.reindex(kind, now=not jobs)
        if recount:
            services.recount()
        if jobs:
            self.stdout.write(f"{concerned} objets confiés aux tâches de fond.")
            return
        services.refresh_scores(kind)
        while services.balance_tiers():
            pass
        spent = time.monotonic() - start
        self.stdout.write(
            f"{concerned} objets indexés en {spent:.1f} s ({concerned / max(spent, 0.001):.0f}/s)."
        )

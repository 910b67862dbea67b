"""`ozeli privacy`: erase again after a restore, see or apply the rules of retention."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from ozeli.core.french import plural
from ozeli.people.services import erasure, retention


class Command(BaseCommand):
    help = "Refait les effacements après une restauration ; montre ou applique les durées de conservation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["replay", "retention"])
        parser.add_argument("--dry-run", action="store_true", help="compter sans rien effacer (retention)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "replay":
            done = erasure.replay()
            self.stdout.write(
                f"{plural(done.known, 'effacement connu', 'effacements connus')}, "
                f"{plural(done.again, 'compte effacé', 'comptes effacés')} de nouveau."
            )
            return
        found = retention.due() if options["dry_run"] else retention.apply()
        for one in found:
            self.stdout.write(f"{one.rule.title} ({one.rule.kept}) : {plural(one.rows, 'ligne')}")

"""`ideas_circuit`: the page of the circuit, from the table of transitions."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ozeli.ideas.circuit_page import page

PATH = Path(settings.BASE_DIR, "docs", "developers", "circuit.md")


class Command(BaseCommand):
    help = "Prints the circuit of an idea (diagram and table); --write puts it in docs/developers/circuit.md."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="write the page of the documentation")

    def handle(self, *args: Any, write: bool = False, **options: Any) -> None:
        if write:
            PATH.write_text(page(), encoding="utf-8")
            self.stdout.write(f"{PATH.relative_to(settings.BASE_DIR)} est à jour.")
        else:
            self.stdout.write(page())

"""`ozeli search_explain "…"`: how a search is understood and answered."""

import time
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ozeli.search import selectors, thesaurus
from ozeli.search.query import parse


class Command(BaseCommand):
    help = "Explique comment une recherche est comprise, par quel chemin elle passe et ce qu’elle trouve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", help="les mots cherchés")
        parser.add_argument("--as", dest="email", required=True, help="adresse de la personne qui cherche")
        parser.add_argument("--look-alikes", action="store_true", help="traite le texte comme un brouillon")

    def handle(self, *args: Any, text: str, email: str, look_alikes: bool, **options: Any) -> None:
        user = get_user_model().objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Personne n’a l’adresse {email}.")
        query = parse(text, thesaurus.current(), expand=not look_alikes)
        self.stdout.write(f"{query.documents} documents. Corrigé : {query.corrected or 'non'}.")
        for group in query.groups:
            self.stdout.write(
                f"  {group.surface!r:24} df {group.df:7}  idf {group.idf:5.2f}  {group.tsquery}"
            )
        known = [group for group in query.groups if group.df]
        start = time.perf_counter()
        if look_alikes:
            found: list[Any] = list(selectors.look_alikes(text, user=user))
        else:
            if known:
                self.stdout.write(f"Chemin : {selectors.route(query, known)}.")
            results = selectors.search(text, user=user)
            self.stdout.write(
                f"Total {results.total}, élargi {results.is_relaxed}, par sorte {results.facets}."
            )
            found = list(results.hits)
        spent = (time.perf_counter() - start) * 1000
        for one in found:
            self.stdout.write(f"  {one}")
        self.stdout.write(f"{spent:.1f} ms.")

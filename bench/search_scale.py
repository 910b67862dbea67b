"""The search at scale: `python -m bench.search_scale [--documents 100000]`, in a database of its own.

Synthetic documents whose words follow Zipf's law, read by an agent of one body among 400 (7 in 10 documents are for the
network, 2 for a branch, 1 for a body). Prints p50 and p95 of each class of question, Python included, one client.
"""

import argparse
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any
from uuid import UUID

KIND = "bench"
DATABASE = "oz_bench_search"
VOCABULARY = 120_000
BODIES, BRANCHES = 400, 7
QUESTIONS = 60
SYLLABLES = [
    c + v
    for c in [
        "b",
        "c",
        "d",
        "f",
        "g",
        "j",
        "l",
        "m",
        "n",
        "p",
        "r",
        "t",
        "v",
        "br",
        "cl",
        "dr",
        "gr",
        "pl",
        "tr",
    ]
    for v in ["a", "o", "u", "an", "on", "ou"]
]


def vocabulary(draw: random.Random) -> list[str]:
    """Invented words that are their own lexeme, the most frequent first."""
    from ozeli.search import analysis

    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        word = "".join(draw.choices(SYLLABLES, k=draw.choice((2, 3, 3, 4)))) + draw.choice("bcdgklnprt")
        if (lexeme := analysis.lexeme(word)) and analysis.lexeme(lexeme) == lexeme:
            words[lexeme] = None
    return list(words)


class Corpus:
    """Documents drawn by Zipf's law."""

    def __init__(self, documents: int) -> None:
        self.draw = random.Random(7)
        self.documents = documents
        self.words = vocabulary(self.draw)
        self.weights = list(accumulate(1 / (rank + 12) for rank in range(VOCABULARY)))
        self.frequencies: Counter[str] = Counter({"": documents})

    def text(self, length: int) -> list[str]:
        return list(set(self.draw.choices(self.words, cum_weights=self.weights, k=length)))

    def rows(self) -> Iterator[tuple[Any, ...]]:
        from ozeli.search import store

        for place in range(self.documents):
            words = self.text(self.draw.randint(20, 80))
            self.frequencies.update(words)
            tsv = " ".join(f"'{word}':1{'A' if at < 5 else 'B'}" for at, word in enumerate(words))
            luck = self.draw.random()
            first = luck < store.TOP / self.documents
            tier = 0 if first else 1 if luck < (store.TOP + store.MIDDLE) / self.documents else 2
            audience = self.draw.choices((2, 1, 0), (7, 2, 1))[0]
            body = self.draw.randrange(BODIES)
            yield (KIND, UUID(int=place + 1), audience, body, body % BRANCHES, 1 - luck, tier, tsv)


def fill(corpus: Corpus) -> None:
    from django.db import connection

    columns = "kind, object, audience, organisation, branch, score, tier, tsv"
    with connection.cursor() as cursor:
        for tier in range(3):
            cursor.execute(f"DROP INDEX search_doc_{tier}_tsv")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        with cursor.copy(f"COPY search_doc ({columns}) FROM STDIN") as copy:
            for row in corpus.rows():
                copy.write_row(row)
        for tier in range(3):
            cursor.execute(
                f"CREATE INDEX search_doc_{tier}_tsv ON search_doc_{tier} USING gin (tsv) WITH (fastupdate = off)"
            )
        with cursor.copy("COPY search_lexeme (term, df, word) FROM STDIN") as copy:
            for word, count in corpus.frequencies.items():
                copy.write_row((word, count, word))
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute("VACUUM ANALYZE search_doc")
        cursor.execute("VACUUM ANALYZE search_lexeme")


def questions(corpus: Corpus) -> dict[str, Callable[[], str]]:
    """For each class, a way to draw a question."""
    total, draw = corpus.documents, corpus.draw
    by_df = [word for word, _ in corpus.frequencies.most_common() if word]

    def among(low: float, high: float) -> list[str]:
        found = [word for word in by_df if low * total <= corpus.frequencies[word] <= high * total]
        return found or by_df[:20]

    rare = [word for word in by_df if 3 <= corpus.frequencies[word] <= 60] or by_df[-500:]
    common, very = among(0.02, 0.1), among(0.2, 1)

    def typo() -> str:
        word = draw.choice([word for word in among(0.0005, 0.01) if len(word) > 7])
        return word[:4] + word[5] + word[4] + word[6:]

    return {
        "rare": lambda: draw.choice(rare),
        "and": lambda: " ".join(draw.sample(among(0.002, 0.05), 2)),
        "common": lambda: draw.choice(common),
        "very_common": lambda: draw.choice(very),
        "mixed": lambda: f"{draw.choice(rare)} {draw.choice(very)} {draw.choice(common)}",
        "prefix": lambda: draw.choice(rare)[:5],
        "typo": typo,
        "nonsense": lambda: " ".join(draw.sample(rare, 4)),
        "look_alike": lambda: " ".join(corpus.text(60)),
    }


def run(documents: int) -> None:
    from django.core.management import call_command

    from bench.private_index import Reader
    from ozeli.core.registry import Searchable, searchables
    from ozeli.search import selectors

    began = time.monotonic()
    call_command("migrate", verbosity=0)
    nothing: Any = lambda *_: ()  # noqa: E731
    searchables.register(
        Searchable(KIND, KIND, "texte", "textes", load=nothing, ids=nothing, load_cards=nothing)
    )
    corpus = Corpus(documents)
    fill(corpus)
    print(f"{documents} documents en {time.monotonic() - began:.0f} s.")
    reader = Reader(organisation_id=3, branch_id=3)
    print(f"{'classe':>12} {'p50 ms':>8} {'p95 ms':>8} {'réponses':>9}")
    for name, question in questions(corpus).items():
        spent, answers = [], []
        for turn in range(QUESTIONS + 5):
            text = question()
            start = time.perf_counter()
            if name == "look_alike":
                answers.append(len(selectors.look_alikes(text, user=reader, kinds=[KIND])))
            else:
                answers.append(selectors.search(text, user=reader, kinds=[KIND]).total)
            if turn >= 5:
                spent.append((time.perf_counter() - start) * 1000)
        p95 = statistics.quantiles(spent, n=20)[-1]
        print(
            f"{name:>12} {statistics.median(spent):>8.1f} {p95:>8.1f} {statistics.median(answers):>9.0f}",
            flush=True,
        )


def main() -> None:
    import django
    from django.db import connection

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--documents", type=int, default=100_000)
    options.add_argument("--keep", action="store_true", help="garde la base pour l’examiner")
    asked = options.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ozeli.config.settings")
    django.setup()
    connection.settings_dict["OPTIONS"].pop("pool", None)
    usual = connection.settings_dict["NAME"]

    def administer(statement: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = usual
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    administer(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    administer(f"CREATE DATABASE {DATABASE}")
    connection.settings_dict["NAME"] = DATABASE
    try:
        run(asked.documents)
    finally:
        if not asked.keep:
            administer(f"DROP DATABASE {DATABASE} WITH (FORCE)")


if __name__ == "__main__":
    main()

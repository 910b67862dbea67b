"""Does one half of a real proposal find the other? `python -m bench.lookalikes` (needs OZELI_REAL_DATA).

Each text is cut into sentences; the odd ones are indexed (title first), the even ones are the draft, so that the two
halves share no sentence. What is found is the half's own other half, among the first five of all the indexed halves.
A text is « too short to split » when a half holds fewer than a number of distinct lexemes: both the rule and the
number left out are printed, and so is the figure without any such rule.
"""

import html
import json
import os
import re
import statistics
import sys
import time
from pathlib import Path
from uuid import UUID

FILES = ("ideas_revenu_universel_activite.jsonl", "ideas_republique_numerique.jsonl")
SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n+")
# Distinct lexemes in each half: at least one to be split at all, then texts of growing length.
THRESHOLDS = (1, 8, 15, 20, 25)
GOAL = 0.80


def proposals(folder: Path) -> list[tuple[str, str]]:
    """(title, body) of the real proposals; a title that only repeats the start of the body is dropped."""
    found = []
    for name in FILES:
        with (folder / name).open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                title, body = (html.unescape(row[key] or "").strip() for key in ("title", "body"))
                found.append(("" if body.startswith(title.rstrip(" .…")) else title, body))
    return found


def halves(title: str, body: str) -> tuple[str, str, str]:
    """(title, rest) of the indexed half, then the draft: sentences dealt in turn, the title counting as the first."""
    sentences = [part for part in (title, *SENTENCE.split(body)) if part and part.strip()]
    indexed = sentences[0::2]
    return title, "\n".join(indexed[1:] if title else indexed), "\n".join(sentences[1::2])


def measure(pairs: list[tuple[str, str, str]], *, whole: bool = False) -> tuple[float, float, list[float]]:
    """Recall at one and at five, and the milliseconds of each question."""
    from bench.private_index import KIND, Reader, analyse_tables, private_index
    from ozeli.core.registry import SearchDocument
    from ozeli.search import selectors, services

    first = fifth = 0
    spent = []
    with private_index():
        documents = [
            SearchDocument(KIND, UUID(int=place + 1), title, {"B": f"{rest}\n{draft}" if whole else rest})
            for place, (title, rest, draft) in enumerate(pairs)
        ]
        for start in range(0, len(documents), 500):
            services.index_documents(documents[start : start + 500])
        analyse_tables()
        for place, (_title, _rest, draft) in enumerate(pairs):
            began = time.perf_counter()
            found = [
                alike.object_id.int - 1 for alike in selectors.look_alikes(draft, user=Reader(), kinds=[KIND])
            ]
            spent.append((time.perf_counter() - began) * 1000)
            first += found[:1] == [place]
            fifth += place in found
    return first / len(pairs), fifth / len(pairs), spent


def main() -> int:
    import django

    folder = os.environ.get("OZELI_REAL_DATA")
    if not folder or not (Path(folder) / FILES[0]).exists():
        print("OZELI_REAL_DATA ne mène pas aux propositions réelles : rien n’est mesuré.")
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ozeli.config.settings")
    django.setup()
    from ozeli.search import analysis

    texts = proposals(Path(folder))
    split = [halves(*text) for text in texts]
    sizes = [
        min(len(set(analysis.lexemes(half))) for half in (f"{title}\n{rest}", draft))
        for title, rest, draft in split
    ]
    print(
        f"{len(texts)} propositions réelles ; une moitié des phrases est indexée, l’autre est le brouillon."
    )
    print("lexèmes par moitié  textes  écartés    1er  5 premiers  p50 ms  p95 ms")
    reached: list[float] = []
    for threshold in THRESHOLDS:
        pairs = [pair for pair, size in zip(split, sizes, strict=True) if size >= threshold]
        first, fifth, spent = measure(pairs)
        p50, p95 = statistics.median(spent), statistics.quantiles(spent, n=20)[-1]
        counted = f"{'≥ ' + str(threshold):>18} {len(pairs):>7} {len(texts) - len(pairs):>8}"
        print(f"{counted} {first:>6.1%} {fifth:>11.1%} {p50:>7.1f} {p95:>7.1f}")
        reached.append(fifth)
    pairs = [pair for pair, size in zip(split, sizes, strict=True) if size >= 1]
    first, fifth, _spent = measure(pairs, whole=True)
    print(
        f"Textes indexés en entier, une moitié pour brouillon ({len(pairs)}) : 1er {first:.1%}, 5 premiers {fifth:.1%}."
    )
    verdict = "atteint" if reached[0] >= GOAL else "manqué"
    print(f"But, {GOAL:.0%} de toutes les propositions par leur autre moitié : {verdict}, {reached[0]:.1%}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

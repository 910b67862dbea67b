"""Names by the beginnings of their words, with an index: « mar du » finds « Dupont Martine ».

A `like` that begins anywhere in a name reads the whole table; a text vector of its words does not.
"""

from typing import Any

from django.db.models import CharField, Lookup, Q

from .french import sort_key


@CharField.register_lookup
class WordsBegin(Lookup):
    """`sort_name__words_begin="mar du"`: each word begins one of the name's. The words are letters and digits only."""

    lookup_name = "words_begin"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        wanted = " & ".join(f"{word}:*" for word in str(self.rhs).split())
        # As `SearchVector(config="simple")` writes it, so that the index of that expression is used.
        vector = f"to_tsvector('simple'::regconfig, COALESCE({left}, ''))"
        return f"{vector} @@ to_tsquery('simple'::regconfig, %s)", (*params, wanted)


def named(typed: str, path: str = "sort_name") -> Q:
    """Those whose name, at `path`, has words that begin like the typed ones; everybody when there is none."""
    words = sort_key(typed.replace("\0", ""))
    return Q(**{f"{path}__words_begin": words}) if words else Q()

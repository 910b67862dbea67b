"""`python -m ozeli.embedded_postgres supervise|where <home>`."""

import sys
from pathlib import Path

from ozeli.embedded_postgres.layout import Layout, is_locked
from ozeli.embedded_postgres.supervise import supervise


def main(arguments: list[str]) -> int:
    match arguments:
        case ["supervise", home]:
            return supervise(Path(home))
        case ["where", home]:
            return print_where(Layout(Path(home)))
    print("usage : python -m ozeli.embedded_postgres supervise|where DOSSIER", file=sys.stderr)
    return 2


def print_where(layout: Layout) -> int:
    state = layout.read_state()
    running = layout.base.exists() and is_locked(layout.supervisor_lock) and state.ready
    print(f"Données : {state.data or 'pas encore créées'}")
    print(f"Socket  : {state.socket or '–'}")
    print(f"Journal : {layout.log}")
    print(f"État    : {'en marche' if running else 'arrêté'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

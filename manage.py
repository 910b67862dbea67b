#!/usr/bin/env python
"""Django's usual door; the `ozeli` command is the same one with more in it."""

from ozeli.cli import main

if __name__ == "__main__":
    main()

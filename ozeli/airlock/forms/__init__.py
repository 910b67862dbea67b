"""Forms of the airlock: `host` on its own pages, `desk` and `signing` on those of the portal."""

"""Pages of the portal about anonymous deposits: the desk, and the signature. The airlock's own are in `pages`."""

"""Pages of ideas, one module a screen."""

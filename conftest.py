"""Plugins of the test suite (pytest wants them named at the root)."""

pytest_plugins = ["tests.plugins.database"]

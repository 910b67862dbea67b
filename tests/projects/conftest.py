"""What the tests of projects share."""

import pytest


@pytest.fixture
def as_in_production(settings):
    """Count queries without those of the proof that a GET writes nothing."""
    settings.READ_ONLY_GET = False

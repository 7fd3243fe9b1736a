"""The index as a hypothesis model of it, with examples that are new on every run and failing ones kept."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from index_model import IndexModel

TestIndexModel = IndexModel.TestCase
TestIndexModel.settings = settings(
    settings.get_profile("nightly"), max_examples=150, stateful_step_count=30, suppress_health_check=list(HealthCheck)
)
TestIndexModel = pytest.mark.timeout(900)(TestIndexModel)

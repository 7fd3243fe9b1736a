"""The index as a hypothesis model of it, for a few seconds; `make torture` goes on for minutes."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from index_model import IndexModel

TestIndexModel = IndexModel.TestCase
TestIndexModel.settings = settings(max_examples=12, stateful_step_count=15, suppress_health_check=list(HealthCheck))

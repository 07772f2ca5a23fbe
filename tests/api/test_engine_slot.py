"""What the door holds of the engine: how often it is asked whether it is ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.api.engine import EngineSlot
from service.settings import Settings
from tests.api.fakes import FakeEngine


class Counting(FakeEngine):
    asked = 0

    def readiness(self) -> Mapping[str, Any]:
        self.asked += 1
        return super().readiness()


def test_probes_in_quick_succession_cost_one_look_and_later_ones_another() -> None:
    now, engine = [100.0], Counting()
    slot = EngineSlot(Settings(), engine, clock=lambda: now[0])
    assert slot.readiness()["ready"] is True
    engine.state["ready"] = False
    now[0] += 4.9
    assert slot.readiness()["ready"] is True
    assert engine.asked == 1
    now[0] += 0.2
    assert slot.readiness()["ready"] is False
    assert engine.asked == 2


def test_what_was_answered_cannot_be_changed_by_who_got_it() -> None:
    slot = EngineSlot(Settings(), FakeEngine())
    slot.readiness().pop("ready")
    assert slot.readiness()["ready"] is True

"""The answer on the first screen is one that the service gives."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.e2e.samples import samples
from tests.e2e.service import ROOT, Service

OF_THE_MOMENT = {"id"}
"""Not compared: it is new each time."""


def holds(shown: Any, given: Any) -> bool:
    """Whether everything that is shown is in the answer; ``…`` stands for what was left out."""
    if isinstance(shown, dict):
        return all(holds(value, given.get(name)) for name, value in shown.items())
    if isinstance(shown, list) and "…" in shown:
        return all(any(holds(item, other) for other in given) for item in shown if item != "…")
    return bool(shown == given)


def test_the_answer_shown_is_the_answer_given(service: Service) -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    part = page.split("<!-- answer:begin -->")[1].split("<!-- answer:end -->")[0]
    shown = json.loads(re.findall(r"```json\n(.*?)```", part, re.DOTALL)[0])
    folder = re.findall(r"`sample_cards/([^`]+)`", part)[0]
    case = next(case for case in samples().values() if case.files["front"][0].startswith(folder))
    given = service.verify({"front": case.read("front"), "chip": case.read("chip")}, case.request).json
    for name in shown.keys() - OF_THE_MOMENT:
        assert holds(shown[name], given[name]), name

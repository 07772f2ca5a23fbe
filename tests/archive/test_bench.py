"""The bench, small: 200 files of which four are scans, three kills; each card once and the same bytes.

The other files cost almost nothing, so that CI can afford it. It says nothing about the rate.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.bench_archive import main


@pytest.mark.slow
def test_a_run_that_is_killed_three_times_ends_like_one_that_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--cards", "3", "--cheap", "196", "--kills", "3", "--work", str(tmp_path / "work")])
    told = json.loads(capsys.readouterr().out)
    assert told["items"] == 200
    assert told["cards"] == 199
    assert told["pages"] == 4
    assert len(told["killed_at_shards"]) == 3
    assert told["same_bytes"]
    assert told["each_card_once"]
    assert code == 0

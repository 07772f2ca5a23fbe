"""The rooms in which tilted cards are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from scripts.specimens.tilt_light import LIGHTS, draw_light, reflection


@pytest.mark.parametrize("style", ["a", "b"])
@pytest.mark.parametrize("kind", LIGHTS)
def test_a_room_reflects_and_colours_as_its_light_does(kind: str, style: str) -> None:
    for seed in range(20):
        room = draw_light(np.random.default_rng(seed), kind, style)
        brightest = max(float(reflection(room, float(a), "vertical", 0.5)[0].max()) for a in range(-5, 40))
        assert room.kind == kind
        assert (brightest > 20) == (kind != "diffuse")
        assert {"lamp": room.direct >= 0.85, "window": room.direct >= 0.6, "diffuse": room.direct == 0}.get(
            kind, 0.03 <= room.direct <= 0.5
        )


def test_a_lamp_in_a_bright_room_is_mirrored_but_hardly_colours_a_film() -> None:
    rooms = [draw_light(np.random.default_rng(seed), "mixed", "a") for seed in range(40)]
    assert min(room.gloss for room in rooms) >= 40
    assert np.median([room.direct for room in rooms]) < 0.4


def test_an_unknown_room_is_refused() -> None:
    with pytest.raises(ValueError, match="no such light"):
        draw_light(np.random.default_rng(0), "candle", "a")

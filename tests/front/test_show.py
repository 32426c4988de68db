"""What the display makes of the engine's events."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.engine import Event, Step
from bitwright.front.show import Display, clock

STEP = Step("implement", Path("build/a/b/implement"), (), (), ("true",))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (12.3, "12 s"),
        (59.7, "60 s"),
        (100, "1:40"),
        (3723, "1:02:03"),
    ],
)
def test_durations_are_said_as_people_say_them(seconds: float, said: str):
    assert clock(seconds) == said


def test_progress_within_a_phase_is_told_now_and_then_and_a_new_phase_at_once(
    capsys: pytest.CaptureFixture[str],
):
    display = Display()
    for elapsed, text in [
        (1, "placing"),
        (2, "routing, 900 arcs left"),
        (3, "routing, 800 arcs left"),
        (16, "routing, 300 arcs left"),
        (18, "routing, 200 arcs left"),
        (19, "timing"),
        (19, "timing"),
    ]:
        display.event(Event("phase", STEP, text, elapsed))
    told = [line.split("  ")[-1] for line in capsys.readouterr().out.splitlines()]
    assert told == ["placing", "routing, 900 arcs left", "routing, 200 arcs left", "timing"]

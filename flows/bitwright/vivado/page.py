"""One build with Vivado on one page: self-contained HTML, no network, no script, light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bitwright.reports.judge import Verdict
from bitwright.vivado.findings import Found
from bitwright.vivado.measure import NAMES

TEMPLATE = Path(__file__).with_name("report.html.j2")
Row = tuple[str, str, int, str]  # step, critical warning, how often, why it is waived


def render(
    body: Mapping[str, Any],
    verdict: Verdict,
    found: Sequence[Found],
    messages: Sequence[Row],
    *,
    steps: Sequence[str],
    reports: Sequence[str],
    up: str,
) -> str:
    """The page as HTML text: the same arguments give the same bytes.

    body: of metrics.json; steps: those with a log; reports: files, below build/<config>/<target>
    up: from the page to that folder
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    area = [(name, body["utilization"][name]) for name in NAMES if name in body["utilization"]]
    return template.render(
        body=body,
        verdict=verdict,
        area=area,
        found=found,
        messages=messages,
        steps=steps,
        reports=reports,
        up=up,
    )

"""Read what a routed design reported, judge it, and show it: metrics, verdict, page.

    python -m bitwright.vivado.verdict report.json

report.json says what was built, where its reports are, and by what it is judged. Exit status 0: it
keeps everything that is asked; 3: it does not, each broken thing named, and the page for a look
lies in failed/; 1: there is no verdict, for something could not be read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitwright.errors import BitwrightError, ReportError
from bitwright.limits import from_json
from bitwright.reports.judge import ASKED, Judged, Verdict, judge
from bitwright.reports.judge import to_json as verdict_json
from bitwright.reports.read.source import lines_of
from bitwright.reports.verdict import broken, judged
from bitwright.told import tell
from bitwright.vivado import measure
from bitwright.vivado.findings import Found, Owners, standing
from bitwright.vivado.measure import Subject
from bitwright.vivado.page import Row, render
from bitwright.vivado.project import usercode
from bitwright.vivado.rules import Rules, promoted
from bitwright.vivado.rules import standing as listed

METRICS, VERDICT, PAGE, FAILED = "metrics.json", "verdict.json", "index.html", "failed"
BAD = 3
SHOWN = 12  # findings of one kind that a message names; the page has all
WORDS: Mapping[str, str] = {
    "wns_ns": "setup is not met",
    "whs_ns": "hold is not met",
    "wpws_ns": "pulse widths are not met",
    "unrouted_nets": "nets are not routed, or wrongly",
    "drc_errors": "rules of design are broken (drc.rpt)",
    "cdc_critical": "clock crossings of our own are unsafe",
    "methodology_critical": "findings of methodology are our own",
}


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that one look at the reports gives."""

    body: Mapping[str, Any]
    verdict: Verdict
    found: Sequence[Found]
    messages: Sequence[Row]
    promoted: Sequence[str]
    idle: Sequence[str] = ()  # waivers that met no finding

    @property
    def ok(self) -> bool:
        return self.verdict.ok and not self.promoted


def look(asked: Mapping[str, Any]) -> Result:
    """Read and judge. Raises ReportError, ToolError."""
    subject = Subject(**asked["subject"], usercode=usercode(Path(asked["record"])))
    found: Sequence[Found] = ()
    idle: list[str] = []
    if asked.get("linked"):
        body = measure.read_linked(Path(asked["reports"]), subject)
    else:
        owners = Owners.from_json(asked["owners"])
        body, found = measure.read(Path(asked["reports"]), subject, owners)
        idle = list(_idle(owners, found))
    with ExitStack() as stack:
        try:
            logs = {name: stack.enter_context(Path(name).open("rb")) for name in asked["logs"]}
            texts = {Path(name): Path(name).read_text("utf-8") for name in asked["messages"]}
        except OSError as error:
            raise ReportError(f"{error.filename}: cannot be read ({error.strerror})") from error
        lines = {name.removeprefix("../"): lines_of(stream) for name, stream in logs.items()}
        verdict = judge(body, from_json(asked["limits"]), lines)
    rules = Rules.from_json(asked["rules"])
    documents = {path.parent.name: json.loads(text) for path, text in texts.items()}
    rows = [
        (step, str(message), count, why)
        for step, document in documents.items()
        for message, count, why in listed(document, rules)
    ]
    raised = [
        line for step, document in documents.items() for line in promoted(document, rules, step)
    ]
    return Result(body, verdict, found, rows, raised, idle)


def _idle(owners: Owners, found: Sequence[Found]) -> Iterator[str]:
    """Waivers of the config that may go."""
    met = {(each.rule, each.waived) for each in found}
    for waiver in owners.waivers:
        if (waiver.rule, waiver.reason) not in met:
            where = f" of {waiver.cells}" if waiver.cells else ""
            yield f"the waiver of {waiver.rule}{where} met no finding; remove it: {waiver.reason}"


def told(result: Result) -> Iterator[str]:
    """What is bad, a line each; those after the first of a kind stand indented."""
    for each in result.verdict.failed:
        if each.limit == ASKED:
            yield from _asked(each, result)
    if text := broken(result.verdict):
        yield from text.splitlines()
    for line in result.promoted:
        yield f"ERROR: {line}"


def _asked(each: Judged, result: Result) -> Iterator[str]:
    name = each.metric
    if name.startswith("clock."):
        return  # wns_ns has told it
    yield f"ERROR: {WORDS.get(name, name)}: {each.measured}"
    if name == "wns_ns":
        for path in result.body["timing"]["worst_paths"][:1]:
            yield f"  {path['slack_ns']:+.3f} ns from {path['from_cell']} to {path['to_cell']}"
    kind = name.removesuffix("_critical")
    found = [x for x in standing(result.found) if x.report == kind]
    for finding in found[:SHOWN]:
        yield f"  {finding.rule}: {finding.text}"
    if len(found) > SHOWN:
        yield f"  and {len(found) - SHOWN} more, on the page"


def main(argv: Sequence[str]) -> int:
    """Look, write, tell; 3 if something is bad, 1 if it cannot be judged."""
    asked = json.loads(Path(argv[0]).read_text(encoding="utf-8"))
    try:
        result = look(asked)
    except BitwrightError as error:
        tell(str(error))
        return 1
    folder = Path() if result.ok else Path(FAILED)
    folder.mkdir(exist_ok=True)
    up = ".." if result.ok else "../.."
    place = asked["reports"].removeprefix("../")
    page = render(
        result.body,
        result.verdict,
        result.found,
        result.messages,
        steps=asked["steps"],
        reports=[f"{place}/{path.name}" for path in sorted(Path(asked["reports"]).glob("*.rpt"))],
        up=up,
    )
    texts = {METRICS: measure.to_json(result.body), VERDICT: verdict_json(result.verdict)}
    for name, text in {**texts, PAGE: page}.items():
        (folder / name).write_text(text, encoding="utf-8")
    print("\n".join([judged(result.verdict), *(f"note: {line}" for line in result.idle)]))
    print("\n".join(told(result)), end="")
    return 0 if result.ok else BAD


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

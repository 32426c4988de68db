"""Times in the logs of AMD's tools: what ran how long, in how much memory, with which checksum.

Phase 1.2 Build Placer Netlist Model | Checksum: 1d06a432a

Time (s): cpu = 00:00:10 ; elapsed = 00:00:12 . Memory (MB): peak = 1630.1 ; gain = 0.0
INFO: [HLS 200-111] Finished Linking: CPU user time: 1.2 seconds. CPU system time: 0.1 seconds. ...
[20:14:07] Run vpl: Step create_bd: Started
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from bitwright.reports.read.log import NUMBER, TEXT, Phase, Phases

TIME, ELAPSED, CPU = "Time (s): ", "Elapsed time: ", "CPU user time: "
CLOCK = r"(\d{1,6}:\d\d:\d\d(?:\.\d{1,9})?)"
TIMED = re.compile(
    rf"cpu = {CLOCK} ; elapsed = {CLOCK} \. "
    rf"Memory \(MB\): peak = {NUMBER} ; gain = (-?){NUMBER}(?: |$)"
)
CLOCKED = re.compile(
    rf"(?:{NUMBER} seconds|{CLOCK}); (?:current a|A)llocated memory: {NUMBER} ([KMG])B"
)
PROCESSOR = re.compile(rf"{NUMBER} seconds\. CPU system time: {NUMBER} seconds\. $")
LETTERS = r"(\d{1,6}h \d{1,2}m \d{1,2}s)"
TOTAL = re.compile(
    rf"(?:Total CPU user time: {NUMBER} seconds\. Total CPU system time: {NUMBER} seconds\. )?"
    rf"Total elapsed time: (?:{LETTERS}|{NUMBER} seconds; peak allocated memory: {NUMBER} ([KMG])B)"
)
CHECKED = re.compile(r"(?:(.*\S) \| )?Checksum: (.*\S)")
DAYTIME = r"\[(\d\d:\d\d:\d\d)\] "
STEP = re.compile(DAYTIME + r"(Run .*): (Started|Completed|Failed)$")
PLAIN = re.compile(DAYTIME + r"(Phase [\d.]+ .*)")
TASK = re.compile(DAYTIME + rf"Finished \S+ of \S+ tasks \((.*)\)\. Elapsed time: {LETTERS}")
MB = {"K": 1 / 1024, "M": 1.0, "G": 1024.0}  # 1023.7 MB is followed by 1.000 GB


@dataclass(slots=True)
class Times:
    """What is known so far."""

    phases: Phases = field(default_factory=Phases)
    cpu_s: float | None = None  # of the whole run
    elapsed_s: float | None = None
    memory_mb: float | None = None  # the highest so far
    _checked: Phase | None = None  # its checksum was the previous line; its time may yet come
    _ended: int | None = None  # the step that the previous line ended; its time may yet come
    _steps: dict[str, int] = field(default_factory=dict)  # those begun, in `phases`

    def read(self, line: int, text: str, previous: str) -> None:
        """Read one line that is not blank, without severity and id, and the one before it."""
        checked, ended = self._checked, self._ended
        plain = "ime" not in text and "Checksum" not in text and text[0] != "["
        if plain and not checked and ended is None:
            return  # as most lines of a log
        self._checked = self._ended = None
        found = _timed(line, text)
        if found:
            self.memory_mb = max(self.memory_mb or 0, found.memory_mb or 0)
        if found and not found.name and ended is not None:
            self.phases.change(
                ended, cpu_s=found.cpu_s, elapsed_s=found.elapsed_s, memory_mb=found.memory_mb
            )
        elif found and not found.name and checked:
            name, sum = checked.name, checked.checksum
            self.phases.add(replace(found, line=checked.line, name=name, checksum=sum))
        else:
            if checked:
                self.phases.add(checked)
            if found:
                self.phases.add(replace(found, name=found.name or _name(previous)))
            else:
                self._untimed(line, text)

    def close(self) -> None:
        """The log is at its end."""
        if self._checked:
            self.phases.add(self._checked)

    def _untimed(self, line: int, text: str) -> None:
        if "Checksum: " in text and (sum := CHECKED.match(text)):
            self._checked = Phase(_name(sum[1] or "Checksum"), line, checksum=sum[2][:TEXT])
        elif text[0] == "[":
            self._clocked(line, text)
        elif total := TOTAL.match(text):
            self._total(total)

    def _clocked(self, line: int, text: str) -> None:
        """A line of v++ that begins with the time of day."""
        if step := STEP.match(text):
            if step[3] == "Started":
                place = self.phases.add(Phase(step[2], line, began=step[1]))
                if place is not None:
                    self._steps[step[2]] = place
            elif (place := self._steps.pop(step[2], None)) is not None:
                self.phases.change(place, ended=step[1])
                self._ended = place
        elif task := TASK.match(text):
            self.phases.add(Phase(task[2], line, ended=task[1], elapsed_s=_seconds(task[3])))
        elif plain := PLAIN.match(text):
            self.phases.add(Phase(plain[2], line, began=plain[1]))

    def _total(self, total: re.Match[str]) -> None:
        if not total[3]:  # vitis-run, which adds its own total, did not count processor time
            self.cpu_s = round(float(total[1]) + float(total[2]), 3) if total[1] else None
        self.elapsed_s = _seconds(total[3] or total[4])
        if total[5]:
            self.memory_mb = max(self.memory_mb or 0, float(total[5]) * MB[total[6]])


def _timed(line: int, text: str) -> Phase | None:
    """The phase that a line with times ends; without a name where another line names it."""
    name, _, times = text.partition(TIME)
    if times and (vivado := TIMED.match(times)):
        cpu, elapsed, peak, sign, gain = vivado.groups()
        return Phase(
            _name(name),
            line,
            cpu_s=_seconds(cpu),
            elapsed_s=_seconds(elapsed),
            memory_mb=float(peak),
            gain_mb=float(sign + gain),
        )
    before, _, times = text.partition(ELAPSED)
    if times and (hls := CLOCKED.match(times)):
        seconds, clock, memory, unit = hls.groups()
        name, _, processor = before.partition(CPU)
        cpu_s = PROCESSOR.match(processor)  # from 2021.1
        return Phase(
            _name(name),
            line,
            cpu_s=round(float(cpu_s[1]) + float(cpu_s[2]), 3) if cpu_s else None,
            elapsed_s=_seconds(seconds or clock),
            memory_mb=float(memory) * MB[unit],
        )
    return None


def _name(text: str) -> str:
    """'Finished Linking : ' -> 'Linking'"""
    return text.strip().removeprefix("Finished ").removeprefix("Ending ").rstrip(" :.")


def _seconds(text: str) -> float:
    """'00:18:20', '00:00:00.98', '374.47' or '0h 18m 20s'."""
    seconds = 0.0
    for part in re.split("[:hms ]+", text.removesuffix("s")):
        seconds = seconds * 60 + float(part)
    return round(seconds, 3)

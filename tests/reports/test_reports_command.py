"""`python -m bitwright.reports FILE...` says what it read, one JSON object a line, or why not."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from bitwright.reports.__main__ import main

SPECIMENS = Path(__file__).parents[1] / "specimens"
REPORT = SPECIMENS / "yosys-0.70" / "stat.json"
LOG = SPECIMENS / "vivado-2022.2" / "runme.log"


def run(capsys, *files: object) -> tuple[int, list[dict]]:
    """The exit status, and every line of the output as JSON."""
    status = main([str(file) for file in files])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def refused(capsys, file: object) -> dict:
    """The error that the only line tells."""
    status, (row,) = run(capsys, file)
    assert status == 1
    assert set(row) == {"path", "error"}
    assert set(row["error"]) == {"line", "problem", "expected", "found", "next"}
    return row["error"]


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def test_each_report_is_one_line_with_kind_tool_version_part_and_values(capsys):
    status, rows = run(capsys, REPORT, LOG)
    assert status == 0
    assert [list(row) for row in rows] == 2 * [
        ["path", "kind", "tool", "version", "part", "values"]
    ]
    assert [row["path"] for row in rows] == [str(REPORT), str(LOG)]
    assert rows[1]["kind"] == "vivado_log"
    assert {"id", "severity", "count"} <= rows[1]["values"]["messages"][0].keys()


def test_the_name_of_a_file_does_not_matter(capsys, tmp_path):
    other = tmp_path / "power.rpt"
    other.write_bytes(LOG.read_bytes())
    _, (row,) = run(capsys, other)
    assert row["kind"] == "vivado_log"


def test_one_file_that_fails_fails_the_command_and_not_the_others(capsys, tmp_path):
    empty = tmp_path / "timing.rpt"
    empty.touch()
    status, rows = run(capsys, REPORT, empty, LOG)
    assert status == 1
    assert ["error" in row for row in rows] == [False, True, False]


def test_an_error_has_its_line_and_what_was_expected(capsys, tmp_path):
    cut = tmp_path / "stat.json"
    cut.write_text(REPORT.read_text()[:-40])
    error = refused(capsys, cut)
    assert error["line"] == REPORT.read_text()[:-40].count("\n") + 1
    assert error["expected"] == "one JSON document"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"\n \n", "an empty file"),
        (bytes(range(256)) * 300, "'"),
        (b"\x7fELF\x02\x01\x01" + bytes(5000), "'"),
        (b"what is this?\n", "'what is this?'"),
    ],
)
def test_what_is_no_report_is_an_error(capsys, tmp_path, content, found):
    file = tmp_path / "file"
    file.write_bytes(content)
    error = refused(capsys, file)
    assert error["problem"] == "no reader knows this report"
    assert error["found"].startswith(found)


def test_what_is_no_file_is_an_error_that_says_what_to_do(capsys, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, found in (
        (tmp_path, "a folder"),
        (pipe, "a pipe or a device"),
        ("/dev/null", "a pipe or a device"),
        (tmp_path / "none", "No such file or directory"),
        ("x" * 300, "File name too long"),
    ):
        error = refused(capsys, path)
        assert error["found"] == found
        assert "python -m bitwright.reports -" in error["next"]


def test_a_file_that_may_not_be_read_is_an_error(capsys, tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    secret = tmp_path / "secret.rpt"
    secret.write_bytes(REPORT.read_bytes())
    secret.chmod(0)
    assert refused(capsys, secret)["found"] == "Permission denied"


def test_standard_input_is_read(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LOG.read_bytes())))
    status, (row,) = run(capsys, "-")
    assert (status, row["path"], row["kind"]) == (0, "-", "vivado_log")


def test_every_report_in_an_archive_is_read_and_nothing_is_unpacked(capsys, tmp_path, monkeypatch):
    path = archive(
        tmp_path / "design.xsa",
        {"logs/runme.log": LOG.read_bytes(), "stat": REPORT.read_bytes(), "a.bit": bytes(9999)},
    )
    monkeypatch.chdir(tmp_path)
    status, rows = run(capsys, path)
    assert status == 0
    assert [(row["path"], row["kind"]) for row in rows] == [
        (f"{path}!logs/runme.log", "vivado_log"),
        (f"{path}!stat", "yosys_stat"),
    ]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "name", ["../out.log", "a/../../out.log", "/etc/out.log", "C:\\out.log", "..\\out.log"]
)
def test_a_member_that_leads_out_of_the_archive_is_an_error(capsys, tmp_path, name):
    path = archive(tmp_path / "a.zip", {name: LOG.read_bytes(), "stat": REPORT.read_bytes()})
    status, rows = run(capsys, path)
    assert status == 1
    assert rows[0]["error"]["found"] in ("a path that leads out of the archive", "an absolute path")
    assert rows[1]["kind"] == "yosys_stat"
    assert list(tmp_path.parent.rglob("out.log")) == []


def test_a_link_in_an_archive_is_an_error(capsys, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        link = zipfile.ZipInfo("runme.log")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    _, rows = run(capsys, path)
    assert rows[0]["error"]["found"] == "a symbolic link"


def test_a_member_that_is_far_larger_than_it_looks_is_not_touched(capsys, tmp_path):
    bomb = LOG.read_bytes() + b" " * (32 << 20)
    status, rows = run(capsys, archive(tmp_path / "a.zip", {"runme.log": bomb}))
    assert status == 1
    assert rows[0]["error"]["found"].startswith("32 MiB from ")


def test_an_encrypted_member_is_an_error(capsys, tmp_path):
    path = archive(tmp_path / "a.zip", {"runme.log": LOG.read_bytes()})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # its flags in the archive's directory
    path.write_bytes(data)
    _, rows = run(capsys, path)
    assert rows[0]["error"]["found"] == "an encrypted file"


def test_an_archive_without_a_report_is_an_error(capsys, tmp_path):
    for members in ({}, {"a.bit": bytes(9999)}):
        error = refused(capsys, archive(tmp_path / "a.zip", members))
        assert error["problem"] == "there is no report in this archive"


def test_an_archive_cut_at_any_byte_is_an_error(capsys, tmp_path):
    data = archive(tmp_path / "a.zip", {"runme.log": LOG.read_bytes()}).read_bytes()
    for length in range(4, len(data), 41):
        (tmp_path / "cut.zip").write_bytes(data[:length])
        assert refused(capsys, tmp_path / "cut.zip")["problem"] == "this archive is broken"


def test_a_member_whose_bytes_were_changed_is_an_error(capsys, tmp_path):
    path = archive(tmp_path / "a.zip", {"runme.log": LOG.read_bytes()})
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    status, rows = run(capsys, path)
    assert status == 1
    assert rows[0]["path"] == f"{path}!runme.log"
    assert rows[0]["error"]["problem"] == "this member of the archive is broken"


@pytest.mark.parametrize("width", [40, 70, 160])
def test_tables_for_people_fit_their_terminal(capsys, monkeypatch, tmp_path, width):
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(["--table", str(LOG), str(REPORT), str(tmp_path / "none")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    said = " ".join(lines)
    for words in ("vivado_log", "xc7z020clg400-1", "Vivado 12-584", "LUT4", "109"):
        assert words in said
    assert "No such file or directory" in said


def test_tables_for_people_have_errors_first(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    main(["--table", str(LOG)])
    out = capsys.readouterr().out
    assert out.index("Place 30-99") < out.index("Common 17-55") < out.index("Vivado 12-584")


def test_diff_is_the_comparison_of_two_reports(monkeypatch):
    from bitwright.reports.compare import command

    asked = []
    monkeypatch.setattr(command, "main", lambda argv: asked.append(argv) or 3)
    assert main(["diff", "a.rpt", "b.rpt"]) == 3
    assert asked == [["a.rpt", "b.rpt"]]


def test_a_reader_that_has_seen_enough_ends_it_quietly():
    module = [sys.executable, "-m", "bitwright.reports"]
    flows = {**os.environ, "PYTHONPATH": "flows"}
    script = '"$@" | head -c 10; exit "${PIPESTATUS[0]}"'
    found = subprocess.run(
        ["bash", "-c", script, "bash", *module, *[str(LOG)] * 200],
        env=flows,
        cwd=SPECIMENS.parents[1],
        capture_output=True,
        text=True,
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, '{"path": "', "")


def test_tables_hold_nothing_that_a_terminal_would_obey_or_could_not_write(capsys, tmp_path):
    path = tmp_path / os.fsdecode(b"\xff\x1b]0;title\x07.log")
    path.write_text("****** Vivado v2022.2 (64-bit)\nERROR: [Place 1-1] \x1b]0;title\x07 \x9b2J\n")
    stat = tmp_path / "stat.json"
    stat.write_text(REPORT.read_text().replace("LUT4", "LUT4\\u001b[2J\\ud800"))
    assert main(["--table", str(path), str(stat)]) == 0
    out = capsys.readouterr().out
    assert all(mark.isprintable() or mark == "\n" for mark in out)
    assert "Place 1-1" in out

"""`python -m bitwright.blockdesign`: subcommands are modules, errors are exit statuses."""

import re
from importlib import import_module

import pytest
from bitwright.blockdesign import commands
from bitwright.blockdesign.__main__ import main

PROBE = '''"""say what is given

More about it.
"""

from bitwright.errors import ConfigError, ToolError


def add(parser):
    parser.add_argument("word")


def run(args):
    if args.word == "wrong":
        raise ConfigError("probe.yml:3: wrong")
    if args.word == "broken":
        raise ToolError("the tool broke")
    print(args.word)
    return 0
'''


@pytest.fixture
def probe(tmp_path, monkeypatch):
    (tmp_path / "probe.py").write_text(PROBE)
    monkeypatch.setattr(commands, "__path__", [*commands.__path__, str(tmp_path)])


def test_a_module_in_the_folder_is_a_subcommand(probe, capsys):
    assert main(["probe", "hello"]) == 0
    assert capsys.readouterr().out == "hello\n"


def test_help_says_the_first_line_of_each_module(probe, capsys):
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    assert "probe" in (out := capsys.readouterr().out) and "say what is given" in out
    assert "More about it" not in out


@pytest.mark.parametrize(("word", "status"), [("wrong", 2), ("broken", 1)])
def test_an_error_is_told_without_a_traceback_and_with_a_status_of_its_kind(
    probe, capsys, word, status
):
    assert main(["probe", word]) == status
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ([], "expected a command, found none"),
        (["no-such-thing"], "found 'no-such-thing'\n  expected  one of catalogue, check, diff"),
        (["chek", "x"], "found 'chek'; did you mean 'check'?"),
        (["diff", "a.yml"], "required: B\n  expected  diff [--picture FILE.svg] [--all] A B"),
        (["map", "x", "--format", "xml"], "invalid choice: 'xml'"),
        (["map", "x", "--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_a_wrong_command_line_is_refused_with_what_next(line, told, capsys):
    assert main(line) == 2
    out, err = capsys.readouterr()
    assert out == "" and told in err
    assert re.search(r"^  next      python -m bitwright.blockdesign (\w+ )?--help$", err, re.M)
    assert max(map(len, err.splitlines())) <= 100


@pytest.mark.parametrize("name", commands.names())
def test_help_keeps_the_lines_of_its_command(name, capsys):
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert (import_module(f"bitwright.blockdesign.commands.{name}").__doc__ or "") in (
        out := capsys.readouterr().out
    )
    assert max(map(len, out.splitlines())) <= 100


@pytest.mark.parametrize("words", [["draw", "a.yml", "--out"], ["diff", "a", "b", "--picture"]])
def test_a_picture_under_the_name_of_another_format_is_refused(words, tmp_path, capsys):
    assert main([*words, str(tmp_path / "x.PNG")]) == 2
    assert f"next      {tmp_path / 'x.svg'}" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())

"""`python -m bitwright.blockdesign`: subcommands are modules, errors are exit statuses."""

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


@pytest.mark.parametrize("line", [[], ["no-such-thing"]])
def test_a_command_line_without_a_subcommand_is_refused(line):
    with pytest.raises(SystemExit) as end:
        main(line)
    assert end.value.code == 2

"""Options of commands: what they take, and how help tells of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ConfigError
from bitwright.front import options, session

from tests.front.toy import Toy


@pytest.fixture
def caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BITWRIGHT_CWD", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("word", ["of", "onn", "OFF", "kept"])
def test_a_word_that_is_neither_on_nor_off_nor_a_folder_is_no_cache(caller: Path, word: str):
    with pytest.raises(ConfigError, match=rf"found '{word}'[^\n]*\n  next .*cache=\./{word}$"):
        session._cache({"cache": word})
    assert not list(caller.iterdir())


def test_a_near_word_is_told_what_was_meant(caller: Path):
    with pytest.raises(ConfigError, match="did you mean 'off'"):
        session._cache({"cache": "of"})


def test_a_folder_that_is_there_or_is_written_with_a_slash_is_a_cache(caller: Path):
    (caller / "kept").mkdir()
    for word in ("kept", "./of", "of/", "a/b"):
        assert session._cache({"cache": word}) == (str(caller / word), 10)
    assert session._cache({"cache": "off"}) == ("off", 10)
    assert list(caller.iterdir()) == [caller / "kept"]


@pytest.mark.parametrize("task", [name for name, one in options.COMMANDS.items() if one.takes])
def test_help_is_at_most_100_columns_wide(toy: Toy, task: str):
    done = toy.doit("help", task)
    assert max(map(len, done.stdout.splitlines())) <= 100

"""`doit diff` and `doit baseline`, on the toy project whose numbers stand in source.txt."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.front.toy import Toy

BASELINE = "reports/baselines/tiny/ulx3s-85f.json"


def built(toy: Toy, numbers: str) -> None:
    (toy.root / "source.txt").write_text(numbers)
    toy.doit("bitstream", "config=tiny")


def accepted(toy: Toy, numbers: str = "4.0 100", *words: str) -> None:
    built(toy, numbers)
    ended = toy.doit("baseline", "config=tiny", *words)
    assert ended.returncode == 0, ended.stderr


def git(toy: Toy, *words: str) -> str:
    name = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *name, *words], cwd=toy.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_build_equal_to_its_baseline_is_not_worse(measured: Toy):
    accepted(measured)
    ended = measured.doit("diff", "config=tiny")
    assert ended.returncode == 0, ended.stderr
    assert "no measure differs" in ended.stdout


def test_a_regression_is_exit_status_1_with_the_metric_on_top(measured: Toy):
    accepted(measured)
    built(measured, "1.0 102")
    ended = measured.doit("diff", "config=tiny", "format=json")
    assert ended.returncode == 1
    body = json.loads(ended.stdout)  # nothing else stands on standard output
    assert body["worse"] is True
    assert body["rows"][0]["metric"] in ("wns_ns", "achieved_mhz")
    assert {row["metric"]: row["verdict"] for row in body["rows"]}["lut"] == "regression"


def test_markdown_is_all_that_stands_on_standard_output(measured: Toy):
    accepted(measured)
    built(measured, "4.0 90")
    ended = measured.doit("diff", "config=tiny", "format=markdown")
    assert ended.returncode == 0
    assert ended.stdout.startswith("### 🟢 tiny on ulx3s-85f: not worse: 1 gain")


def test_without_a_baseline_it_says_how_to_get_one(measured: Toy):
    built(measured, "4.0 100")
    ended = measured.doit("diff", "config=tiny")
    assert ended.returncode == 2
    assert "next      ./doit baseline config=tiny" in ended.stderr


def test_without_a_build_there_is_nothing_to_compare(measured: Toy):
    accepted(measured)
    measured.doit("clean", "config=tiny")
    ended = measured.doit("diff", "config=tiny")
    assert ended.returncode == 2  # 1 would say that something got worse
    assert "there is no build to compare" in ended.stderr
    assert "next      ./doit bitstream config=tiny target=ulx3s-85f" in ended.stderr
    ended = measured.doit("baseline", "config=tiny", "seed=2")
    assert ended.returncode == 2
    assert "there is no build to accept" in ended.stderr
    assert "next      ./doit bitstream config=tiny target=ulx3s-85f seed=2\n" in ended.stderr


def test_numbers_that_cannot_be_read_are_not_told_as_a_regression(measured: Toy):
    accepted(measured)
    (measured.root / BASELINE).write_text("{}")
    ended = measured.doit("diff", "config=tiny")
    assert ended.returncode == 2
    assert "this baseline is not as known" in ended.stderr


def test_another_seed_or_clock_than_what_is_built_is_refused(measured: Toy):
    accepted(measured)
    ended = measured.doit("diff", "config=tiny", "seed=2")
    assert ended.returncode == 2
    assert "has seed=1, not seed=2\n  next      ./doit bitstream config=tiny" in ended.stderr
    assert "target=ulx3s-85f seed=2, or seed=1 for what is there" in ended.stderr
    assert ended.stdout.count("\n") == 1  # nothing is shown that a script could believe
    ended = measured.doit("diff", "config=tiny", "clock_mhz=60")
    assert ended.returncode == 2
    assert "has clock_mhz=50, not clock_mhz=60" in ended.stderr
    ended = measured.doit("baseline", "config=tiny", "seed=2", "force=on")
    assert ended.returncode == 2
    assert json.loads((measured.root / BASELINE).read_text())["seed"] == 1


def test_a_hint_names_the_config_by_the_path_it_was_given_by(measured: Toy):
    (measured.root / "own").mkdir()
    (measured.root / "own/lim.yml").write_bytes((measured.root / "configs/tiny.yml").read_bytes())
    ended = measured.doit("diff", "config=own/lim.yml")
    assert "next      ./doit bitstream config=own/lim.yml target=ulx3s-85f" in ended.stderr
    measured.doit("bitstream", "config=own/lim.yml")
    ended = measured.doit("diff", "config=own/lim.yml")
    assert "next      ./doit baseline config=own/lim.yml target=ulx3s-85f" in ended.stderr
    (measured.root / "source.txt").write_text("1.0 100")
    ended = measured.doit("baseline", "config=own/lim.yml")
    assert "next      ./doit bitstream config=own/lim.yml target=ulx3s-85f" in ended.stderr


def test_a_build_that_is_out_of_date_is_compared_and_that_is_said(measured: Toy):
    accepted(measured)
    (measured.root / "source.txt").write_text("1.0 100")
    ended = measured.doit("diff", "config=tiny")
    assert "not up to date: generate: source.txt changed" in ended.stdout


def test_a_build_that_is_out_of_date_or_failed_is_not_accepted_unless_said(measured: Toy):
    built(measured, "4.0 100")
    (measured.root / "source.txt").write_text("3.0 100")
    ended = measured.doit("baseline", "config=tiny")
    assert ended.returncode == 2
    assert "not up to date (generate: source.txt changed)" in ended.stderr
    built(measured, "-1.0 100")
    ended = measured.doit("baseline", "config=tiny")
    assert ended.returncode == 2
    assert "the verdict on this build is bad (wns_ns)" in ended.stderr
    assert not (measured.root / BASELINE).exists()
    assert measured.doit("baseline", "config=tiny", "force=on").returncode == 0
    assert json.loads((measured.root / BASELINE).read_text())["ok"] is False


def test_a_build_that_fell_is_worse_and_its_broken_limit_is_named(measured: Toy):
    accepted(measured)
    built(measured, "-1.0 100")
    ended = measured.doit("diff", "config=tiny")
    assert ended.returncode == 1
    assert "limits broken (wns_ns)" in ended.stdout


def test_the_same_build_gives_the_same_baseline(measured: Toy):
    accepted(measured)
    first = (measured.root / BASELINE).read_bytes()
    ended = measured.doit("baseline", "config=tiny")
    assert "as it was" in ended.stdout
    assert (measured.root / BASELINE).read_bytes() == first
    assert str(measured.root).encode() not in first


def test_seeds_make_a_noise_band_and_a_change_within_it_is_noise(measured: Toy):
    accepted(measured, "4.0 100", "seeds=5")
    noise = json.loads((measured.root / BASELINE).read_text())["noise"]
    assert noise["wns_ns"]["values"] == pytest.approx([4.0, 4.1, 3.9, 4.0, 4.1])
    assert noise["lut"]["sd"] == 0
    built(measured, "3.9 100")
    ended = measured.doit("diff", "config=tiny", "format=json")
    assert ended.returncode == 0
    assert {row["verdict"] for row in json.loads(ended.stdout)["rows"]} == {"noise"}
    built(measured, "2.9 100")
    assert measured.doit("diff", "config=tiny").returncode == 1


def test_another_seed_of_the_same_design_is_noise_and_a_real_loss_is_not(measured: Toy):
    accepted(measured, "4.0 100", "seeds=5")  # 3.9 to 4.1, by the seed
    measured.doit("bitstream", "config=tiny", "seed=2", "variant=seed-2")
    words = ("config=tiny", "seed=3", "format=json", "against=build/tiny/ulx3s-85f/variants/seed-2")
    for slack, verdict, status in (("4.0", "noise", 0), ("3.0", "regression", 1)):
        (measured.root / "source.txt").write_text(f"{slack} 100")
        measured.doit("bitstream", "config=tiny", "seed=3")
        ended = measured.doit("diff", *words)
        assert ended.returncode == status, ended.stderr
        body = json.loads(ended.stdout)
        assert {row["metric"]: row["verdict"] for row in body["rows"]}["wns_ns"] == verdict
        assert "how far two builds lie apart, by 5 seeds of the baseline" in body["notes"][-1]


def test_accepting_again_keeps_the_noise_of_the_same_netlist_only(measured: Toy):
    accepted(measured, "4.0 100", "seeds=3")
    assert measured.doit("baseline", "config=tiny").returncode == 0
    assert json.loads((measured.root / BASELINE).read_text())["noise"]
    built(measured, "3.9 100")
    ended = measured.doit("baseline", "config=tiny")
    assert "the noise band so far was measured on another netlist" in ended.stdout
    assert not json.loads((measured.root / BASELINE).read_text())["noise"]


def test_against_a_revision_is_against_its_baseline_or_its_build(measured: Toy):
    git(measured, "init", "-q")
    accepted(measured)
    git(measured, "add", BASELINE, "source.txt", "configs")
    git(measured, "commit", "-q", "-m", "one")
    built(measured, "1.0 100")
    ended = measured.doit("diff", "config=tiny", "against=HEAD")
    assert ended.returncode == 1
    assert "before  baseline as of" in ended.stdout
    git(measured, "add", "source.txt")
    git(measured, "commit", "-q", "-m", "two")
    built(measured, "1.0 101")
    built(measured, "1.0 100")  # of a clean tree: that build is kept in the history
    ended = measured.doit("diff", "config=tiny", "against=HEAD")
    assert "before  build of" in ended.stdout
    assert ended.returncode == 0


def test_against_a_folder_or_a_file_and_nothing_else(measured: Toy):
    accepted(measured)
    for path in ("build/tiny/ulx3s-85f", "build/tiny/ulx3s-85f/report/metrics.json", BASELINE):
        ended = measured.doit("diff", "config=tiny", f"against={path}")
        assert ended.returncode == 0, ended.stderr
    ended = measured.doit("diff", "config=tiny", "against=no/such")
    assert ended.returncode == 2
    assert "neither a path nor a revision of git" in ended.stderr
    ended = measured.doit("diff", "config=tiny", "against=--exec=true")
    assert ended.returncode == 2
    assert "expected a path or a revision of git" in ended.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("diff", "format=html"), "format: expected one of table, markdown, json"),
        (("baseline", "seeds=2"), "seeds: expected a whole number from 3 to 99"),
        (("baseline", "force=yes"), "force: expected one of off, on"),
    ],
)
def test_an_option_that_is_none_is_refused(measured: Toy, words: tuple[str, str], says: str):
    built(measured, "4.0 100")
    ended = measured.doit(words[0], "config=tiny", words[1])
    assert ended.returncode == 2
    assert says in ended.stderr

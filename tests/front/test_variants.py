"""A variant is built beside its design, and shares with it all that is the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bitwright import design, engine, plan, toolchains
from bitwright.engine import Step

from tests.front.toy import ROOT, Toy

SHARED = ("generate", "synthesize", "report", "bitstream")


def test_a_variant_lies_below_its_design_and_leaves_the_design_as_it_is(toy: Toy):
    assert toy.doit("bitstream", "config=tiny").returncode == 0
    design = toy.root / "build/tiny/ulx3s-85f"
    before = (design / "implement/record.json").read_bytes()
    done = toy.doit("bitstream", "config=tiny", "seed=2", "variant=seed-2")
    assert done.returncode == 0, done.stderr
    assert "build/tiny/ulx3s-85f/variants/seed-2/bitstream/out.bit" in done.stdout
    assert (design / "implement/record.json").read_bytes() == before
    variant = json.loads((design / "variants/seed-2/manifest.json").read_bytes())
    assert variant["settings"]["seed"] == 2
    assert "variant" not in variant["settings"]


def test_a_variant_takes_from_the_cache_what_is_the_same_in_its_design(toy: Toy):
    toy.doit("bitstream", "config=tiny")
    shown = toy.doit("bitstream", "config=tiny", "seed=2", "variant=seed-2").stdout
    assert re.findall(r"^(\w+) +restored from the cache", shown, re.M) == list(SHARED)
    assert re.findall(r"^(\w+) +runs: never built", shown, re.M) == ["implement"]


def keys(step: Step) -> object:
    """What of a step's key comes from the plan."""
    scripts = [(name, engine._placeless(step, text)) for name, text in step.scripts]
    return (
        step.name,
        step.command,
        scripts,
        step.settings,
        [engine._label(step, p) for p in step.reads],
    )


def test_no_step_of_the_real_plan_has_another_key_in_a_variant(monkeypatch):
    monkeypatch.chdir(ROOT)
    tools = toolchains.probe("open")
    plain = plan.plan(design.load("tiny", root=ROOT), tools)
    variant = plan.plan(design.load("tiny", root=ROOT, options={"variant": "seed-1"}), tools)
    assert variant[0].dir == Path("build/tiny/ulx3s-85f/variants/seed-1/generate")
    for one, other in zip(plain, variant, strict=True):
        assert keys(one) == keys(other)


def test_a_script_that_climbs_beyond_the_root_is_another_one_at_another_depth(tmp_path: Path):
    def parts(folder: str, text: str) -> object:
        return engine._placeless(Step("s", Path(folder), (), (), ("true",)), text)

    assert parts("build/a/b/s", "read ../../../../x") == parts(
        "build/a/b/v/w/s", f"read {'../' * 6}x"
    )
    assert parts("build/a/b/s", f"read {'../' * 6}x") != parts(
        "build/a/b/v/w/s", f"read {'../' * 6}x"
    )
    assert parts("build/a/b/s", "read a../../../../x") == "read a../../../../x"


def test_clean_removes_a_design_of_which_there_are_only_variants(toy: Toy):
    toy.doit("bitstream", "config=tiny", "variant=seed-1")
    done = toy.doit("clean", "config=tiny")
    assert (done.returncode, done.stdout) == (0, "removed build/tiny/ulx3s-85f\n")
    assert not (toy.root / "build/tiny").exists()

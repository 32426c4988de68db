"""The table of contents: every task, one line each, in the order people need them.

    ./doit list                           these tasks
    ./doit bitstream config=gpt2-medium   the steps of a build, where not up to date

The way through is configs/*.yml -> Design -> Steps -> Records. `flows/bitwright/design.py` reads a
config, `plan.py` makes Steps of it, `engine.py` decides whether a Step runs and runs it, and the
modules in `steps/` are what the Steps run. doit only walks the tasks below; it keeps no state.
"""

from bitwright.front import (
    adopt,
    check,
    commands,
    deploy,
    diff,
    history,
    nightly,
    selftest,
    site,
    tasks,
)

DOIT_CONFIG = {
    "backend": "sqlite3",  # in memory: the state of a build stands in its Records
    "dep_file": ":memory:",
    "par_type": "thread",
    "reporter": commands.Reporter,
}


def task_bitstream():
    """build a bitstream, with its report: bitstream config=gpt2-medium"""
    return tasks.step("bitstream")


def task_sim():
    """simulate the engine against the golden model: sim config=tiny"""
    yield from tasks.steps("sim")


def task_csim():
    """simulate the HLS kernels in C++, at full size: csim config=tiny

    Each kernel in each number format, or in the one of format=: a config's sizes with g++ -O2, then
    two small ones with the address and undefined-behaviour sanitizers. int8 and w4a8 must be equal
    bit for bit, fp16 within a bound of the float model that the values give. No vendor tool is
    needed. A case is one call: all tokens, one, a part of a tile, extremes, positions in the
    cache, and what must be refused. What differs is kept in the step's folder, in failed/. The
    first time takes a minute or two, nearly all of it g++; -n 3 compiles side by side.
    """
    yield from tasks.steps("csim")


def task_hls():
    """make IPs of the HLS kernels with Vitis HLS: hls config=gpt2-medium

    Each kernel in the config's format, for the config's first target with an AMD part: simulated
    in C++ against golden, laid out as a folder with sources, vectors, hls_config.cfg and
    run_hls.tcl, then run by whichever of v++, vitis-run and vitis_hls is installed. The register
    map must be the signature's; limits such as hls.ffn.interval_cycles are judged before any
    implementation starts.

    Exit status 0: the IPs are exported. 1: something failed, the register map is another one or a
    limit is broken. 2: the command line or a config is wrong. 4: no HLS tool is on PATH; all that
    can be checked without one is good, and the folders can be taken to where the tools are.
    """
    yield from tasks.steps("hls")


def task_package():
    """make IPs of the RTL kernels, Vivado or not: package config=tiny

    Each with the config's sizes, for target= or the config's first target with an AMD part:
    sources, generated registers, component.xml, and package_ip.tcl by which Vivado's own packager
    makes the same; for XRT kernel.xml and package_xo.tcl too. The folder is an IP repository. With
    Vivado on PATH the packager runs, and what it makes is compared with ours.
    """
    yield from tasks.steps("package")


def task_adopt():
    """give AXI ports to C++ that Stream-HLS generated: adopt source=FILE.cpp

    Each array argument gets an AXI port, scalars and control get registers; array_partition goes
    where an array is now behind a port, and nowhere else. The rest of the source stays byte for
    byte. Beside it: kernel.yml, a FuseSoC core, scripts for both kinds of Vitis HLS, a test bench.
    What would not work in hardware is refused or told, with its line. Exit status 0: written, or
    all was there; 2: refused, nothing written.
    """
    return tasks.action(adopt.task)


def task_lint():
    """check the RTL and the HLS kernels, before any build: lint config=tiny"""
    yield from tasks.steps("lint")


def task_check():
    """find faults of block designs before Vivado starts: check config=tiny

    The design of target=, or of each of the config's targets that has one: unknown cells, pins and
    parameters, what is not joined or joined wrongly, clock and reset domains, addresses. A clean
    design is one line; `python -m bitwright.blockdesign check --rules` lists what is checked, and
    takes files too. Exit status 0: no errors. 1: errors. 2: the command line or a config is wrong.
    """
    return tasks.action(check.task)


def task_deploy():
    """put what AMD boards need in a folder: deploy config=tiny target=kv260

    Bitstream, hardware description, a driver in Python, vectors to check with, a manifest, and a
    README with the three lines to run; for a Kria card its firmware too.
    """
    return deploy.task()


def task_program():
    """load the bitstream into the board: program config=tiny

    Over USB (ULX3S), over JTAG (u280), or with at= over ssh (pynq-z2, zcu104, kv260: it runs the
    check of the deployed folder as well) or into a card under XRT.
    """
    return deploy.program_task()


def task_test():
    """run every test of this project; after -- come arguments for pytest"""
    return tasks.action(tasks.run_tests)


def task_plan():
    """show the steps of a build, up to date or why not: plan config=tiny

    With the name of another task the steps of that one: plan csim, plan hls, plan sim, plan lint.
    """
    return tasks.action(tasks.plan)


def task_why():
    """tell why one step would run: why implement config=tiny

    Any step of a build or of csim, hls, sim and lint: why csim-ffn-int8, why project-ffn.
    """
    return tasks.action(tasks.why)


def task_diff():
    """show what changed, by default since the baseline: diff config=tiny

    The worst stands first. Exit status: 0 nothing got worse, 1 something did, 2 nothing was judged:
    no build, another seed or clock built than asked for, or two that cannot be judged against one
    another. A build that is older than its sources is judged as it is, and a note says so. What
    counts as worse: reports/README.md.
    """
    return tasks.action(diff.diff)


def task_baseline():
    """accept the present numbers as the baseline; seeds=8: the noise band too

    Written to reports/baselines/, to be committed. Refused while the build is out of date or its
    verdict bad.
    """
    return tasks.action(diff.accept)


def task_history():
    """show what every build measured: history config=tiny metric=wns_ns"""
    return tasks.action(history.task)


def task_site():
    """make build/site/: builds, trends, comparisons; opens without a server"""
    return tasks.action(site.task)


def task_nightly():
    """build configs/nightly.yml and say in one page what failed or got worse

    The page is build/nightly/summary.md. Exit status 0: nothing failed, nothing got worse than its
    baseline; 1: something did; 2: the matrix or the command line is wrong, nothing was built.
    """
    return tasks.action(nightly.task)


def task_doctor():
    """show every tool, and how to get what is missing"""
    return tasks.action(tasks.doctor)


def task_vivado_selftest():
    """hold a real Vivado against what the checks believe

    Every IP of the catalogue is made and its pins, interfaces and parameters are compared, the
    block designs are validated and generated, the smallest is built. Takes an hour or two and a
    licence for the parts that need one. The archive holds logs and differences, and no name of a
    home, host or user: please send it, good or bad.

    Exit status 0: all is as believed. 1: something is not, or failed. 2: the command line or
    machine.yml is wrong. 4: there is no Vivado here; nothing was compared.
    """
    return {"basename": "vivado-selftest", **tasks.action(selftest.task)}


def task_whatis():
    """find the build that a bitstream came from: whatis FILE.bit"""
    return tasks.action(tasks.tell_bitstream)


def task_generate():
    """step 1: write the registers and the system around the engine"""
    return tasks.step("generate")


def task_synthesize():
    """step 2: make the netlist (Yosys; Vivado, after the block design)"""
    return tasks.step("synthesize")


def task_implement():
    """step 3: place and route the netlist (nextpnr; Vivado)"""
    return tasks.step("implement")


def task_report():
    """step 4: read timing and area, judge them, draw the page"""
    return tasks.step("report")


def task__steps():
    """the steps that have no name of their own here, such as those of AMD's tools"""
    yield from tasks.others([name.removeprefix("task_") for name in globals()])

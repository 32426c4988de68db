"""What is joined with what, through however many nets: across hierarchies a wire has several."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from bitwright.blockdesign.model import Net


def united(sets: Iterable[Sequence[str]]) -> Mapping[str, str]:
    """Each name -> the smallest that it is joined with; what stands in one set is joined."""
    above: dict[str, str] = {}

    def root(name: str) -> str:
        while above.setdefault(name, name) != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    for names in sets:
        for name in names:
            one, other = sorted((root(names[0]), root(name)))
            above[other] = one
    return {name: root(name) for name in sorted(above)}


def grouped(nets: Iterable[Net], through: Collection[str]) -> list[list[Net]]:
    """Nets that share one of these ends together, in the order of their first."""
    shared = [(net, [end for end in net.ends if end in through]) for net in nets]
    wires = united(ends for _, ends in shared)
    groups: dict[str | int, list[Net]] = {}
    for number, (net, ends) in enumerate(shared):
        groups.setdefault(wires[ends[0]] if ends else number, []).append(net)
    return list(groups.values())

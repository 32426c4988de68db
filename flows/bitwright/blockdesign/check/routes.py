"""From a master to what it can reach: along interface nets and through interconnects."""

from __future__ import annotations

from collections.abc import Iterator

from bitwright.blockdesign.check.names import misset
from bitwright.blockdesign.check.scene import Reach, Scene, initiates
from bitwright.blockdesign.ip import Segment, Space
from bitwright.blockdesign.model import parent

NO_REMAP = ("axi_interconnect", "smartconnect", "axi_crossbar", "axi_protocol_converter")


def owner_of(scene: Scene, path: str, kind: str) -> tuple[str, str]:
    """The cell that a space or segment (kind) belongs to, and its name there.

    Names hold slashes too, so the cell is the longest beginning of the path that has one of that
    name, or else the longest that is a cell; "" if none is.
    """
    owners = scene.owners
    if (path, kind) not in owners:
        owners[path, kind] = _owner_of(scene, path, kind)
    return owners[path, kind]


def _owner_of(scene: Scene, path: str, kind: str) -> tuple[str, str]:
    parts = path.split("/")
    cells = ["/".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
    cells = [cell for cell in cells if cell in scene.cells]
    for cell in cells:
        name = path[len(cell) + 1 :]
        looks = scene.instance(cell)
        if looks is not None and name in (looks.spaces if kind == "space" else looks.segments):
            return cell, name
    return (cells[0], path[len(cells[0]) + 1 :]) if cells else ("", path)


def find_space(scene: Scene, path: str) -> Space | None:
    """A space by its path: of a cell, or of a master outside the design, behind a port."""
    cell, name = owner_of(scene, path, "space")
    looks = scene.instance(cell) if cell else None
    if looks is not None:
        return looks.spaces.get(name)
    port = scene.interface_ports.get(path.split("/")[0])
    if cell or port is None:
        return None
    return Space(path, (port.path,), 64)  # its apertures count, which the model has not


def find_segment(scene: Scene, path: str) -> Segment | None:
    cell, name = owner_of(scene, path, "segment")
    looks = scene.instance(cell) if cell else None
    if looks is not None:
        return looks.segments.get(name)
    port = path.split("/")[0]
    return None if cell or port not in scene.interface_ports else Segment(path, port)


def starts(scene: Scene, path: str, space: Space) -> tuple[str, ...]:
    """The interfaces that a space goes out through, as ends of nets."""
    cell, _ = owner_of(scene, path, "space")
    return tuple(f"{cell}/{name}" if cell else name for name in space.interfaces)


def reach(scene: Scene, path: str, start: str = "") -> Reach:
    """What the space of this path can get to; nothing if there is no such space.

    start: by this one of its interfaces alone; "" is by any
    """
    key = (path, start)
    if key not in scene.reaches:
        scene.reaches[key] = _reach(scene, path, start)
    return scene.reaches[key]


def _reach(scene: Scene, path: str, start: str) -> Reach:
    space = find_space(scene, path)
    walk = _Walk(scene)
    for end in starts(scene, path, space) if space else ():
        if start in ("", end):
            walk.leave(end, frozenset())
    return Reach(walk.segments, frozenset(walk.ports), walk.blind, frozenset(walk.loops))


def behind_interconnect(scene: Scene, path: str) -> bool:
    cell, _ = owner_of(scene, path, "segment")
    segment = find_segment(scene, path)
    for partner in scene.partners(f"{cell}/{segment.interface}") if segment else ():
        looks = scene.instance(partner.rpartition("/")[0])
        if looks is not None and looks.known and looks.type.endswith(NO_REMAP):
            return True
    return False


class _Walk:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.segments: dict[str, Segment] = {}
        self.ports: set[str] = set()
        self.loops: set[str] = set()
        self.seen: set[str] = set()
        self.blind = False

    def leave(self, end: str, path: frozenset[str]) -> None:
        """Go out by a master interface; path: the slave interfaces passed so far."""
        for partner in self.scene.partners(end):
            interface = self.scene.bus_interface(partner)
            if interface is not None and initiates(interface) is True:
                continue
            if partner in path:
                self.loops.add(partner)
            elif partner not in self.seen:
                self.seen.add(partner)
                self.arrive(partner, path | {partner})

    def arrive(self, end: str, path: frozenset[str]) -> None:
        owner, _, name = end.rpartition("/")
        if not owner:
            self.ports.add(end)
            return
        looks = self.scene.instance(owner)
        if looks is None or not looks.known or misset(self.scene, owner):
            self.blind = True
            return
        for segment in looks.segments.values():
            if segment.interface == name:
                self.segments[f"{owner}/{segment.name}"] = segment
        for master in looks.routes.get(name, ()):
            self.leave(f"{owner}/{master}", path)


def spaces(scene: Scene) -> Iterator[tuple[str, Space]]:
    """The spaces of all known cells, and of masters outside, by path."""
    for cell, looks in scene.leaves:
        for space in looks.spaces.values():
            yield f"{cell.path}/{space.name}", space
    for port in scene.design.interface_ports:
        interface = scene.bus_interface(port.path) if not parent(port.path) else None
        if interface is not None and initiates(interface) and "aximm" in interface.vlnv:
            found = find_space(scene, port.path)
            assert found is not None
            yield port.path, found

"""The top function of a source and its arguments as ports; what cannot be a port is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from bitwright.errors import ConfigError
from bitwright.hls.adopt.effects import READ, WRITE, Effects
from bitwright.hls.adopt.request import USUAL_TOP, Request
from bitwright.hls.source import Call, Function, Pragma, Source, Variable
from bitwright.kernel import ARGUMENTS_FROM, FORMATS, NAME_RULE, REGISTERS_FROM, is_name
from bitwright.schema import nearest
from bitwright.yamlfile import Faults, shown

TYPES: Mapping[str, str] = {  # C++ -> format of kernel.yml; int4 lies two to a byte and has none
    **{f"{u}int{bits}_t": f"{u}int{bits}" for u in ("", "u") for bits in (8, 16, 32, 64)},
    **{f"ap_{u}int<{bits}>": f"{u}int{bits}" for u in ("", "u") for bits in (8, 16, 32, 64)},
    **{"float": "fp32", "half": "fp16", "bool": "uint8", "char": "int8", "short": "int16"},
    **{"int": "int32", "unsigned": "uint32", "unsigned int": "uint32", "long long": "int64"},
}
PORTS = frozenset(  # of every kernel, lower case
    """ap_clk ap_rst ap_rst_n ap_start ap_done ap_idle ap_ready ap_return ap_continue
    s_axi_control interrupt""".split()  # noqa: SIM905
)
ALIGN_BYTES = 64  # of every buffer
MAX_ELEMENTS = 2**40


@dataclass(frozen=True, slots=True, eq=False)  # each is itself
class Port:
    """One argument of the top."""

    variable: Variable
    format: str  # of one element: a name of kernel.FORMATS
    direction: str  # read, write or read_write, as the kernel does it
    bundle: str  # "" for a scalar
    width: int  # bits of its bundle, an element at least; 0 for a scalar
    pragma: Pragma | None  # the m_axi pragma that it has already

    @property
    def name(self) -> str:
        return self.variable.name

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(size for size in self.variable.sizes if size is not None)

    @property
    def elements(self) -> int:
        return math.prod(self.shape)

    @property
    def bits(self) -> int:
        """Of one element in memory."""
        return FORMATS[self.format]


@dataclass(frozen=True, slots=True)
class Design:
    """A source whose top can become a kernel."""

    source: Source
    top: Function
    ports: tuple[Port, ...]
    bound: Mapping[tuple[Function, Variable], frozenset[Variable]]
    sites: Mapping[Function, tuple[tuple[Function, Call], ...]]  # calls below the top, with callers
    effects: Effects
    vlnv: str

    @property
    def memories(self) -> tuple[Port, ...]:
        return tuple(port for port in self.ports if port.bundle)

    @property
    def scalars(self) -> tuple[Port, ...]:
        return tuple(port for port in self.ports if not port.bundle)

    def port(self, variable: Variable) -> Port | None:
        return next((port for port in self.ports if port.variable is variable), None)

    def ports_of(self, function: Function, variable: Variable) -> frozenset[Port | None]:
        """What a parameter is bound to: ports, and None for anything local."""
        if function is self.top:
            return frozenset({self.port(variable)})
        ports = frozenset(map(self.port, self.bound.get((function, variable), ())))
        return ports | ({None} if self._is_given_a_local(function, variable) else frozenset())

    def _is_given_a_local(self, function: Function, parameter: Variable) -> bool:
        """Whether a function between the top and this one passes it an array of its own."""
        if parameter not in function.parameters:
            return False
        place = function.parameters.index(parameter)
        for caller, call in self.sites.get(function, ()):
            argument = call.arguments[place]
            given = caller.lookup(argument.base, argument.span)
            if caller is not self.top and given is not None and not given.parameter:
                return True
        return False


def design(source: Source, request: Request) -> Design:
    """Find the top and its ports. Raises ConfigError with file and line for each that cannot be."""
    top = find_top(source, request.top)
    faults = Faults(source.where)
    for line, text in (*_top_faults(source, top), *_parameter_faults(top)):
        faults.add(line, text)
    faults.check()
    effects = Effects(source)
    ports = _ports(top, request, effects)
    for line, text in _port_faults(top, ports, request):
        faults.add(line, text)
    faults.check()
    return Design(
        source=source,
        top=top,
        ports=ports,
        bound=source.bound(top),
        sites=_sites(source, top),
        effects=effects,
        vlnv=_vlnv(source, top, request),
    )


def _sites(source: Source, top: Function) -> dict[Function, tuple[tuple[Function, Call], ...]]:
    found: dict[Function, list[tuple[Function, Call]]] = {top: []}
    todo = [top]
    while todo:
        caller = todo.pop()
        for call in caller.calls:
            for callee in source.called(call):
                if callee not in found:
                    todo.append(callee)
                found.setdefault(callee, []).append((caller, call))
    return {function: tuple(calls) for function, calls in found.items()}


def find_top(source: Source, name: str) -> Function:
    """The function that becomes the kernel: by name, else forward, else the only one uncalled."""
    called = {call.name for f in source.functions for call in f.calls if not call.receiver}
    plain = [f for f in source.functions if not f.template and f.name != "main"]
    free = [f for f in plain if f.name not in called]
    found = source.named(name or USUAL_TOP) or (() if name else tuple(free))
    if len(found) == 1:
        return found[0]
    names = sorted({f.name for f in (free or plain)})
    known = f" (functions that nothing calls: {', '.join(names[:10])})" if names else ""
    if not found:
        hint = nearest(name, names) if name else ""
        what = f"no function {shown(name)}{hint}" if name else "no top function"
        raise ConfigError(f"{source.where}: {what}{known or ' (it defines no function)'}")
    lines = "\n".join(
        f"{source.where}:{f.span.line}: {f.name} could be the top" for f in found[:10]
    )
    raise ConfigError(f"{lines}\n  expected  one; say which: --top NAME (doit adopt: top=NAME)")


def _top_faults(source: Source, top: Function) -> Iterator[tuple[int, str]]:
    line = top.span.line
    if top.returns != "void":
        yield line, f"{top.name} returns {top.returns or 'nothing named'}; a top returns void"
    if source.data[top.span.start : top.body.start].split()[:1] == [b"static"]:
        yield line, f"{top.name} is static, so no test bench can call it; take `static` out"
    if top.template:
        yield line, f"{top.name} is a template; a top is one function"
    if top.space:
        where = "::".join(top.space)
        yield line, f"{top.name} stands in {where}; a top stands at file level"
    if not is_name(top.name):
        yield line, f"{top.name}: cannot name a kernel: {NAME_RULE}"
    if not top.parameters:
        yield line, f"{top.name} has no arguments; nothing would go in or come out"
    for call in top.calls:
        if top in source.called(call):
            yield call.span.line, f"{top.name} calls itself; hardware has no stack"


def _parameter_faults(top: Function) -> Iterator[tuple[int, str]]:
    taken: dict[str, str] = {}
    for variable in top.parameters:
        line, name = variable.span.line, variable.name
        if not name:
            yield line, "an argument without a name; its port needs one"
        elif variable.stream:
            yield line, f"{name} is a stream; a host gives memory and scalars: take an array"
        else:
            yield from ((line, f"{name}: {why}") for why in _shape_faults(variable))
        if name.lower() in PORTS or name.lower().startswith(("m_axi_", "s_axi_")):
            yield line, f"{name}: every kernel has a port of that name"
        elif name and not is_name(name):
            yield line, f"{name}: cannot name an argument: {NAME_RULE}"
        words = {name, f"{name}_lo", f"{name}_hi"} if variable.array else {name}
        for word in sorted(words & taken.keys()):
            yield line, f"{name}: its register {word!r} is also that of {taken[word]!r}"
        taken |= dict.fromkeys(words, name)


def _shape_faults(variable: Variable) -> Iterator[str]:
    if variable.element.removeprefix("std::") not in TYPES:
        known = "float, half, int8_t to uint64_t, ap_int and ap_uint of such widths"
        yield f"no number format for elements of type {variable.element}; known are {known}"
    if not variable.dims and variable.passed == "pointer":
        yield "a pointer, so its size is unknown; write an array with sizes"
    elif not variable.dims and variable.passed == "reference" and not variable.const:
        yield "a scalar by reference; hosts write scalars, results go to memory"
    for dim, size in zip(variable.dims, variable.sizes, strict=True):
        if size is None:
            found = f"[{dim}]" if dim else "[]"
            yield f"its size {found} is unknown; write a number"
        elif size < 1:
            yield f"its size [{dim}] is {size}; nothing would be moved"
    if math.prod(size or 1 for size in variable.sizes) > MAX_ELEMENTS:
        yield f"more than {MAX_ELEMENTS} elements"


def _ports(top: Function, request: Request, effects: Effects) -> tuple[Port, ...]:
    ports, index = [], 0
    for variable in top.parameters:
        form = TYPES[variable.element.removeprefix("std::")]
        if not variable.dims:
            ports.append(Port(variable, form, READ, "", 0, None))
            continue
        done = effects.of(top, variable)
        direction = "_".join(way for way in (READ, WRITE) if way in done)
        pragma = m_axi(top, variable)
        usual = request.bundles.get(variable.name, f"{request.bundle}{index}")
        given = pragma.options if pragma else {"max_widen_bitwidth": str(request.width)}
        widest = given.get("max_widen_bitwidth", "0")
        ports.append(
            Port(
                variable=variable,
                format=form,
                direction=direction,
                bundle=given.get("bundle", usual),
                width=max(int(widest), FORMATS[form]) if widest.isdigit() else 0,
                pragma=pragma,
            )
        )
        index += 1
    return tuple(ports)


def mode(pragma: Pragma) -> str:
    """The mode of an INTERFACE pragma in either spelling: mode=m_axi, or m_axi alone."""
    return pragma.options.get("mode", next(iter(pragma.words), "")).lower()


def m_axi(top: Function, variable: Variable) -> Pragma | None:
    """The pragma that makes an argument an AXI master already."""
    found = (p for p in top.pragmas_of("interface") if p.options.get("port") == variable.name)
    return next((p for p in found if mode(p) == "m_axi"), None)


def _port_faults(
    top: Function, ports: tuple[Port, ...], request: Request
) -> Iterator[tuple[int, str]]:
    names = {port.name for port in ports}
    bundles = {port.bundle for port in ports if port.bundle}
    for name in sorted(request.bundles.keys() - {port.name for port in ports if port.bundle}):
        yield top.span.line, f"{name}: has a bundle, but is no array argument of {top.name}"
    for port in ports:
        line = port.variable.span.line
        if port.pragma is not None and request.bundles.get(port.name, port.bundle) != port.bundle:
            text = f"{port.name} has the bundle {port.bundle} already; change it here"
            yield port.pragma.line, text
        if port.name in bundles:
            yield (
                line,
                f"{port.name}: a bundle has that name, and the tool would rename one of both",
            )
        if port.bundle and not port.direction:
            yield line, f"{port.name}: is neither read nor written; use it, or drop it"
        if port.bundle and not is_name(port.bundle):
            yield line, f"{port.name}: bundle {port.bundle}: {NAME_RULE}"
        if port.bundle and port.width not in (8 << i for i in range(8)):
            yield line, f"{port.name}: max_widen_bitwidth: expected a power of two, 8 to 1024"
    if ARGUMENTS_FROM + sum(0xC if port.bundle else 8 for port in ports) > REGISTERS_FROM:
        yield (
            top.span.line,
            f"{len(ports)} arguments: their registers end above {REGISTERS_FROM:#x}",
        )
    for pragma in top.pragmas_of("interface"):
        yield from ((pragma.line, text) for text in _pragma_faults(pragma, names, bundles))


def _pragma_faults(pragma: Pragma, names: set[str], bundles: set[str]) -> Iterator[str]:
    """What an INTERFACE pragma of the source says otherwise than this would."""
    port, how = pragma.options.get("port", ""), mode(pragma)
    if how == "s_axilite" and pragma.options.get("bundle", "control") != "control":
        yield f"{port} goes to s_axi_{pragma.options['bundle']}; a kernel has s_axi_control alone"
    elif port == "return" and how not in ("s_axilite", "ap_ctrl_hs"):
        yield f"return has the protocol {how or 'of no name'}; a kernel has ap_ctrl_hs"
    elif port in names and how not in ("s_axilite", "m_axi"):
        yield f"{port} has an interface {how or 'of no name'} already; take the pragma out"
    elif how == "m_axi" and pragma.options.get("offset", "slave") != "slave":
        yield f"{port}: offset={pragma.options['offset']}; hosts write addresses: offset=slave"


def _vlnv(source: Source, top: Function, request: Request) -> str:
    """vendor:library:top:version; the file is the library, for every top is called forward."""
    stem = re.sub(r"[^A-Za-z0-9_]+", "_", PurePath(source.where).stem).strip("_")
    library = stem if stem[:1].isalpha() else f"hls_{stem}"
    found = request.vlnv or f"bitwright:{library}:{top.name}:1.0"
    if found.split(":")[2] != top.name:
        raise ConfigError(f"adopt: vlnv {found!r}: expected {top.name!r} as its third part")
    return found

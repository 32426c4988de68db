"""Components of every kind that the model can hold, whether they make sense or not."""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from bitwright.ipxact.layout import MODES
from bitwright.ipxact.model import Component
from hypothesis import strategies as st

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("<>&'\"\n\t]"),
    max_size=6,
).map(str.strip)


@cache
def of(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Values of one of the model's classes."""
    hints = get_type_hints(kind)
    made = {}
    for field in fields(kind):
        needed = field.default is MISSING
        if field.name == "mode" and kind.__name__ == "BusInterface":
            made[field.name] = st.sampled_from(MODES)
        elif hints[field.name] is str:
            made[field.name] = TEXT.filter(bool) if needed and field.name != "text" else TEXT
        else:
            made[field.name] = _of(hints[field.name])
    return st.builds(kind, **made)


def _of(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) is tuple:
        each = TEXT if get_args(hint)[0] is str else st.deferred(lambda: of(get_args(hint)[0]))
        return st.lists(each, max_size=2).map(tuple)
    if isinstance(hint, UnionType):
        (other,) = (each for each in get_args(hint) if each is not NoneType)
        return st.none() | of(other)
    return of(hint)


components = of(Component)

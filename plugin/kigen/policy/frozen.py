"""Small values that never change and are made by the thousand: how they are declared, so that making one is cheap."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar, cast, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(declared: type[T]) -> type[T]:
    """As `dataclass(frozen=True, slots=True)`, made in half the time.

    The standard one sets each field through `object.__setattr__`, which looks its slot up again every time.
    """
    made: Any = dataclass(frozen=True, slots=True)(declared)
    known: dict[str, Any] = {"missing": MISSING}
    parameters, body = ["self"], []
    for one in fields(made):
        name = one.name
        known[f"set_{name}"] = getattr(made, name).__set__
        if one.default_factory is not MISSING:
            known[f"make_{name}"] = one.default_factory
            parameters.append(f"{name}=missing")
            body.append(f"set_{name}(self, make_{name}() if {name} is missing else {name})")
            continue
        known[f"default_{name}"] = one.default
        parameters.append(name if one.default is MISSING else f"{name}=default_{name}")
        body.append(f"set_{name}(self, {name})")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body), known)  # noqa: S102 - as dataclasses do
    made.__init__ = known["__init__"]
    return cast("type[T]", made)

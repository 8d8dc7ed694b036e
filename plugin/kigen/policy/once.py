"""A value that is worked out when first asked for and then kept, for what is frozen and asked about often."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, Self, TypeVar, overload

Owner = TypeVar("Owner")
Value = TypeVar("Value")


class once(Generic[Value]):  # noqa: N801 - used as `property` is
    """`functools.cached_property` without its lock, which costs more than most of these answers in Python 3.11.

    Two threads that ask at the same time both work it out and get equal answers: what is asked is immutable.
    """

    def __init__(self, ask: Callable[[Any], Value]) -> None:
        self.ask = ask
        self.__doc__ = ask.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, one: None, owner: type) -> Self: ...

    @overload
    def __get__(self, one: object, owner: type) -> Value: ...

    def __get__(self, one: object | None, owner: type) -> Self | Value:
        if one is None:
            return self
        value = one.__dict__[self.name] = self.ask(one)
        return value


def kept(ask: Callable[[Owner], Value]) -> Callable[[Owner], Value]:
    """The same for a function of one frozen thing that lives in another file: its answer is kept on that thing."""
    name = f"{ask.__module__}.{ask.__qualname__}"

    @wraps(ask)
    def answer(one: Owner) -> Value:
        known: dict[str, Any] = one.__dict__
        if name not in known:
            known[name] = ask(one)
        value: Value = known[name]
        return value

    return answer

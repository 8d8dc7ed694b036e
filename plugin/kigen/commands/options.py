"""The options that every command takes, before its name or after it, and the shape of a command.

A command gets a Call, does its work and returns its exit status; None is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from kigen.commands.call import Call
from kigen.policy.vocabulary import LANGUAGES

F = TypeVar("F", bound=Callable[..., Any])


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Remember what was given; an option that stands nearer to the end of the line wins."""
    given = context.get_parameter_source(parameter.name or "") is click.core.ParameterSource.COMMANDLINE
    if given and parameter.name:
        setattr(Call.of(context), parameter.name, value)


def everywhere() -> list[click.Parameter]:
    """Fresh options, since a parameter belongs to one command."""
    return [
        click.Option(["--config"], metavar="FILE", expose_value=False, callback=_keep,
                     help="Configuration file; else $KIGEN_CONFIG, ./kigen.toml, /etc/kigen/kigen.toml."),
        click.Option(["--now"], metavar="ISO8601", expose_value=False, callback=_keep,
                     help="The instant to decide at; without an offset it is read in the operator's zone."),
        click.Option(["--actor"], metavar="NAME", expose_value=False, callback=_keep,
                     help="Who does this, for the record; else the system user."),
        click.Option(["--lang"], type=click.Choice(LANGUAGES), expose_value=False, callback=_keep,
                     help="Language of reasons, meanings and proofs; else the setting kigen.language."),
        click.Option(["--json", "is_json"], is_flag=True, expose_value=False, callback=_keep,
                     help="One JSON document on standard output (a document a line where there are many)."),
        click.Option(["--debug", "is_debug"], is_flag=True, expose_value=False, callback=_keep,
                     help="Show where an error comes from."),
    ]  # fmt: skip


class KigenCommand(click.Command):
    """A command with the options of every command."""

    def __init__(self, name: str | None, params: Sequence[click.Parameter] | None = None, **rest: Any) -> None:
        super().__init__(name, params=[*(params or ()), *everywhere()], **rest)


class KigenGroup(click.Group):
    """Commands under one name, with the options of every command."""

    command_class = KigenCommand

    def __init__(self, name: str | None = None, params: Sequence[click.Parameter] | None = None, **rest: Any) -> None:
        super().__init__(name, params=[*(params or ()), *everywhere()], **rest)


def command(name: str, **rest: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """A top-level command; the function gets the Call first."""
    return lambda function: click.command(name, cls=KigenCommand, **rest)(with_call(function))


def group(name: str) -> Callable[[Callable[..., Any]], KigenGroup]:
    """Commands under one name."""
    return click.group(name, cls=KigenGroup)


def with_call(function: F) -> F:
    """Give the function the Call as its first argument."""

    def called(*args: Any, **given: Any) -> Any:
        return function(Call.of(click.get_current_context()), *args, **given)

    called.__name__, called.__doc__ = function.__name__, function.__doc__
    if hasattr(function, "__click_params__"):
        called.__click_params__ = function.__click_params__  # type: ignore[attr-defined]  # where click keeps them
    return called  # type: ignore[return-value]  # the same function as seen by click

"""Documentation that cannot lag: a hook, a setting or a command without its words fails here."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from tests.support import tree

EVENTS = """
    client_registered client_changed client_signed_in client_archived client_unarchived client_closed client_deleted
    client_merged
    contact_added contact_changed contact_deleted
    order_drafted order_created order_accepted order_set_pending order_cancelled order_marked_fraud order_deleted
    invoice_created invoice_paid invoice_refunded invoice_cancelled invoice_deleted invoice_due_changed
    payment_received payment_reversed
    service_activated service_suspended service_unsuspended service_changed service_cancelled service_terminated
    service_deleted
    domain_registered domain_renewed domain_changed domain_transferred domain_cancelled domain_expired domain_deleted
    ticket_opened ticket_replied ticket_closed ticket_deleted
    commission_approved commission_reversed
    consent_given consent_refused consent_withdrawn policy_accepted
    deletion_requested deletion_withdrawn cancellation_requested export_requested rights_requested
    day_started
""".split()


def specifications() -> dict[str, Callable[..., Any]]:
    """The hook specifications by name: what pluggy's marker has marked in the files of kigen.specs."""
    modules = [importlib.import_module(tree.module_name(path)) for path in tree.modules("plugin/kigen/specs")]
    return {name: one for module in modules for name, one in vars(module).items() if hasattr(one, "kigen_spec")}


def event_of(specification: str) -> str:
    return specification.removeprefix("kigen_")


def commands(group: click.Group, above: str = "kigen") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{above} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{above} {name}")


def all_commands() -> list[tuple[str, click.Command]]:
    module = importlib.import_module("kigen.cli")
    group = next(one for one in vars(module).values() if isinstance(one, click.Group))
    return list(commands(group))


def words_in(paths: Iterable[Path]) -> set[str]:
    return {word for path in paths for word in re.findall(r"\w+", tree.text_of(path) or "")}


def test_every_event_of_the_contract_has_a_specification() -> None:
    assert sorted(set(EVENTS) - {event_of(name) for name in specifications()}) == []


def test_every_specification_says_when_it_is_called_and_gives_an_example() -> None:
    without = [name for name, one in specifications().items() if "Example" not in (inspect.getdoc(one) or "")]
    assert without == []


def test_every_argument_of_a_specification_is_explained() -> None:
    unsaid = []
    for name, one in specifications().items():
        text = inspect.getdoc(one) or ""
        for argument in inspect.signature(one).parameters:
            if argument != "self" and not re.search(rf"\b{argument}\b", text.partition("Example")[0]):
                unsaid.append(f"{name}({argument})")
    assert unsaid == []


def test_every_event_is_handled_by_a_built_in_hook() -> None:
    handled = words_in(tree.files("hooks"))
    assert [name for name in specifications() if event_of(name) in EVENTS and name not in handled] == []


def test_every_extension_point_is_in_the_readme() -> None:
    readme = words_in(tree.files("README.md"))
    assert [name for name in specifications() if event_of(name) not in EVENTS and name not in readme] == []


def test_every_specification_is_named_by_a_test() -> None:
    tested = words_in(path for path in tree.modules("tests") if path.parent.name != "house")
    assert [name for name in specifications() if name not in tested and event_of(name) not in tested] == []


def test_every_setting_has_words_in_both_languages_and_an_article() -> None:
    declared = importlib.import_module("kigen.policy.settings").declared()
    assert declared
    for setting in declared.values():
        english, japanese = setting.words
        assert english.isascii() and english.strip(), f"{setting.name} has no English words."
        assert not japanese.isascii(), f"{setting.name} has no Japanese words."
        assert setting.article, f"{setting.name} names no article of the policy or the law."


def test_every_command_and_option_has_help() -> None:
    without = [name for name, command in all_commands() if not (command.help or "").strip()]
    for name, command in all_commands():
        options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
        without += [f"{name} {one.opts[0]}" for one in options if not (one.help or "").strip()]
    assert without == []


def test_the_readme_names_every_command_and_none_that_is_not_there() -> None:
    readme = (tree.ROOT / "README.md").read_text(encoding="utf-8")
    known = {name for name, _ in all_commands()}
    assert [name for name in sorted(known) if name.count(" ") == 1 and name not in readme] == []
    said = set(re.findall(r"(?m)(?:^\s*(?:\$ )?|`)(kigen [a-z][a-z-]+)", readme))
    assert sorted(said - known) == []

"""The specifications: each event has one and one built-in hook, and every example runs as it stands."""

from __future__ import annotations

import ast
import datetime as dt
import importlib
import inspect
import textwrap
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import create_engine, text

from kigen import specs
from kigen.extensions import Eraser, Exporter, Recipient
from kigen.hosts.port import Host
from kigen.plugins import Found, Plugins
from kigen.policy.events import EVENTS, Event
from kigen.policy.records import Kind
from kigen.specs import SPECIFICATIONS
from tests.hooks.memory import MemoryBook
from tests.support import tree

AT = dt.datetime(2025, 3, 14, 1, 2, 3, tzinfo=dt.UTC)
EXTENSIONS = {
    "kigen_hosts", "kigen_rules", "kigen_guards", "kigen_exporters", "kigen_erasers", "kigen_recipients",
    "kigen_erased",
}  # fmt: skip
FAMILIES = [path for path in tree.modules("hooks") if path.stem != "__init__"]
# Every optional key that an example looks at, so that each has something to do.
DATA: dict[str, object] = {
    "trial": True, "fields": ["email", "quantity", "registrationperiod"], "app": True, "campaign": "spring",
    "by": "client", "invoice": None, "amount": "5.00", "service": 8, "due": "2025-05-01", "away": True,
    "purpose": "newsletter", "notice": "privacy-2", "right": "complaint",
}  # fmt: skip


def example(name: str) -> ModuleType:
    """The example of a specification as a plugin, after the lines that the head of kigen.specs asks for."""
    head = inspect.cleandoc(specs.__doc__ or "").split("\n")
    before = "\n".join(line.strip() for line in head if line.startswith("    "))
    assert before.count("import") == 2
    _, found, code = (inspect.getdoc(SPECIFICATIONS[name]) or "").partition("\nExample:\n")
    assert found, f"{name} has no example"
    plugin = ModuleType("acme")
    exec(compile(f"{before}\n{textwrap.dedent(code)}", name, "exec"), vars(plugin))  # noqa: S102 - our own docstrings
    return plugin


def listening(name: str) -> Plugins:
    plugins = Plugins([Found("acme", example(name))])
    plugins.check()
    return plugins


def hooks_of(path: Path) -> list[str]:
    """The names of the hooks that a file implements."""
    marked = [node for node in tree.parse(path).body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    return [node.name for node in marked if ast.unparse(node.decorator_list[0]) == "hookimpl"]


def test_there_is_a_specification_for_every_event_and_extension_point_and_no_other() -> None:
    assert {f"kigen_{name}" for name in EVENTS} | EXTENSIONS == set(SPECIFICATIONS)


def test_every_event_is_heard_by_exactly_one_built_in_hook() -> None:
    heard = [hook for path in FAMILIES for hook in hooks_of(path)]
    assert sorted(f"kigen_{name}" for name in EVENTS) == sorted(heard)


@pytest.mark.parametrize("path", FAMILIES, ids=lambda path: path.stem)
def test_a_family_is_a_whole_plugin_and_says_what_it_writes_down(path: Path) -> None:
    module = importlib.import_module(f"kigen.hooks.{path.stem}")
    assert Plugins([Found(path.stem, module)]).names() == [path.stem]


def test_every_file_of_specifications_is_collected() -> None:
    files = {tree.module_name(path) for path in tree.modules("plugin/kigen/specs")}
    assert {family.__name__ for family in specs.FAMILIES} == files - {"kigen.specs", "kigen.specs.book"}


@pytest.mark.parametrize("path", FAMILIES, ids=lambda path: path.stem)
def test_a_family_is_specified_in_the_file_of_the_same_name(path: Path) -> None:
    family = importlib.import_module(f"kigen.specs.{path.stem}")
    assert sorted(hooks_of(path)) == sorted(vars(family).keys() & SPECIFICATIONS.keys())


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_a_specification_is_typed_and_short(name: str) -> None:
    text = inspect.getdoc(SPECIFICATIONS[name]) or ""
    words, _, code = text.partition("\nExample:\n")
    assert "return" in SPECIFICATIONS[name].__annotations__
    assert len(words.strip().splitlines()) <= 5
    assert 3 <= len(code.splitlines()) <= 9


@pytest.mark.parametrize("name", EVENTS)
def test_a_specification_names_the_keys_that_its_event_needs(name: str) -> None:
    words = (inspect.getdoc(SPECIFICATIONS[f"kigen_{name}"]) or "").partition("Example:")[0]
    assert [key for key in EVENTS[name].needs if key not in words] == []


@pytest.mark.parametrize("name", EVENTS)
def test_the_example_of_an_event_runs_and_writes_something_down(name: str) -> None:
    book = MemoryBook()
    listening(f"kigen_{name}").hear(Event(name, AT, 3, 12, 4, DATA), book)
    assert list(book.content()) == ["observed"]
    assert all(anchor.startswith("acme.") for _, anchor in book.observed)


def test_the_example_of_kigen_hosts_adds_a_host() -> None:
    (host,) = listening("kigen_hosts").hosts().values()
    assert issubclass(host, Host)


def test_the_example_of_kigen_rules_adds_a_row_to_the_schedule() -> None:
    assert listening("kigen_rules").rules()[-1].id == "acme.delete-failed"


def test_the_example_of_kigen_guards_adds_a_reason_to_keep() -> None:
    assert list(listening("kigen_guards").guards())[-1] == "acme.vip"


def test_the_example_of_kigen_exporters_tells_what_the_plugin_keeps() -> None:
    (exporter,) = listening("kigen_exporters").exporters()
    assert isinstance(exporter, Exporter)
    with create_engine("sqlite://").connect() as connection:
        assert list(exporter.rows(connection, 3)) == [{"points": 12}]


def test_the_example_of_kigen_erasers_removes_its_rows_and_leaves_other_clients_alone() -> None:
    (eraser,) = listening("kigen_erasers").erasers()
    assert isinstance(eraser, Eraser) and list(eraser.kinds) == [Kind.CLIENT]
    with create_engine("sqlite://").begin() as connection:
        connection.execute(text("CREATE TABLE acme_points (client INTEGER)"))
        connection.execute(text("INSERT INTO acme_points VALUES (3), (4), (5)"))
        assert eraser.erase(connection, Kind.CLIENT, [3, 5, 6]) == 2
        assert connection.execute(text("SELECT client FROM acme_points")).scalars().all() == [4]


def test_the_example_of_kigen_recipients_names_who_gets_data() -> None:
    (recipient,) = listening("kigen_recipients").recipients()
    assert isinstance(recipient, Recipient) and recipient.country == "DE"


def test_the_example_of_kigen_erased_is_told_what_is_gone(capsys: pytest.CaptureFixture[str]) -> None:
    assert listening("kigen_erased").erased([(Kind.CLIENT, 3), (Kind.CLIENT, 5)], 7) == []
    assert capsys.readouterr().out == "run 7 erased 2 of client\n"

"""How plugins are found, checked and called, and what is said of one that cannot be used."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kigen.extensions import CLOCKS, Eraser, Exporter
from kigen.hosts.port import Host
from kigen.plugins import PluginError, Plugins, find_plugins
from kigen.policy.anchors import record_of
from kigen.policy.decide import decide
from kigen.policy.events import Event
from kigen.policy.facts import Account, Facts
from kigen.policy.guards import GUARDS
from kigen.policy.periods import Term
from kigen.policy.reasons import Reason
from kigen.policy.records import Client, Invoice, Item, Kind, Memory, Order, State
from kigen.policy.schedule import RULES, Rule, Schedule
from kigen.specs import hookimpl
from tests.hooks.memory import MemoryBook

AT = dt.datetime(2025, 3, 14, 1, 2, 3, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)

ACME = """
from kigen.policy.periods import Term
from kigen.policy.reasons import Reason
from kigen.policy.records import Kind, State
from kigen.policy.schedule import Rule
from kigen.specs import hookimpl


@hookimpl
def kigen_service_suspended(event, book):
    if event.data.get("reason") == "dispute":
        book.observe(event.ref, "acme.dispute", event.at)


def disputed(case):
    if "acme.dispute" in case.facts.memory(case.record.ref).observed:
        yield Reason("acme.dispute", words=("{ref} is disputed.", "{ref} は係争中です。"), refs=("service:12",))


@hookimpl
def kigen_guards():
    return {"acme.dispute": disputed}


@hookimpl
def kigen_rules():
    fraud = lambda record, facts, zone: record.state is State.FRAUD
    return [Rule("acme.delete-fraud", Kind.SERVICE, fraud, "last change", Term(days=30), kept_by=("active-service",))]
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """`install("acme", source)` puts a distribution on the path as pip would, with an entry point of its own."""
    monkeypatch.syspath_prepend(str(tmp_path))
    installed: list[str] = []

    def put(name: str, source: str) -> None:
        (tmp_path / f"{name}_kigen.py").write_text(source, encoding="utf-8")
        info = tmp_path / f"{name}_kigen-1.2.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {name}-kigen\nVersion: 1.2\n"
        (info / "METADATA").write_text(metadata, encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[kigen]\n{name} = {name}_kigen\n", encoding="utf-8")
        installed.append(f"{name}_kigen")

    yield put
    for module in installed:
        sys.modules.pop(module, None)


def plugin(**members: Any) -> ModuleType:
    """A plugin named acme with these functions as hooks."""
    made = ModuleType("acme")
    for name, function in members.items():
        setattr(made, name, hookimpl(function))
    return made


def refused(*extra: object) -> str:
    with pytest.raises(PluginError) as raised:
        find_plugins(extra)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def decision_on_service(plugins: Plugins, state: State, memory: Memory | None = None) -> dict[str, Any]:
    service = Item(Kind.SERVICE, 12, 3, state, state.value.capitalize(), changed=AT)
    facts = Facts(Account(3, Client(3, State.ACTIVE, "Active"), items=(service,)), {service.ref: memory or Memory()})
    schedule = Schedule("Asia/Tokyo", rules=plugins.rules(), guards=plugins.guards())
    return decide(record_of(service, facts, NOW, "Asia/Tokyo"), facts, schedule, NOW).as_json("Asia/Tokyo", "ja")


def test_the_built_in_hooks_and_hosts_are_found_through_entry_points_and_come_first(install: Any) -> None:
    built_in = find_plugins().names()
    assert {"accounts", "requests", "whmcs", "fossbilling"} <= set(built_in)
    install("aaa", "")
    assert [*built_in, "aaa", "zzz"] == find_plugins([ModuleType("zzz")]).names()


def test_an_installed_plugin_hears_events_after_the_built_in_hooks(install: Any) -> None:
    install("acme", ACME)
    book = MemoryBook()
    find_plugins().hear(Event("service_suspended", AT, 3, 12, data={"reason": "dispute"}), book)
    expected = {
        "observed": {((Kind.SERVICE, 12), "acme.dispute"): AT},
        "entered": {(Kind.SERVICE, 12): (AT, State.SUSPENDED)},
    }
    assert expected == book.content()


def test_an_installed_plugin_adds_a_rule_that_acts(install: Any) -> None:
    install("acme", ACME)
    decision = decision_on_service(find_plugins(), State.FRAUD)
    assert (decision["action"], decision["rule"], decision["reasons"]) == ("delete", "acme.delete-fraud", [])


def test_an_installed_plugins_guard_keeps_records_of_kigens_own_rules_too_and_says_why(install: Any) -> None:
    install("acme", ACME)
    plugins = find_plugins()
    memory = Memory(observed={"acme.dispute": AT})
    told = {"code": "acme.dispute", "text": "サービス 12 は係争中です。", "until": None, "refs": ["service:12"]}
    for state, rule_id in ((State.TERMINATED, "service.delete-terminated"), (State.FRAUD, "acme.delete-fraud")):
        assert decision_on_service(plugins, state)["action"] == "delete"
        kept = decision_on_service(plugins, state, memory)
        assert (kept["action"], kept["rule"], kept["reasons"]) == ("keep", rule_id, [told])


def test_a_plugin_that_cannot_be_imported_is_named_and_not_left_out(install: Any) -> None:
    install("acme", "import no_such_module")
    expected = (
        "Plugin acme (acme_kigen, of acme-kigen) cannot be imported: "
        "ModuleNotFoundError: No module named 'no_such_module'"
    )
    assert expected == refused()


def test_a_plugin_that_ends_the_program_at_import_does_not_end_it(install: Any) -> None:
    install("acme", "raise SystemExit(0)")
    assert refused() == "Plugin acme (acme_kigen, of acme-kigen) cannot be imported: SystemExit: 0"


def test_a_second_plugin_of_the_same_name_is_refused_and_not_left_out(install: Any) -> None:
    install("orders", "")
    assert refused() == "Two plugins are called orders: rename the entry point of one"


def test_a_misspelt_hook_is_refused_with_plugin_and_hook_and_what_was_meant(install: Any) -> None:
    install("acme", ACME.replace("kigen_service_suspended", "kigen_service_supended"))
    expected = (
        "Plugin acme has the hook kigen_service_supended, which kigen does not know; "
        "did you mean kigen_service_suspended?"
    )
    assert expected == refused()


def test_a_hook_without_its_marker_is_refused(install: Any) -> None:
    install("acme", "def kigen_erased(kind):\n    pass\n")
    assert refused() == "Plugin acme has kigen_erased without @hookimpl, so it would never be called"


def test_an_argument_that_the_hook_is_not_given_is_named() -> None:
    told = refused(plugin(kigen_erased=lambda records: None))
    assert "acme" in told and "kigen_erased" in told and "{'records'}" in told


def test_a_wrapper_is_refused_because_hooks_are_called_one_by_one() -> None:
    made = ModuleType("acme")

    @hookimpl(wrapper=True)
    def kigen_guards() -> Iterator[None]:
        yield

    vars(made)["kigen_guards"] = kigen_guards
    assert refused(made) == "Plugin acme wraps kigen_guards; expected a plain hook: each runs alone"


def test_a_listener_that_raises_is_named_and_silences_nobody() -> None:
    def angry(event: Event) -> None:
        raise RuntimeError("no such colour")

    def calm(event: Event, book: MemoryBook) -> None:
        book.observe((Kind.ORDER, 12), "calm.heard", event.at)

    first, second = plugin(kigen_order_created=angry), plugin(kigen_order_created=calm)
    book = MemoryBook()
    with pytest.raises(PluginError) as raised:
        find_plugins([first, second]).hear(Event("order_created", AT, 3, 12), book)
    assert str(raised.value) == "Plugin acme failed in kigen_order_created: RuntimeError"
    assert isinstance(raised.value.__cause__, RuntimeError)
    assert {anchor for _, anchor in book.observed} == {"created", "calm.heard"}


def test_what_a_built_in_hook_raises_comes_as_it_is() -> None:
    class Broken(MemoryBook):
        def observe(self, *_: object) -> None:
            raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError):
        find_plugins().hear(Event("order_created", AT, 3, 12), Broken())


def test_a_plugin_that_fails_to_hear_of_a_deletion_is_reported_and_changes_nothing() -> None:
    told: list[object] = []

    def angry(kind: Kind) -> None:
        raise RuntimeError(f"not my {kind}")

    def calm(kind: Kind, ids: tuple[int, ...], run: int) -> None:
        told.append((kind, ids, run))

    gone = [(Kind.ORDER, 1), (Kind.ORDER, 2), (Kind.DOMAIN, 7)]
    failed = find_plugins([plugin(kigen_erased=angry), plugin(kigen_erased=calm)]).erased(gone, 9)
    expected = "Plugin acme failed in kigen_erased: RuntimeError"
    assert failed == [expected, expected]
    assert told == [(Kind.ORDER, (1, 2), 9), (Kind.DOMAIN, (7,), 9)]


def fails(case: object) -> Iterator[Reason]:
    raise ZeroDivisionError("{braces}")


@pytest.mark.parametrize(
    ("guard", "error"),
    [
        (fails, "ZeroDivisionError: {braces}"),
        (lambda case: [Reason("acme.vip")], "KeyError: 'acme.vip'"),
        (lambda case: [Reason("acme.vip", words=("{nobody}", "x"))], "KeyError: 'nobody'"),
        (lambda case: [Reason("hold")], "ValueError: its reason 'hold' has no prefix"),
        (lambda case: None, "TypeError: 'NoneType' object is not iterable"),
        (lambda case: ["because"], "AttributeError: 'str' object has no attribute 'code'"),
    ],
)
def test_a_guard_that_cannot_answer_keeps_the_record_and_says_so(guard: Any, error: str) -> None:
    plugins = find_plugins([plugin(kigen_guards=lambda: {"acme.vip": guard}, kigen_rules=lambda: [RULE])])
    kept = decision_on_service(plugins, State.FRAUD)
    assert kept["action"] == "keep"
    expected = f"ガード acme.vip が判定できないため、サービス 12 を保持します（{error}）。"
    assert [(reason["code"], reason["text"]) for reason in kept["reasons"]] == [("acme.vip", expected)]


RULE = Rule(
    "acme.delete-fraud", Kind.SERVICE, lambda record, facts, zone: record.state is State.FRAUD, "last change", Term(1)
)


def rule(**changes: Any) -> ModuleType:
    members = {name: getattr(RULE, name) for name in Rule.__slots__}
    return plugin(kigen_rules=lambda: [Rule(**{**members, **changes})])


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (rule(id="delete-fraud"), "the rule 'delete-fraud' needs a prefix of its own, small letters"),
        (rule(id="Acme.Delete"), "the rule 'Acme.Delete' needs a prefix of its own"),
        (rule(id="service.delete-fraud"), "Plugin acme: the rule service.delete-fraud has a prefix of kigen's"),
        (rule(id="ticket.delete-closed"), "the rule ticket.delete-closed has a prefix of kigen's"),
        (rule(id="order.delete-fraud"), "Plugin acme: there is a rule order.delete-fraud already"),
        (rule(anchor="created"), "rule acme.delete-fraud counts from 'created'; expected last change"),
        (rule(kind=Kind.TICKET), "is about a record of kind ticket; expected client, order, invoice, service, domain"),
        (rule(kept_by=("active-servce",)), "rule acme.delete-fraud is kept by 'active-servce', which is no guard"),
        (plugin(kigen_rules=lambda: [1]), "Plugin acme: 1 is no Rule"),
        (plugin(kigen_rules=lambda: None), "Plugin acme: kigen_rules answers None; expected a Sequence"),
        (plugin(kigen_rules=lambda: 1 // 0), "Plugin acme failed in kigen_rules: ZeroDivisionError"),
        (plugin(kigen_guards=lambda: {"vip": fails}), "Plugin acme: the guard 'vip' needs a prefix of its own"),
        (plugin(kigen_guards=lambda: {"client.vip": fails}), "the guard client.vip has a prefix of kigen's"),
        (plugin(kigen_guards=lambda: {"hold": fails}), "Plugin acme: the guard 'hold' needs a prefix of its own"),
        (plugin(kigen_guards=lambda: {"acme.vip": True}), "guard acme.vip is True; expected a function of one case"),
        (plugin(kigen_hosts=lambda: {"acme": 5}), "which is 5; expected a kigen.hosts.port.Host"),
        (plugin(kigen_hosts=lambda: {"acme": Client}), "expected a kigen.hosts.port.Host"),
        (plugin(kigen_hosts=lambda: {"acme": Host}), "the host acme, which does not answer accounts, "),
        (plugin(kigen_erasers=lambda: [Client]), "kigen_erasers answers"),
        (
            plugin(kigen_exporters=lambda: [Exporter("a", "A", lambda connection, client: [])] * 2),
            "Plugin acme: kigen_exporters names a a second time",
        ),
    ],
    ids=lambda made: made if isinstance(made, str) else "",
)
def test_what_cannot_be_taken_is_refused_at_start_with_a_sentence(made: ModuleType, expected: str) -> None:
    assert expected in refused(made)


def test_a_rule_of_two_plugins_with_one_id_is_refused() -> None:
    assert refused(rule(), rule()) == "Plugin acme-2: there is a rule acme.delete-fraud already"


def test_without_plugins_the_schedule_and_the_guards_are_kigens_own() -> None:
    plugins = find_plugins()
    assert plugins.rules() == RULES
    assert plugins.guards() == GUARDS


def test_what_a_plugin_adds_is_handed_over_as_it_is() -> None:
    eraser = Eraser("acme.points", [Kind.CLIENT], lambda connection, kind, ids: 0)
    assert find_plugins([plugin(kigen_erasers=lambda: [eraser])]).erasers() == (eraser,)


def test_the_clocks_that_a_rule_may_count_from_are_those_that_records_have() -> None:
    facts = Facts(
        Account(3, None), {(Kind.CLIENT, 3): Memory(first_seen=AT, observed={"final login": AT})}, archived=AT
    )
    entities = [
        Client(3, State.CLOSED, "Closed"), Order(1, 3, State.PENDING, "Pending"), Invoice(1, 3, State.PAID, "Paid"),
        Item(Kind.SERVICE, 1, 3, State.ACTIVE, "Active"), Item(Kind.DOMAIN, 1, 3, State.ACTIVE, "Active"),
    ]  # fmt: skip
    has = {(one := record_of(entity, facts, NOW, "Asia/Tokyo")).kind: set(one.anchors) for entity in entities}
    has[Kind.CLIENT].add("requested")  # the clock of a request, see kigen.policy.clocks
    assert has == CLOCKS
    assert all(rule.anchor in CLOCKS[rule.kind] for rule in RULES)

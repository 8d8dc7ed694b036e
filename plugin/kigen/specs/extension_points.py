"""The extension points: what a plugin can add, which kigen asks for at start, and what it is told after a commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kigen.specs.book import hookspec

if TYPE_CHECKING:
    from kigen.extensions import Eraser, Exporter, Recipient
    from kigen.hosts.port import Host
    from kigen.policy.guards import Guard
    from kigen.policy.records import Kind
    from kigen.policy.schedule import Rule


@hookspec
def kigen_hosts() -> Mapping[str, type[Host]]:
    """Asked once at start: billing platforms by the name that `[host] name` of the configuration gives.

    Every class answers all of kigen.hosts.port.Host; the contract tests of the hosts are there to be inherited.

    Example:
        from kigen.hosts.port import Host
        @hookimpl
        def kigen_hosts():
            return {"acme": type("Acme", (Host,), dict.fromkeys(Host.__abstractmethods__))}
    """
    return {}


@hookspec
def kigen_rules() -> Sequence[Rule]:
    """Asked at start: rows for the schedule, with ids of a prefix of their own (`acme.delete-…`).

    A rule counts from a clock that records of its kind have, and `kept_by` names guards that exist. A new row asks for
    a confirmed preview before it acts, like any change of rules.

    Example:
        from kigen.policy.periods import Term
        from kigen.policy.schedule import Rule
        @hookimpl
        def kigen_rules():
            failed = lambda record, facts, zone: record.status == "Fraud"
            return [Rule("acme.delete-failed", Kind.SERVICE, failed, "last change", Term(months=2))]
    """
    return ()


@hookspec
def kigen_guards() -> Mapping[str, Guard]:
    """Asked at start: guards by name, with a prefix and a dot: the only veto, asked of every record under every rule.

    A guard yields Reasons with a code of the prefix and words in English and Japanese, which preview, page and mail
    show; none: it has nothing against it. It looks at its case alone: no query, no clock. One that raises keeps.

    Example:
        from kigen.policy.reasons import Reason
        def vip(case):
            if "acme.vip" in case.facts.memory(case.record.ref).observed:
                yield Reason("acme.vip", words=("A friend of the house.", "大切なお客様です。"))
        @hookimpl
        def kigen_guards():
            return {"acme.vip": vip}
    """
    return {}


@hookspec
def kigen_exporters() -> Sequence[Exporter]:
    """Asked at start: what plugins keep of a client in tables of their own, for the client's bundle.

    Rows are read while the bundle is written, so yield them one by one. An exporter that raises, or yields what is no
    row, leaves its part out from there: the bundle is marked incomplete and names it.

    Example:
        from kigen.extensions import Exporter
        @hookimpl
        def kigen_exporters():
            return [Exporter("acme.points", "Loyalty points", lambda connection, client: [{"points": 12}])]
    """
    return ()


@hookspec
def kigen_erasers() -> Sequence[Eraser]:
    """Asked at start: how plugins' own rows go with a record, inside the deleting transaction, before the host's rows.

    In which order plugins are called is not said; `find` of kigen.extensions.Eraser makes it of no consequence.

    Example:
        from kigen.extensions import Eraser
        from sqlalchemy import text
        def erase(connection, kind, ids):
            statement = text("DELETE FROM acme_points WHERE client = :id")
            return connection.execute(statement, [{"id": number} for number in ids]).rowcount
        @hookimpl
        def kigen_erasers():
            return [Eraser("acme.points", [Kind.CLIENT], erase)]
    """
    return ()


@hookspec
def kigen_recipients() -> Sequence[Recipient]:
    """Asked at start: outside processors that get personal data through this plugin, for the registers.

    Example:
        from kigen.extensions import Recipient
        @hookimpl
        def kigen_recipients():
            return [Recipient("Acme Mail", "newsletters", "DE", "GDPR", "https://mail.example/privacy")]
    """
    return ()


@hookspec
def kigen_erased(kind: Kind, ids: Sequence[int], run: int) -> None:
    """Told after each commit: records of a `kind` that are gone now, by their `ids`, and the number of the `run`.

    What went with a record is not named again. Never a veto: what it raises is reported with the plugin's name and
    changes nothing. A run that was killed in between does not tell later: what must not be missed is an eraser's.

    Example:
        @hookimpl
        def kigen_erased(kind, ids, run):
            print(f"run {run} erased {len(ids)} of {kind}")
    """

"""What every host answers about what never changes: by that alone a record is known again after a restore."""

from __future__ import annotations

from sqlalchemy import Engine

from kigen.hosts.port import Host
from kigen.hosts.sql_host import SqlHost
from kigen.policy.fates import Treatment
from kigen.policy.records import Kind
from tests.hosts.erasing import SALT, floored
from tests.hosts.port_contract import NOBODY, Known


class UnchangingContract:
    """Inherit it beside `PortContract`, with the same fixtures."""

    def test_what_never_changes_names_its_record_and_no_other(self, host: Host, engine: Engine, known: Known) -> None:
        with engine.begin() as connection:
            found = {
                kind: host.fingerprints(connection, kind, [number, NOBODY]) for kind, number in known.records.items()
            }
            both = host.fingerprints(connection, Kind.CLIENT, [known.client, known.other])
        # An invoice without any date or hash is known by its number alone, and so by nothing.
        assert {kind: set(one) for kind, one in found.items() if one or kind is not Kind.INVOICE} == {
            kind: {number} for kind, number in known.records.items() if found[kind] or kind is not Kind.INVOICE
        }
        told = [text for one in found.values() for text in one.values()]
        assert len(set(told)) == len(told)
        assert len(set(both.values())) == 2

    def test_archiving_and_reopening_leave_what_never_changes(self, host: Host, engine: Engine, known: Known) -> None:
        with engine.begin() as connection:
            before = host.fingerprints(connection, Kind.CLIENT, [known.client])
            former = host.archive(connection, [known.client])
            assert host.fingerprints(connection, Kind.CLIENT, [known.client]) == before
            host.unarchive(connection, former)
            assert host.fingerprints(connection, Kind.CLIENT, [known.client]) == before

    def test_anonymising_leaves_what_never_changes_of_all_that_stays(
        self, host: Host, engine: Engine, known: Known
    ) -> None:
        """I8: a deletion is proved after the record was masked, and a restore brings back the one from before."""
        with engine.begin() as connection:
            (account,) = host.accounts(connection, [known.client], lock=True)
            keeping = floored(account)
            before = {ref: host.fingerprints(connection, ref[0], [ref[1]]) for ref in keeping.records}
            host.anonymise(connection, account, keeping, SALT)
            after = {ref: host.fingerprints(connection, ref[0], [ref[1]]) for ref in keeping.records}
        assert {Kind.CLIENT, Kind.INVOICE, Kind.PAYMENT, Kind.SERVICE} <= {kind for kind, _ in keeping.records}
        assert after == before
        assert [ref for ref in keeping.records if not before[ref]] == []

    def test_no_column_that_a_mask_changes_tells_a_record(self, host: Host) -> None:
        assert isinstance(host, SqlHost)
        for one in host.unchanging.values():
            fields = host.datamap[one.table].fields
            treated = {name: fields[name].treatment for group in one.groups for name in group if name in fields}
            assert set(treated.values()) == {Treatment.NONE}, (one.table, treated)
            # A date that only newer versions have is in no map.
            assert {name for group in one.groups for name in group} - treated.keys() <= {"created_at"}

    def test_every_kind_that_goes_has_a_table_that_counts_its_ids(self, host: Host, engine: Engine) -> None:
        tables = host.tables_of()
        assert {Kind.CLIENT, Kind.ORDER, Kind.INVOICE, Kind.SERVICE, Kind.TICKET} <= tables.keys()
        with engine.begin() as connection:
            assert host.fingerprints(connection, Kind.CLIENT, []) == {}

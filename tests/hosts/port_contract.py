"""What every billing platform answers alike: the contract that each host's test inherits, with its own small data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Connection, Engine, MetaData, Table, select, text

from kigen.hosts.port import Host, UnknownEvent
from kigen.policy.facts import Account
from kigen.policy.records import Kind, State

AT = dt.datetime(2026, 2, 1, 3, 0, tzinfo=dt.UTC)
NOBODY = 987_654

Snapshot = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Known:
    """What a host's small data holds. All ids of clients are in `clients`, ascending, the orphan's too."""

    clients: tuple[int, ...]
    client: int  # has one record of every kind in `records`
    other: int  # another client, whose rows nothing may touch
    orphan: int  # only child rows mention it
    records: dict[Kind, int]  # one record of `client` per kind
    unknown: tuple[Kind, int, int]  # kind, id, client of a record whose status nobody mapped
    needed: tuple[str, str, str]  # table and column without which this rule is refused
    unneeded_rule: str  # a rule that does not need that column
    id_hook: tuple[str, str]  # a host event and the payload key under which it has its id


def snapshot(connection: Connection) -> Snapshot:
    """Every row of every table, as text."""
    metadata = MetaData()
    metadata.reflect(connection)
    return {
        name: sorted(tuple(map(str, row)) for row in connection.execute(select(table)))
        for name, table in metadata.tables.items()
    }


def entity(account: Account, kind: Kind, id_: int) -> object:
    """The record of an account, None where it is not in it."""
    if kind is Kind.CLIENT:
        return account.client if account.id == id_ else None
    pools = {Kind.ORDER: account.orders, Kind.INVOICE: account.invoices, Kind.TICKET: account.tickets}
    pool = pools.get(kind, tuple(item for item in account.items if item.kind is kind))
    return next((one for one in pool if one.id == id_), None)


class PortContract:
    """Inherit it and give the fixtures `host`, `engine` and `known`."""

    @pytest.fixture
    def host(self) -> Host:
        raise AssertionError("A host's test gives the host.")

    @pytest.fixture
    def engine(self) -> Engine:
        raise AssertionError("A host's test gives an engine with small data in it.")

    @pytest.fixture
    def known(self) -> Known:
        raise AssertionError("A host's test says what its small data holds.")

    def test_accounts_come_ascending_one_for_each_id_however_asked(
        self, host: Host, engine: Engine, known: Known
    ) -> None:
        with engine.begin() as connection:
            asked = [*reversed(known.clients), known.client, NOBODY]
            assert [account.id for account in host.accounts(connection, asked)] == [*known.clients, NOBODY]
            assert host.accounts(connection, []) == []

    def test_an_account_holds_every_record_of_its_client(self, host: Host, engine: Engine, known: Known) -> None:
        with engine.begin() as connection:
            (account,) = host.accounts(connection, [known.client])
        assert all(entity(account, kind, id_) for kind, id_ in known.records.items())
        assert account.client and account.client.id == known.client

    def test_an_account_is_the_same_whoever_is_read_beside_it(self, host: Host, engine: Engine, known: Known) -> None:
        with engine.begin() as connection:
            together = host.accounts(connection, known.clients)
            alone = [account for client in known.clients for account in host.accounts(connection, [client])]
        assert together == alone

    def test_an_id_that_nothing_mentions_gives_an_empty_account(self, host: Host, engine: Engine) -> None:
        with engine.begin() as connection:
            assert host.accounts(connection, [NOBODY]) == [Account(NOBODY, None)]

    def test_a_client_that_is_gone_still_has_its_records(self, host: Host, engine: Engine, known: Known) -> None:
        with engine.begin() as connection:
            (account,) = host.accounts(connection, [known.orphan])
        assert account.client is None
        assert account.orders or account.items or account.invoices

    def test_reading_with_locks_gives_the_same(self, host: Host, engine: Engine, known: Known) -> None:
        with engine.begin() as connection:
            assert host.accounts(connection, known.clients, lock=True) == host.accounts(connection, known.clients)

    def test_an_unmapped_status_is_unknown_and_kept_as_written(self, host: Host, engine: Engine, known: Known) -> None:
        kind, id_, client = known.unknown
        with engine.begin() as connection:
            (account,) = host.accounts(connection, [client])
        found = entity(account, kind, id_)
        assert getattr(found, "state", None) is State.UNKNOWN
        assert getattr(found, "status", "")

    def test_walking_the_clients_meets_each_once_orphans_too(self, host: Host, engine: Engine, known: Known) -> None:
        with engine.begin() as connection:
            for limit in (1, 2, len(known.clients), len(known.clients) + 1):
                met: list[int] = []
                after: int | None = None
                while page := host.client_ids(connection, after, limit):
                    assert len(page) <= limit
                    met += page
                    after = page[-1]
                assert met == list(known.clients)

    def test_owners_are_told_of_records_that_are_there(self, host: Host, engine: Engine, known: Known) -> None:
        with engine.begin() as connection:
            for kind, id_ in known.records.items():
                assert host.owners(connection, kind, [id_, NOBODY]) == {id_: known.client}
                assert host.owners(connection, kind, []) == {}

    def test_each_record_can_be_deleted_and_nothing_happens_the_second_time(
        self, host: Host, engine: Engine, known: Known
    ) -> None:
        for kind, id_ in known.records.items():
            with engine.connect() as connection:
                accounts = host.accounts(connection, [known.client], lock=True)
                assert sum(host.delete(connection, kind, [id_], accounts).values()) >= 1
                assert host.owners(connection, kind, [id_]) == {}
                assert host.delete(connection, kind, [id_], accounts) == {}
                assert host.delete(connection, kind, [id_], host.accounts(connection, [known.client], lock=True)) == {}
                connection.rollback()

    def test_deleting_tells_how_many_rows_went_by_table(self, host: Host, engine: Engine, known: Known) -> None:
        with engine.begin() as connection:
            before = snapshot(connection)
            accounts = host.accounts(connection, [known.client], lock=True)
            told = host.delete(connection, Kind.CLIENT, [known.client], accounts)
            after = snapshot(connection)
        assert told == {table: len(rows) - len(after[table]) for table, rows in before.items() if rows != after[table]}

    def test_deleting_a_client_takes_nothing_of_others(self, host: Host, engine: Engine, known: Known) -> None:
        others = [client for client in known.clients if client != known.client]
        with engine.begin() as connection:
            before = [self.own(account) for account in host.accounts(connection, others)]
            accounts = host.accounts(connection, [known.client], lock=True)
            host.delete(connection, Kind.CLIENT, [known.client], accounts)
            after = [self.own(account) for account in host.accounts(connection, others)]
            assert host.accounts(connection, [known.client])[0].client is None
        assert before == after

    @staticmethod
    def own(account: Account) -> tuple[object, ...]:
        """What belongs to the client itself, without what of others surrounds it (their affiliate accounts too)."""
        items = tuple(replace(item, commissioned=False) for item in account.items)
        payments = tuple(payment for payment in account.payments if payment.client == account.id)
        return (account.client, account.orders, items, account.invoices, payments, account.tickets, account.quotes)

    def test_ids_of_other_accounts_are_not_deleted(self, host: Host, engine: Engine, known: Known) -> None:
        with engine.begin() as connection:
            before = snapshot(connection)
            accounts = host.accounts(connection, [known.other], lock=True)
            for kind, id_ in known.records.items():
                assert host.delete(connection, kind, [id_], accounts) == {}
            assert snapshot(connection) == before

    def test_archiving_closes_a_client_and_undoing_it_gives_back_the_status(
        self, host: Host, engine: Engine, known: Known
    ) -> None:
        with engine.begin() as connection:
            before, open_before = snapshot(connection), host.counts(connection)[Kind.CLIENT]
            former = host.archive(connection, [known.client, NOBODY])
            assert set(former) == {known.client}
            (account,) = host.accounts(connection, [known.client])
            assert account.client and account.client.state is State.CLOSED
            assert host.counts(connection)[Kind.CLIENT] == open_before - 1
            assert host.archive(connection, [known.client]) == {}, "Who is closed already was not closed by this."
            assert host.unarchive(connection, former) == 1
            assert host.unarchive(connection, former) == 0, "Only a client that is still closed is opened."
            assert snapshot(connection) == before

    def test_every_kind_of_record_is_counted(self, host: Host, engine: Engine, known: Known) -> None:
        with engine.begin() as connection:
            counts = host.counts(connection)
        assert all(counts[kind] >= 1 for kind in (Kind.CLIENT, Kind.ORDER, Kind.INVOICE, Kind.SERVICE))

    def test_the_schema_that_the_map_describes_has_no_drift(self, host: Host, engine: Engine) -> None:
        with engine.begin() as connection:
            drift = host.drift(connection)
        assert drift.refused == {}
        assert drift.unclassified == ()

    def test_a_missing_column_refuses_the_rules_that_need_it(self, host: Host, engine: Engine, known: Known) -> None:
        table, column, rule = known.needed
        rename(engine, table, column, "renamed")
        with engine.begin() as connection:
            refused = host.drift(connection).refused
            assert f"{table}.{column}" in refused[rule]
            assert known.unneeded_rule not in refused
            assert len(host.accounts(connection, known.clients)) == len(known.clients), "Reading goes on without it."

    def test_a_missing_table_is_told_and_does_not_stop_the_look(self, host: Host, engine: Engine, known: Known) -> None:
        table, _, rule = known.needed
        with engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {table} RENAME TO moved_away"))
        with engine.begin() as connection:
            assert table in host.drift(connection).refused[rule]

    def test_a_column_nobody_mapped_is_told_until_it_is_classified(
        self, host: Host, engine: Engine, known: Known
    ) -> None:
        table, _, _ = known.needed
        with engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN mother_tongue VARCHAR(20)"))
        with engine.begin() as connection:
            assert host.drift(connection).unclassified == (f"{table}.mother_tongue",)
            assert host.drift(connection, [f"{table}.mother_tongue"]).unclassified == ()

    def test_a_table_without_transactions_refuses_the_rules_that_touch_it(
        self, host: Host, engine: Engine, known: Known
    ) -> None:
        table, _, rule = known.needed
        has_engines = engine.dialect.name != "sqlite"  # there every table has transactions, and no rule is refused
        if has_engines:
            with engine.begin() as connection:
                connection.execute(text(f"ALTER TABLE {table} ENGINE=MyISAM"))
        with engine.begin() as connection:
            told = host.drift(connection).refused.get(rule, "")
        assert ("needs transactions" in told, table in told, "MyISAM" in told) == (has_engines,) * 3

    def test_an_event_without_meaning_is_told_apart(self, host: Host, engine: Engine) -> None:
        with engine.begin() as connection, pytest.raises(UnknownEvent):
            host.translate(connection, "WeatherChanged", {}, AT)

    @pytest.mark.parametrize("wrong", [None, "", "seven", [7], {"id": 7}, -7, 7.5, True])
    def test_an_event_without_a_usable_id_is_refused_with_a_sentence(
        self, host: Host, engine: Engine, known: Known, wrong: object
    ) -> None:
        name, key = known.id_hook
        with engine.begin() as connection, pytest.raises(ValueError, match=f"{name}.*{key}"):
            host.translate(connection, name, {key: wrong}, AT)

    def test_an_events_id_may_come_as_a_number_or_as_text(self, host: Host, engine: Engine, known: Known) -> None:
        name, key = known.id_hook
        with engine.begin() as connection:
            both = (known.client, str(known.client))
            events = [host.translate(connection, name, {key: written}, AT) for written in both]
        assert events[0] == events[1]
        assert events[0].client == known.client
        assert events[0].at == AT


def rename(engine: Engine, table: str, column: str, to: str) -> None:
    """Renames a column on any engine."""
    with engine.begin() as connection:
        Table(table, MetaData(), autoload_with=connection)  # fails where the table is not there
        if engine.dialect.name == "sqlite":
            connection.execute(text(f"ALTER TABLE {table} RENAME COLUMN {column} TO {to}"))
            return
        row = connection.execute(text(f"SHOW COLUMNS FROM {table} LIKE '{column}'")).one()
        connection.execute(text("SET SESSION sql_mode=''"))
        connection.execute(text(f"ALTER TABLE {table} CHANGE {column} {to} {row[1]}"))

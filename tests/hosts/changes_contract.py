"""What every billing platform answers alike about changes: digests, new rows, change columns, records by id range."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Enum, Integer, MetaData, Numeric, Table, func, select, text

from kigen.hosts.port import Host
from kigen.hosts.schema import read_schema
from kigen.hosts.sql_host import SqlHost
from kigen.hosts.ways import Way
from kigen.policy.records import Kind
from tests.hosts.port_contract import Known


class ChangesContract:
    """What every host answers about changes; inherit it beside `PortContract`, with the same fixtures."""

    def test_digests_are_the_same_until_something_changes_however_they_are_asked_for(
        self, host: Host, engine: Engine, known: Known
    ) -> None:
        last = known.clients[-1]
        with engine.begin() as connection:
            whole = host.digests(connection, None, last)
            assert host.digests(connection, None, last) == whole
            pieces: dict[int, str] = {}
            after: int | None = None
            for client in range(last + 1):
                pieces |= host.digests(connection, after, client)
                after = client
        assert pieces == whole
        assert {known.client, known.other, known.orphan} <= set(whole) <= set(known.clients)
        assert len({*whole.values()}) == len(whole)

    def test_every_column_that_an_account_reads_changes_the_digest_of_its_client_alone(
        self, host: Host, engine: Engine, known: Known
    ) -> None:
        assert isinstance(host, SqlHost)
        last = known.clients[-1]
        tried = 0
        with engine.connect() as connection:
            schema = read_schema(connection)
            whole = host.digests(connection, None, last)
            for way in host.ways:
                for name in way.columns:
                    if not (way.is_there(schema) and schema.has(way.table, name)) or is_link(way, name):
                        continue
                    row = row_of(connection, way, known.client)
                    if row is None:
                        continue
                    change(connection, way.table, name, row)
                    changed = host.digests(connection, None, last)
                    connection.rollback()
                    assert changed[known.client] != whole[known.client], f"{way.table}.{name}"
                    assert changed[known.other] == whole[known.other], f"{way.table}.{name}"
                    tried += 1
        assert tried > 30

    def test_a_row_that_vanishes_changes_the_digest_and_the_count_of_its_range(
        self, host: Host, engine: Engine, known: Known
    ) -> None:
        last = known.clients[-1]
        for kind in (Kind.ORDER, Kind.SERVICE, Kind.INVOICE):
            with engine.connect() as connection:
                digest, counts = host.digests(connection, None, last), host.ranges(connection, kind, 5)
                id_ = known.records[kind]
                assert id_ in host.ids(connection, kind, id_, id_)
                host.delete(connection, kind, [id_], host.accounts(connection, [known.client], lock=True))
                assert host.digests(connection, None, last)[known.client] != digest[known.client]
                after = host.ranges(connection, kind, 5)
                assert after.get(id_ // 5, 0) < counts[id_ // 5]
                assert {place: n for place, n in after.items() if place != id_ // 5} == {
                    place: n for place, n in counts.items() if place != id_ // 5
                }
                assert host.ids(connection, kind, id_, id_) == set()
                connection.rollback()

    def test_ranges_and_ids_hold_every_record_once(self, host: Host, engine: Engine, known: Known) -> None:
        with engine.begin() as connection:
            for kind in known.records:
                every = host.ids(connection, kind, 0, 1_000_000)
                assert known.records[kind] in every
                assert host.ranges(connection, kind, 7) == dict(Counter(id_ // 7 for id_ in every))
                assert set(host.owners(connection, kind, sorted(every))) == every

    def test_new_rows_name_their_client_and_no_other(self, host: Host, engine: Engine, known: Known) -> None:
        with engine.begin() as connection:
            before = host.highest(connection)
            assert host.newer(connection, before) == set()
            assert host.newer(connection, {}) >= {known.client, known.other, known.orphan}
            table = known.needed[0]
            assert known.client in host.newer(connection, {**before, table: 0})
            copy_row(connection, table, known.client)
            assert host.newer(connection, before) == {known.client}
            assert host.highest(connection)[table] == before[table] + 1

    def test_changed_rows_name_their_client_where_the_host_notes_changes(
        self, host: Host, engine: Engine, known: Known
    ) -> None:
        assert isinstance(host, SqlHost)
        since = dt.datetime(2026, 2, 1, 3, 0, tzinfo=dt.UTC)
        local = since.astimezone(ZoneInfo(host.zone))
        for moved, expected in ((0, {known.client}), (-1, set[int]())):
            with engine.connect() as connection:
                assert host.changed_since(connection, since) == set()
                way = next(w for w in host.ways if not w.via and w.client == "id")
                at = (local + dt.timedelta(seconds=moved)).strftime("%Y-%m-%d %H:%M:%S")
                statement = text(f"UPDATE {way.table} SET updated_at = :at WHERE id = :id")
                connection.execute(statement, {"at": at, "id": known.client})
                assert host.changed_since(connection, since) == expected
                connection.rollback()

    def test_the_vocabulary_is_the_same_on_two_readings(self, host: Host, engine: Engine) -> None:
        with engine.begin() as connection:
            assert host.vocabulary(connection) == host.vocabulary(connection)


def is_link(way: Way, name: str) -> bool:
    """Whether a column says whose the row is: changing it moves the row to another client."""
    linking = {
        "id",
        way.unless,
        way.nobodys,
        *(step.column for step in way.via[:1]),
        *(() if way.via else (way.client,)),
    }
    return name in linking


def row_of(connection: Connection, way: Way, client: int) -> int | None:
    """The id of one row that is this client's by this way."""
    found = connection.exec_driver_sql(f"SELECT MIN(t0.id) {way.source([f'{way.owner} = {int(client)}'])}").scalar()
    return None if found is None else int(found)


def change(connection: Connection, table: str, name: str, id_: int) -> None:
    """Give one value another of its own sort."""
    there = Table(table, MetaData(), autoload_with=connection).c[name].type
    now = connection.exec_driver_sql(f"SELECT `{name}` FROM `{table}` WHERE id = {int(id_)}").scalar()
    spelled = str(there).upper()
    if any(word in spelled for word in ("DATE", "TIME")) or re.match(r"\d{4}-\d\d-\d\d", str(now)):
        new: object = "2001-02-03 04:05:06"[: 10 if spelled == "DATE" else 19]
    elif isinstance(there, Enum):
        new = next(word for word in there.enums if word != now)
    elif isinstance(there, (Integer, Numeric)) or isinstance(now, (int, float)):
        new = int(float(now or 0)) + 1
    else:
        new = f"{now or ''}x"
    connection.execute(text(f"UPDATE `{table}` SET `{name}` = :new WHERE id = :id"), {"new": new, "id": id_})


def copy_row(connection: Connection, table: str, client: int) -> None:
    """Add a copy of one of the client's rows under the next id."""
    there = Table(table, MetaData(), autoload_with=connection)
    owner = there.c["userid" if "userid" in there.c else "client_id"]
    row = connection.execute(select(there).where(owner == client)).mappings().first()
    assert row is not None
    highest = connection.execute(select(func.max(there.c.id))).scalar_one()
    names = [name for name in there.c.keys() if name != "id"]  # noqa: SIM118 - a collection of columns
    wanted = ", ".join(f"`{name}`" for name in names)
    connection.execute(
        text(f"INSERT INTO `{table}` (id, {wanted}) SELECT :new, {wanted} FROM `{table}` WHERE id = :old"),
        {"new": highest + 1, "old": row["id"]},
    )

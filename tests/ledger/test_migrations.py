"""kigen's tables come to their shape from nothing, from the version before and after an interruption, losing no row."""

from __future__ import annotations

import datetime as dt

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, select, text

from kigen.ledger import holds, inbox, migrate, runs, settings
from kigen.ledger import tables as ledger
from kigen.ledger.database import open_database
from kigen.ledger.runs import Act
from kigen.ledger.tables import VERSION_TABLE, metadata, records
from kigen.policy.records import Kind
from tests.ledger.acts import write_acts
from tests.ledger.times import START, minute


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "version_table": VERSION_TABLE}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_an_empty_database_has_no_revision(empty: Engine) -> None:
    assert migrate.revision(empty) is None
    assert tables(empty) == set()


def test_an_empty_database_gets_every_table_and_says_so(empty: Engine) -> None:
    assert migrate.upgrade(empty) == migrate.HEAD
    assert migrate.revision(empty) == migrate.HEAD
    assert tables(empty) == {*metadata.tables, VERSION_TABLE}


def test_the_head_is_the_last_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", "kigen.ledger:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


def test_the_migrated_schema_is_the_one_the_program_works_with(engine: Engine) -> None:
    assert differences(engine) == []


def test_the_comparison_of_schemas_would_notice_a_missing_index_and_another_type(engine: Engine) -> None:
    with engine.begin() as connection:
        on = " ON kigen_holds" if engine.dialect.name == "mysql" else ""
        connection.execute(text(f"DROP INDEX kigen_holds_client{on}"))
        connection.execute(text("ALTER TABLE kigen_notes ADD COLUMN surplus INT"))
    assert len(differences(engine)) == 2


def test_tables_of_mariadb_can_take_part_in_a_transaction_and_compare_bytes(mariadb_url: str) -> None:
    engine = open_database(mariadb_url)
    migrate.upgrade(engine)
    query = "SELECT table_name, engine, table_collation FROM information_schema.tables WHERE table_schema = database()"
    with engine.connect() as connection:
        found = {tuple(row[1:]) for row in connection.execute(text(query)) if row[0] != VERSION_TABLE}
    engine.dispose()
    assert found == {("InnoDB", "utf8mb4_bin")}


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        settings.store(connection, "kigen.zone", "Asia/Tokyo", START, "ops")
    assert migrate.upgrade(engine) == migrate.HEAD
    with engine.connect() as connection:
        assert settings.stored(connection) == {"kigen.zone": "Asia/Tokyo"}


def test_what_the_version_before_remembered_survives_the_upgrade(empty: Engine) -> None:
    assert migrate.upgrade(empty, "0001") == "0001"
    assert {"kigen_acts", "kigen_datamap"}.isdisjoint(tables(empty))
    with empty.begin() as connection:
        event = {"event": "order_created", "at": START, "payload": {"client": 3, "id": 12, "note": "注文"}}
        assert inbox.append(connection, [event], minute(1)) == 1
        placed = {"client": 3, "reason": "訴訟", "placed_at": START, "placed_by": "ops"}
        number = connection.execute(ledger.holds.insert().values(**placed)).inserted_primary_key[0]
        connection.execute(records.insert().values(kind="order", id=12, client=3, first_seen=START, due_at=minute(5)))
        run = runs.begin(connection, START, START, True, False, "ops")

    assert migrate.upgrade(empty) == migrate.HEAD
    assert differences(empty) == []
    with empty.begin() as connection:
        (arrival,) = inbox.next_batch(connection, 10)
        assert isinstance(arrival, inbox.Arrival)
        assert (arrival.at, arrival.payload["note"]) == (START, "注文")
        (hold,) = holds.in_force(connection, [3], [], minute(9))
        assert (hold.id, hold.reason) == (number, "訴訟")
        kept = connection.execute(select(records.c.first_seen, records.c.due_at)).one()
        assert tuple(kept) == (START, minute(5))
        write_acts(connection, [Act(Kind.ORDER, 12, run, "delete", "order.delete-cancelled", START, minute(2))])
        assert runs.last_act(connection, Kind.ORDER, 12) is not None


LONG = 1_203
"""More acts of one chunk than a row holds."""

DUE = START.replace(microsecond=0)
DONE_IN_0002 = [
    *(Act(Kind.ORDER, number, 1, "delete", "order.delete-cancelled", DUE, minute(1)) for number in range(1, LONG + 1)),
    Act(Kind.ORDER, 5_000, 2, "delete", "order.delete-draft", DUE, minute(5)),
    Act(Kind.CLIENT, 3, 1, "archive", "client.archive-inactive", DUE, minute(1)),
    Act(Kind.CLIENT, 3, 2, "delete", "client.delete-on-request", None, minute(5)),
    Act(Kind.CLIENT, 4, 2, "delete", "client.delete-on-request", DUE, minute(5)),
]
"""An archive and a later deletion of one client, one without a date, and a long chunk."""


def put_acts_of_0002(engine: Engine) -> None:
    columns = ("kind", "id", "run", "action", "rule", "due_at", "at")
    values = ", ".join(f":{name}" for name in columns)
    rows = [
        {name: getattr(act, name) for name in columns}
        | {"kind": act.kind.value, "at": _naive(act.at), "due_at": act.due_at and _naive(act.due_at)}
        for act in DONE_IN_0002
    ]
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO kigen_acts ({', '.join(columns)}) VALUES ({values})"), rows)


def _naive(at: dt.datetime) -> str:
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")


def acts(engine: Engine) -> list[Act]:
    with engine.connect() as connection:
        return sorted(runs.acts(connection), key=repr)


def test_what_runs_did_before_is_found_after_the_upgrade_under_the_same_numbers(empty: Engine) -> None:
    migrate.upgrade(empty, "0002")
    put_acts_of_0002(empty)
    migrate.upgrade(empty)
    assert acts(empty) == sorted(DONE_IN_0002, key=repr)
    with empty.connect() as connection:
        last = {act.id: runs.last_act(connection, act.kind, act.id) for act in DONE_IN_0002 if act.kind is Kind.CLIENT}
        assert [(one.run, one.action, one.due_at) for one in last.values() if one] == [
            (2, "delete", None),
            (2, "delete", DUE),
        ]
        assert runs.last_act(connection, Kind.ORDER, LONG) == DONE_IN_0002[LONG - 1]
        assert runs.last_act(connection, Kind.ORDER, LONG + 1) is None
    assert {"kigen_acts", "kigen_anchors"}.isdisjoint(tables(empty))
    assert differences(empty) == []


def test_an_upgrade_that_died_while_it_rewrote_what_runs_did_loses_no_act_and_keeps_none_twice(empty: Engine) -> None:
    # What MariaDB has committed then: the new tables, none, some or all of the rewritten acts, and no new revision.
    migrate.upgrade(empty, "0002")
    put_acts_of_0002(empty)
    with empty.begin() as connection:
        metadata.tables["kigen_chunks"].create(connection)
        write_acts(connection, DONE_IN_0002[:700])
    assert migrate.revision(empty) == "0002"
    assert migrate.upgrade(empty) == migrate.HEAD
    assert acts(empty) == sorted(DONE_IN_0002, key=repr)
    assert differences(empty) == []


def test_an_upgrade_that_died_after_the_old_table_went_keeps_what_was_rewritten(empty: Engine) -> None:
    migrate.upgrade(empty, "0002")
    put_acts_of_0002(empty)
    migrate.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0002'"))
    assert migrate.upgrade(empty) == migrate.HEAD
    assert acts(empty) == sorted(DONE_IN_0002, key=repr)
    assert differences(empty) == []


@pytest.mark.parametrize("left", ["nothing but the first table", "a table without its index", "all but the revision"])
def test_an_interrupted_upgrade_is_finished_by_the_next(empty: Engine, left: str) -> None:
    # What MariaDB has committed when the program dies midway: every statement up to there, and no revision.
    migrate.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
        if left == "nothing but the first table":
            for name in set(metadata.tables) - {"kigen_inbox"}:
                connection.execute(text(f"DROP TABLE {name}"))
        elif left == "a table without its index":
            on = " ON kigen_contracts" if empty.dialect.name == "mysql" else ""
            connection.execute(text(f"DROP INDEX kigen_contracts_group{on}"))
    assert migrate.revision(empty) is None
    assert migrate.upgrade(empty) == migrate.HEAD
    assert differences(empty) == []


def test_an_upgrade_that_fails_midway_leaves_sqlite_as_it_was(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    with engine.begin() as connection:
        # A name that a later step needs for an index is taken, so that the upgrade fails after its first tables.
        connection.execute(text("CREATE TABLE kigen_requests (kigen_archives_client INT)"))
        connection.execute(text("CREATE INDEX kigen_archives_client ON kigen_requests (kigen_archives_client)"))
    with pytest.raises(Exception, match="already exists"):
        migrate.upgrade(engine)
    assert tables(engine) == {"kigen_requests"}
    engine.dispose()


def test_tables_of_a_newer_program_are_refused_in_one_sentence_and_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0999'"))
    with pytest.raises(ValueError, match=rf"revision 0999, .* expected {migrate.HEAD} .* install the newer kigen"):
        migrate.upgrade(engine)
    assert migrate.revision(engine) == "0999"
    assert differences(engine) == []

"""kigen's tables come to their shape from nothing, from the version before and after an interruption, losing no row."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, select, text

from kigen.ledger import holds, inbox, migrate, runs, settings
from kigen.ledger.database import open_database
from kigen.ledger.tables import VERSION_TABLE, metadata, records
from kigen.policy.records import Kind
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
        number = holds.place(connection, 3, None, "訴訟", None, START, "ops")
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
        act = {"kind": Kind.ORDER.value, "id": 12, "run": run, "action": "delete", "rule": "order.delete-cancelled"}
        runs.write_acts(connection, [{**act, "due_at": START, "at": minute(2)}])
        assert runs.last_act(connection, "order", 12) is not None


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
    with pytest.raises(ValueError, match=r"revision 0999, .* expected 0002 .* install the newer kigen"):
        migrate.upgrade(engine)
    assert migrate.revision(engine) == "0999"
    assert differences(engine) == []

"""Tables in an empty database: made once by the program itself, and from then on by the script of what it made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect

from kigen.hosts.whmcs import tables
from kigen.ledger import migrate
from tests.support.sql import load_sql


@dataclass
class Shape:
    """What a database held after the program had made its tables; `rows` by table with the columns' names."""

    script: str = ""
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    file: bytes = b""


_SHAPES: dict[tuple[str, str], Shape] = {}


def make(engine: Engine, name: str, by_the_program: Callable[[Engine], object]) -> None:
    """Give an empty database the tables that `by_the_program` makes. `name` tells one way of making from another."""
    key = (engine.dialect.name, name)
    if key not in _SHAPES:
        by_the_program(engine)
        engine.dispose()
        _SHAPES[key] = _read(engine)
        return
    shape, path = _SHAPES[key], Path(engine.url.database or "")
    if shape.file:
        assert not path.exists() or not path.stat().st_size
        path.write_bytes(shape.file)
        return
    load_sql(engine.url.render_as_string(hide_password=False), shape.script)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
        for table, rows in shape.rows.items():
            names = list(rows[0])
            columns, marks = ", ".join(f"`{one}`" for one in names), ", ".join(["%s"] * len(names))
            values = [tuple(row.values()) for row in rows]
            connection.exec_driver_sql(f"INSERT INTO `{table}` ({columns}) VALUES ({marks})", values)
    engine.dispose()  # the mode of that session is nobody else's


def whmcs(engine: Engine) -> None:
    """The tables of WHMCS with its standard rows."""
    make(engine, "WHMCS", tables.create)


def kigen(engine: Engine) -> None:
    """kigen's own tables as this program works with them."""
    make(engine, "kigen", migrate.upgrade)


def whmcs_with_kigen(engine: Engine) -> None:
    """Both, as on an installation."""
    make(engine, "WHMCS with kigen", _both)


def _both(engine: Engine) -> None:
    tables.create(engine)
    migrate.upgrade(engine)


def _read(engine: Engine) -> Shape:
    if engine.dialect.name == "sqlite":
        return Shape(file=Path(engine.url.database or "").read_bytes())
    shape = Shape("SET foreign_key_checks = 0;")
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            made = connection.exec_driver_sql(f"SHOW CREATE TABLE `{table}`").one()[1]
            shape.script += f"{made};"
            if rows := connection.exec_driver_sql(f"SELECT * FROM `{table}`").mappings().all():
                shape.rows[table] = [dict(row) for row in rows]
    return shape

"""The operator's settings with their history, and kigen's notes about itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from kigen.ledger.bulk import put
from kigen.ledger.quick import Question, answer, ask
from kigen.ledger.tables import notes, settings, settings_history


def stored(connection: Connection) -> dict[str, str]:
    """The settings that differ from their defaults or were ever set."""
    return answer(connection, every(connection))


def every(connection: Connection) -> Question[dict[str, str]]:
    """The question that `stored` asks."""
    one = ask(connection, f"FROM {settings.name}", "name, value")
    return Question([one], lambda rows: {str(row[0]): str(row[1]) for row in rows})


def store(connection: Connection, name: str, value: str | None, now: dt.datetime, actor: str) -> None:
    """Set a setting (None: back to its default) and remember who changed what when."""
    old = connection.scalar(select(settings.c.value).where(settings.c.name == name))
    if value is None:
        connection.execute(delete(settings).where(settings.c.name == name))
    else:
        put(connection, settings, [{"name": name, "value": value}])
    connection.execute(insert(settings_history).values(name=name, old=old, new=value, at=now, actor=actor))


def history(connection: Connection, name: str | None = None) -> list[Row[Any]]:
    """Changes, the oldest first, of one setting or of all."""
    query = select(settings_history).order_by(settings_history.c.id)
    return list(connection.execute(query.where(settings_history.c.name == name) if name else query))


def note(connection: Connection, name: str) -> str | None:
    """What kigen noted about itself under this name."""
    return connection.scalar(select(notes.c.value).where(notes.c.name == name))


def write_note(connection: Connection, name: str, value: str) -> None:
    """Note something about kigen itself, overwriting what was there."""
    put(connection, notes, [{"name": name, "value": value}])

"""What counts once counts once, on either engine, whoever asks and however often, until it has ended."""

from __future__ import annotations

import datetime as dt
import threading

from kigen.ledger import once
from kigen.ledger.database import open_database
from tests.support import shape

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(minutes=2)


def test_of_many_who_take_the_same_value_at_once_one_gets_it_and_an_ended_one_is_let_go(database_url: str) -> None:
    engine = open_database(database_url)
    shape.kigen(engine)
    told: list[str | None] = []

    def take(content: str) -> None:
        with engine.begin() as connection:
            told.append(once.take(connection, "bridge 1", content, LATER))

    threads = [threading.Thread(target=take, args=(str(number),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count(None) == 1
    assert len({one for one in told if one is not None}) == 1  # the others hear what came with the first
    with engine.begin() as connection:
        assert once.take(connection, "bridge 2", "", LATER + dt.timedelta(seconds=1)) is None
        assert once.forget(connection, LATER) == 1
        assert once.take(connection, "bridge 2", "x", LATER) == ""
        assert once.take(connection, "bridge 1", "again", LATER) is None
    engine.dispose()

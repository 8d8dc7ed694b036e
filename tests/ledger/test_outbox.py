"""Messages that wait: each once, without an address but for the last, and gone with their client."""

from __future__ import annotations

from sqlalchemy import Connection

from kigen.ledger import lifecycle, outbox
from kigen.ledger import outbox_sending as sending
from kigen.policy.records import Kind
from tests.ledger.times import START, minute


def notices(connection: Connection, client: int) -> list[tuple[str, str | None]]:
    return [(row.notice, row.address) for row in outbox.of(connection, client)]


def test_the_same_message_is_written_once_however_often_it_is_heard(connection: Connection) -> None:
    assert outbox.put(connection, 1, outbox.RECEIVED, {"date": "2026-07-01"}, START)
    assert not outbox.put(connection, 1, outbox.RECEIVED, {"date": "2026-07-01"}, minute(5))
    assert outbox.put(connection, 1, outbox.RECEIVED, {"date": "2026-07-02"}, START)
    assert outbox.put(connection, 2, outbox.RECEIVED, {"date": "2026-07-01"}, START)
    assert outbox.put(connection, 1, outbox.BLOCKED, {"codes": ["a"]}, START, about="first")
    assert not outbox.put(connection, 1, outbox.BLOCKED, {"codes": ["b"]}, START, about="first")
    assert [row.notice for row in sending.waiting(connection, minute(5))] == [outbox.RECEIVED] * 3 + [outbox.BLOCKED]
    assert outbox.last(connection, 1, outbox.RECEIVED) == {"date": "2026-07-02"}
    assert outbox.last(connection, 2, outbox.BLOCKED) is None


def test_messages_die_with_their_client_and_only_the_last_one_waits_with_its_address(connection: Connection) -> None:
    """I14"""
    outbox.put(connection, 1, outbox.RECEIVED, {}, START)
    outbox.put(connection, 2, outbox.RECEIVED, {}, START)
    outbox.put(connection, 1, outbox.DONE, {}, START, address="last@example.jp", language="ja")
    lifecycle.forget(connection, [(Kind.CLIENT, 1)], START)
    assert notices(connection, 1) == [(outbox.DONE, "last@example.jp")]
    assert notices(connection, 2) == [(outbox.RECEIVED, None)]
    outbox.put(connection, 3, outbox.FORMER, {}, START, address="former@example.jp")
    for client in (1, 2, 3):
        (row,) = outbox.of(connection, client)
        sending.sent(connection, row.id, minute(5), "250 2.0.0")
    assert [(row.state, row.address, row.answer) for row in outbox.of(connection, 1)] == [
        (outbox.SENT, None, "250 2.0.0")
    ]  # that it left can be shown, to whom is forgotten
    assert [row.state for row in outbox.of(connection, 2)] == [outbox.SENT]
    assert outbox.of(connection, 3) == []
    assert sending.waiting(connection, minute(5)) == []

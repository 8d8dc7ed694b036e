"""The recorded events of both real versions, each put into kigen's words; the tables are those of the description.

The expected lines are read from the description of the scenario: number of the recorded event, what it means, client
and id ("-": the row is gone and the event does not say whose it was).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from kigen.hosts.fossbilling import FossBillingHost
from kigen.hosts.port import UnconfirmedEvent, UnknownEvent
from kigen.policy.events import EVENTS, Event
from tests.support.fossbilling import connected
from tests.support.scenario import Recorded, put_state_afterwards, recorded

EXPECTED = {
    "fossbilling-0.7.2": """
        6 client_registered 62 -
        10 client_signed_in 62 -
        12 client_changed 62 -
        14 client_changed 62 -
        18 client_signed_in 62 -
        24 client_signed_in 62 -
        27 client_registered 63 -
        31 client_registered 64 -
        35 client_registered 65 -
        38 client_changed 63 -
        40 client_changed 63 -
        42 client_changed 63 -
        46 client_changed 65 -
        50 client_changed 65 -
        52 order_created 63 55
        54 invoice_created 63 114
        58 service_activated 63 55
        61 invoice_paid 63 114
        65 service_changed 63 55
        67 service_suspended 63 55
        69 service_unsuspended 63 55
        74 invoice_created 63 115
        77 service_cancelled 63 55
        79 service_activated 63 55
        81 service_cancelled 63 55
        83 order_created - 56
        85 service_activated - 56
        87 order_deleted - 56
        89 order_created 63 57
        91 service_activated 63 57
        93 client_signed_in 63 -
        97 order_created 63 58
        99 service_activated 63 58
        103 order_created 62 59
        105 invoice_created 62 116
        110 invoice_created 62 117
        111 order_created 62 60
        114 invoice_paid 62 117
        116 service_activated 62 60
        121 invoice_created 62 118
        122 order_created 62 61
        124 order_deleted - 61
        125 invoice_due_changed 63 119
        128 invoice_created 63 119
        131 invoice_paid 63 119
        133 invoice_refunded 63 119
        135 invoice_created - 121
        139 invoice_deleted - 121
        141 invoice_created - 122
        142 invoice_deleted - 122
        144 invoice_created 63 123
        145 invoice_due_changed 63 123
        147 invoice_cancelled 63 123
        150 invoice_created 63 124
        156 invoice_paid 63 124
        185 ticket_opened 62 13
        186 ticket_replied 62 13
        187 ticket_replied 62 13
        188 ticket_closed 62 13
        190 ticket_opened - 14
        191 ticket_replied - 14
        192 ticket_closed - 14
        194 ticket_opened 63 15
        232 order_created - 62
        234 invoice_created - 125
        236 service_activated - 62
        238 client_deleted 64 -
        240 client_deleted 65 -
        243 service_suspended 33 33
        245 service_suspended 34 34
        247 service_suspended 59 52
        253 invoice_created - 126
        255 invoice_created - 127
        257 invoice_created - 128
        261 day_started - -
        263 client_signed_in 62 -
        264 client_closed 62 -
        265 client_changed 62 -
    """,
    "fossbilling-0.8.5": """
        6 client_registered 62 -
        8 client_signed_in 62 -
        12 client_signed_in 62 -
        14 client_changed 62 -
        16 client_changed 62 -
        20 client_signed_in 62 -
        26 client_signed_in 62 -
        29 client_registered 63 -
        33 client_registered 64 -
        37 client_registered 65 -
        40 client_changed 63 -
        42 client_changed 63 -
        44 client_changed 63 -
        48 client_changed 65 -
        52 client_changed 65 -
        55 invoice_created 63 115
        56 order_created 63 55
        60 service_activated 63 55
        63 invoice_paid 63 115
        67 service_changed 63 55
        69 service_suspended 63 55
        71 service_unsuspended 63 55
        76 invoice_created 63 116
        79 service_cancelled 63 55
        81 service_activated 63 55
        83 service_cancelled 63 55
        85 order_created - 56
        87 service_activated - 56
        89 order_deleted - 56
        91 order_created 63 57
        93 service_activated 63 57
        95 client_signed_in 63 -
        99 order_created 63 58
        101 service_activated 63 58
        106 invoice_created 62 117
        107 order_created 62 59
        112 invoice_created 62 118
        113 order_created 62 60
        116 invoice_paid 62 118
        118 service_activated 62 60
        123 invoice_created 62 119
        124 order_created 62 61
        126 order_deleted - 61
        127 invoice_due_changed 63 120
        130 invoice_created 63 120
        133 invoice_paid 63 120
        135 invoice_refunded 63 120
        137 invoice_created 63 122
        141 invoice_deleted - 122
        143 invoice_created 62 123
        145 invoice_created 63 124
        146 invoice_due_changed 63 124
        148 invoice_cancelled 63 124
        151 invoice_created 63 125
        157 invoice_paid 63 125
        191 ticket_opened 62 15
        192 ticket_replied 62 15
        193 ticket_replied 62 15
        194 ticket_closed 62 15
        196 ticket_opened - 16
        197 ticket_replied - 16
        198 ticket_closed - 16
        200 ticket_opened 63 17
        202 ticket_opened - 18
        203 ticket_replied - 18
        204 ticket_replied - 18
        205 ticket_closed - 18
        236 invoice_created 64 126
        237 order_created - 62
        239 service_activated - 62
        241 client_deleted 64 -
        243 client_deleted 65 -
        246 service_suspended 33 33
        248 service_suspended 34 34
        250 service_suspended 59 52
        252 service_suspended 61 54
        257 invoice_created 36 127
        259 invoice_created 29 128
        280 day_started - -
        282 client_signed_in 62 -
        283 client_closed 62 -
        284 client_changed 62 -
    """,
}

# Recorded payments whose transaction the description does not list: without the row they cannot be confirmed.
UNCONFIRMED = {"fossbilling-0.7.2": [60, 113, 130, 152, 157], "fossbilling-0.8.5": [62, 115, 132, 153, 158]}


@pytest.fixture
def afterwards(fossbilling_url: str, fossbilling_dump: str, shared_data: Path) -> Iterator[Connection]:
    """The real database with the scenario's records as they stood at its end."""
    with connected(fossbilling_url) as connection:
        put_state_afterwards(connection, shared_data, fossbilling_dump)
        yield connection


def translated(connection: Connection, events: list[Recorded]) -> tuple[list[tuple[Recorded, Event]], list[int]]:
    """What each event means, and the numbers of those that the tables do not confirm."""
    host = FossBillingHost("UTC")
    found: list[tuple[Recorded, Event]] = []
    unconfirmed: list[int] = []
    for one in events:
        params = one.params if isinstance(one.params, dict) else {}
        try:
            found.append((one, host.translate(connection, one.name, params, one.at)))
        except UnconfirmedEvent:
            unconfirmed.append(one.seq)
        except UnknownEvent:
            continue
    return found, unconfirmed


def test_every_recorded_event_means_what_the_description_says(
    afterwards: Connection, fossbilling_dump: str, shared_data: Path
) -> None:
    found, unconfirmed = translated(afterwards, recorded(shared_data, fossbilling_dump))
    lines = [f"{one.seq} {event.name} {event.client or '-'} {event.id or '-'}" for one, event in found]
    assert lines == [line.strip() for line in EXPECTED[fossbilling_dump].strip().splitlines()]
    assert unconfirmed == UNCONFIRMED[fossbilling_dump]
    assert all(event.at == one.at for one, event in found)


def test_a_changed_due_date_is_told_with_the_new_one(
    afterwards: Connection, fossbilling_dump: str, shared_data: Path
) -> None:
    found, _ = translated(afterwards, recorded(shared_data, fossbilling_dump))
    dues = [event.data for _, event in found if event.name == "invoice_due_changed"]
    assert dues == [{"due": "2026-12-31T00:00:00+00:00"}, {"due": "2026-09-01T00:00:00+00:00"}]


def test_no_event_carries_more_than_the_keys_that_are_allowed(
    afterwards: Connection, fossbilling_dump: str, shared_data: Path
) -> None:
    found, _ = translated(afterwards, recorded(shared_data, fossbilling_dump))
    assert {key for _, event in found for key in event.data} <= {"due", "fields", "amount", "invoice", "by"}
    assert {event.data.get("by") for _, event in found} <= {None, "staff", "client"}
    assert {event.name for _, event in found} <= EVENTS.keys()


def test_a_payment_is_told_once_its_transaction_is_in_the_tables(
    afterwards: Connection, fossbilling_dump: str, shared_data: Path
) -> None:
    afterwards.exec_driver_sql(
        "INSERT INTO `transaction` (id, invoice_id, amount, status) VALUES (102, 1, '9.90', 'processed')"
    )
    (first,) = [one for one in recorded(shared_data, fossbilling_dump) if one.seq == UNCONFIRMED[fossbilling_dump][0]]
    ((_, event),), _ = translated(afterwards, [first])
    assert (event.name, event.client, event.id) == ("payment_received", 1, 102)
    assert event.data == {"amount": "9.90", "invoice": 1}

"""An installation with two clients and its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kigen.ledger import settings
from tests.cases.desk import Desk
from tests.web.bridge import Bridge


@pytest.fixture
def bridge(sqlite_url: str, tmp_path: Path) -> Iterator[Bridge]:
    """Client 1 has a paid invoice, a live service and an open ticket; client 2 is registration only and due."""
    desk = Desk(sqlite_url, tmp_path)
    desk.put_many(
        ("tblclients", {"id": 1, "status": "Active", "datecreated": "2020-01-01", "country": "DE",
                        "firstname": "Ada", "email": "ada@example.jp"}),
        ("tblclients", {"id": 2, "status": "Active", "datecreated": "2020-01-01", "country": "JP",
                        "email": "two@example.jp"}),
        ("tblinvoices", {"id": 10, "userid": 1, "status": "Paid", "date": "2024-03-01", "subtotal": "11.00",
                         "total": "11.00", "datepaid": "2024-03-01 09:00:00"}),
        ("tblhosting", {"id": 81, "userid": 1, "domainstatus": "Active"}),
        ("tbltickets", {"id": 5, "userid": 1, "status": "Open", "title": "Help"}),
    )  # fmt: skip
    with desk.site.transaction() as connection:
        settings.store(connection, "floors.fiscal_year_end", "12-31", desk.site.now, "tests")
    yield Bridge(desk)
    desk.close()

"""Documents, keys and floors for the tests of what is frozen: one invoice of Yamada Taro, and what differs from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from functools import partial

from kigen.ledger.keys_store import StoreKeys
from kigen.policy.floors import Document, Floors
from kigen.policy.papers import Line, Paper, Shown
from kigen.policy.records import Kind

KEYS = StoreKeys(bytes(range(32)), bytes(range(32, 64)))
OTHER_KEYS = StoreKeys(bytes(range(64, 96)), bytes(range(96, 128)))
AT = dt.datetime(2026, 3, 1, 3, 0, tzinfo=dt.UTC)
ISSUED = dt.date(2019, 5, 20)

# The year ends on 31 March 2020, is filed by 31 May, a Sunday: 1 June; the floor ends when 2 June 2027 begins in Japan.
FLOORS = Floors(fiscal_year_end=(3, 31))
END = dt.datetime(2027, 6, 1, 15, 0, tzinfo=dt.UTC)

INVOICE = Paper(
    "whmcs", Kind.INVOICE, 30, 7, "2019-0030", ISSUED, "JPY", Decimal("11000"),
    ("太郎 山田", "山田 太郎", "株式会社ヤマダ", "taro@yamada.example"),
    {"tblinvoices": [{"id": "30", "total": "11000", "notes": None}], "tblinvoiceitems": [{"description": "yamada.jp"}]},
    "ja",
    Shown(
        ("BESTNET LLC", "宮城県大崎市"), ("株式会社ヤマダ", "山田 太郎", "仙台市青葉区1-2-3"), state="Paid",
        dates=(("issued", "2019-05-20"), ("paid", "2019-05-21")), lines=(Line("yamada.jp 1Y", "1", "10,000"),),
        sums=(("subtotal", "", "10,000"), ("tax", "10", "1,000"), ("total", "", "11,000")),
        payments=(("2019-05-21", "TX-9", "bank", "11,000"),), notes=("毎度ありがとうございます",),
    ),
)  # fmt: skip


def ends(floors: Floors = FLOORS) -> partial[dt.datetime]:
    """When floors are over, in Japan."""
    return partial(floors.end, zone="Asia/Tokyo")


def document(paper: Paper, dated: dt.date | None = ISSUED) -> Document:
    """The floor's own word on a paper."""
    return Document(paper.ref, dated)


def other(number: int, **changes: object) -> Paper:
    """Another invoice, with what differs."""
    return replace(INVOICE, id=number, number=f"2019-{number:04}", **changes)  # type: ignore[arg-type]  # by its fields

"""What stays elsewhere of an erased client, told with its last message (Article 8(3)), for it is not kigen's to end.

A payment service has a number for it, a registrar and the public register of domains its holder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Sorts of outside places."""

    PAYMENT = "payment-service"
    REGISTRAR = "registrar"
    WHOIS = "public-register"


SENTENCES: Mapping[Place, tuple[str, str]] = {
    Place.PAYMENT: (
        "The payment service {name} keeps its own records of payments, under a number of its own.",
        "決済サービス {name} は、支払いの記録を独自の番号で保管しています。",
    ),
    Place.REGISTRAR: (
        "The registrar {name} keeps the data of the holder of {records} domains.",
        "レジストラ {name} は、ドメイン {records} 件の登録者情報を保管しています。",
    ),
    Place.WHOIS: (
        "The public register (WHOIS, RDAP) that {name} fills may show the holder of {records} domains until it is"
        " changed there.",
        "{name} を通じた公開登録情報（WHOIS・RDAP）には、変更されるまでドメイン {records} 件の登録者が"
        "表示されることがあります。",
    ),
}
"""The sentence of each, in English and Japanese."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One place: its sort, the service as the platform calls it, and how many rows of the client named it."""

    place: Place
    name: str
    records: int

    def as_data(self) -> dict[str, object]:
        """As it stands in a message: nothing of it is personal."""
        return {"place": self.place.value, "name": self.name, "records": self.records}

    def text(self, language: str = "en") -> str:
        """The sentence for the client."""
        words = SENTENCES[self.place][1 if language == "ja" else 0]
        return words.format(name=self.name, records=self.records)

"""What the parts of one invented life share: the person, the rows so far, the dice, and the host's log of changes."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from kigen.demo.book import Book, Row, Told
from kigen.demo.lives import Life
from kigen.demo.names import Person, ip


@dataclass
class Story:
    """One client's life; `left` is the last payment's time of a client who left."""

    book: Book
    rng: Random
    now: datetime
    life: Life
    person: Person
    born: datetime
    left: datetime | None
    client: Row
    user: Row
    fields: dict[str, Row]
    services: list[Row] = field(default_factory=list)
    addons: list[Row] = field(default_factory=list)
    domains: list[Row] = field(default_factory=list)
    invoices: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)

    @property
    def currency(self) -> int:
        return self.person.country.currency

    @property
    def home(self) -> str:
        """The client's own domain."""
        return f"{self.person.label}.example"

    def perhaps(self, chance: float) -> bool:
        """True in that share of the cases."""
        return self.rng.random() < chance

    def log(self, at: datetime, text: str, row: Row, by_staff: bool = False) -> None:
        """Writes the activity log: `text` has {} for the row's id. kigen.demo.events reads it again."""
        at = min(at, self.now)
        self.book.add(
            "tblactivitylog", at, date=at, description=Told(text, row),
            user="Demo Staff" if by_staff else self.person.email, userid=self.client,
            user_id=0 if by_staff else self.user, admin_id=1 if by_staff else 0, ipaddr=ip(self.rng),
        )  # fmt: skip

    def sign_in(self, at: datetime) -> None:
        """The client's own user signs in."""
        self.log(at, "Client area sign-in - User ID: {}", self.user)
        if self.client["lastlogin"] is None or self.client["lastlogin"] < at:
            self.client["lastlogin"] = at
        if self.user["last_login"] is None or self.user["last_login"] < at:
            self.user["last_login"] = at

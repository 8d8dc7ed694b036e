"""Decides which dates a generated world holds: most lie at, just before or just after the end of a term at `now`."""

from datetime import date, datetime, timedelta
from random import Random

from .clock import ZONE, add_months, local
from .world import ZERO, ZERO_TIME

STEPS = [timedelta()] * 4 + [timedelta(seconds=1), timedelta(seconds=-1), timedelta(hours=-9), timedelta(hours=9)]
STEPS += [timedelta(days=days) for days in (-3, -2, -1, -1, 1, 1, 2, 3)]
UNREADABLE = ["1980-01-01", "1970-01-01", "1994-12-31", "2101-01-01", "2150-06-30", "2019-00-00"]


class Dates:
    def __init__(self, rng: Random, now: datetime):
        self.rng, self.now = rng, local(now).replace(tzinfo=None, microsecond=0)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def before(self, term: str) -> datetime:
        """The local time from which the term reaches now, clamped where that month is shorter."""
        count, unit = term.split()
        if unit.startswith("day"):
            return self.now - timedelta(days=int(count))
        months = int(count) * (12 if unit.startswith("year") else 1)
        return datetime.combine(add_months(self.now.date(), -months), self.now.time())

    def edge(self, term: str) -> datetime:
        return self.before(term) + self.rng.choice(STEPS)

    def edge_day(self, term: str) -> date:
        """A day whose end, the term later, is today's or a neighbouring midnight."""
        return self.before(term).date() - timedelta(days=self.rng.choice([-1, 0, 1, 1, 1, 2, 3]))

    def ago(self, fewest: int, most: int) -> datetime:
        return self.now - timedelta(days=self.rng.randint(fewest, most), seconds=self.rng.randint(0, 86399))

    def near(self, term: str, most: int = 2000) -> datetime:
        """An edge of the term two times in three, else any day."""
        return self.edge(term) if self.chance(0.67) else self.ago(0, most)

    def near_day(self, term: str, most: int = 2000) -> date:
        return self.edge_day(term) if self.chance(0.67) else self.ago(0, most).date()

    def stamp(self, moment: datetime, nasty: float = 0.01, null: bool = False) -> str | None:
        """A DATETIME column, rarely zero, NULL, unreadable or in the future."""
        if not self.chance(nasty):
            return moment.strftime("%Y-%m-%d %H:%M:%S")
        ahead = (self.now + timedelta(seconds=self.rng.choice([1, 86400, 9000000]))).strftime("%Y-%m-%d %H:%M:%S")
        return self.rng.choice([ZERO_TIME, ahead, self.rng.choice(UNREADABLE) + " 12:00:00"] + [None] * null)

    def day(self, moment: date | datetime, nasty: float = 0.01, null: bool = False) -> str | None:
        """A DATE column, rarely zero, NULL, unreadable or in the future."""
        if not self.chance(nasty):
            return moment.strftime("%Y-%m-%d")
        ahead = (self.now + timedelta(days=self.rng.choice([0, 1, 400]))).strftime("%Y-%m-%d")
        return self.rng.choice([ZERO, ahead, self.rng.choice(UNREADABLE)] + [None] * null)

    def instant(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=ZONE)

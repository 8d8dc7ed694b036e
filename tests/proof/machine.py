"""Decides what a whole life is made of: all that clients, staff, clocks and kigen itself can do, in any order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from kigen.ledger import requests
from kigen.work.site import Site
from tests.oracle.clock import add_months, local
from tests.oracle.judge import judge
from tests.proof.checks import hear, look, plan_agrees, sweep_again_agrees, sweep_agrees, world_to_come
from tests.proof.life import Life
from tests.proof.pasts import PASTS
from tests.proof.staff import Staff
from tests.proof.trade import Trade, nth, told

FAR = dt.timedelta(days=11 * 365)
STEPS = {
    "an hour": lambda now: now + dt.timedelta(hours=1), "eight days": lambda now: now + dt.timedelta(days=8),
    "three months": lambda now: _months(now, 3), "the year's end": lambda now: _day(now, 12, 31),
    "the next leap day": lambda now: _day(now, 2, 29), "eighteen months": lambda now: _months(now, 18),
    "ten years": lambda now: _months(now, 120),
}  # fmt: skip
RIGHTS = ["access", "restriction", "objection", "erasure"]


def _months(now: dt.datetime, months: int) -> dt.datetime:
    here = local(now)
    return local(dt.datetime.combine(add_months(here.date(), months), here.time())).astimezone(dt.UTC)


def _day(now: dt.datetime, month: int, day: int) -> dt.datetime:
    """The last second of the next such day."""
    here = local(now)
    for year in range(here.year, here.year + 9):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        if (month, day) != (2, 29) or leap:
            found = local(dt.datetime(year, month, day, 23, 59, 59))
            if found > here:
                return found.astimezone(dt.UTC)
    raise AssertionError("a leap day comes within eight years")


class Lives(Trade, Staff):
    """One life after another; `fresh` gives an empty installation."""

    fresh: Callable[[], Site]

    @initialize(pasts=st.lists(st.sampled_from(list(PASTS)), min_size=1, max_size=4))
    def kigen_comes_to_a_platform_with(self, pasts: list[str]) -> None:
        self.life = Life(self.fresh())
        for past in pasts:
            PASTS[past](self.life)
            self.life.say(f"client {self.life.numbers['tblclients']} is {past}")

    @rule(step=st.sampled_from(sorted(STEPS)))
    def time_passes(self, step: str) -> None:
        self.life.pass_time(STEPS[step](self.life.now))
        self.life.say(f"{step} later" if "the " not in step else f"it is {step}")

    @rule(which=st.integers(0, 7), early=st.booleans(), sweeps=st.booleans())
    def time_passes_until_something_is_due(self, which: int, early: bool, sweeps: bool) -> None:
        """To the very instant at which some term ends, or the second before; perhaps the night's sweep runs then."""
        life = self.life
        verdicts = judge(world_to_come(life), life.now).values()
        dues = sorted({verdict.due for verdict in verdicts if verdict.due and life.now < verdict.due < life.now + FAR})
        if dues:
            due = dues[which % len(dues)].astimezone(dt.UTC)
            life.pass_time(due - dt.timedelta(seconds=int(early)))
            life.say("a term ends" + (" in a second" if early else " now"))
        if sweeps:
            self.a_sweep_runs(again=False)

    @rule(client=nth, own=st.booleans(), by_column=st.booleans(), told=told)
    def a_client_signs_in(self, client: int, own: bool, by_column: bool, told: str) -> None:
        life, row = self.life, self.life.row("tblclients", client)
        if row is None:
            return
        life.say(f"{'client' if own else 'staff as client'} {row['id']} signs in (told {told})")
        if by_column and own:
            life.set("tblclients", row["id"], lastlogin=life.stamp())
        life.tell(told, "client_signed_in", row["id"], **({} if own else {"masquerading": True}))

    @rule(client=nth, right=st.sampled_from(RIGHTS), told=told)
    def a_client_asks(self, client: int, right: str, told: str) -> None:
        life, row = self.life, self.life.row("tblclients", client)
        if row:
            life.say(f"client {row['id']} asks for {right} (told {told})")
            if right == "erasure":
                life.tell(told, "deletion_requested", row["id"])
            else:
                life.tell(told, "rights_requested", row["id"], right=right)

    @rule(client=nth, right=st.sampled_from(RIGHTS), told=told)
    def a_request_ends(self, client: int, right: str, told: str) -> None:
        """A deletion is withdrawn by an event; other requests are answered at the desk."""
        life, row = self.life, self.life.row("tblclients", client)
        if row is None:
            return
        if right == "erasure":
            life.say(f"client {row['id']} withdraws the deletion (told {told})")
            life.tell(told, "deletion_withdrawn", row["id"])
            return
        hear(life)
        with life.site.transaction() as connection:
            requests.close_requests(connection, row["id"], right, life.now)
        life.knowledge.answered.append({"client": row["id"], "right": right, "at": life.now})
        life.say(f"the {right} that client {row['id']} asked for is answered")
        life.pass_time(life.now + dt.timedelta(seconds=1))

    @rule(shuffled=st.randoms(use_true_random=False))
    def late_events_arrive(self, shuffled: object) -> None:
        life = self.life
        events, life.held_back = life.held_back, []
        shuffled.shuffle(events)  # type: ignore[attr-defined]  # a Random, as Hypothesis makes it
        life.arrive(events)
        if events:
            life.say("late: " + ", ".join(f"{event['event']} of {event['at']:%Y-%m-%d}" for event in events))

    @rule()
    def the_inbox_is_heard(self) -> None:
        hear(self.life)
        self.life.say("kigen hears what is in the inbox")

    @rule()
    def the_host_is_read(self) -> None:
        look(self.life)
        self.life.say("kigen reads the host")

    @rule()
    def a_plan_is_shown(self) -> None:
        plan_agrees(self.life)

    @rule(again=st.booleans())
    def a_sweep_runs(self, again: bool) -> None:
        first = sweep_agrees(self.life)
        acts = [f"{v.action} {kind} {number}" for (kind, number), v in first.items() if v.action != "keep"]
        self.life.say(f"a sweep runs: {', '.join(acts) or 'nothing to do'}")
        if again:
            sweep_again_agrees(self.life, first)

    def teardown(self) -> None:
        if hasattr(self, "life"):
            if not self.life.is_over:
                sweep_agrees(self.life)
            self.life.site.engine.dispose()

"""Which lives the invented clients lead: a line for each kind of story that a rule, or a reason to keep, needs.

`left` is a range in months before now: when the client paid for the last time (None: it is still a client). `begins`
is the range of its registration, in months before it left, else before now. Shares are parts of a thousand; every
life is led by at least one client.
"""

from dataclasses import dataclass

from kigen.demo.catalogue import SHORT_CYCLES, USUAL_CYCLES


@dataclass(frozen=True)
class Life:
    """One kind of story; `turns` name what happens besides (kigen.demo.turns)."""

    name: str
    share: int
    begins: tuple[int, int]
    left: tuple[int, int] | None = None
    products: tuple[int, int] = (1, 2)
    turns: tuple[str, ...] = ()
    cycles: tuple[int, ...] = USUAL_CYCLES


NOTHING = (0, 0)
LIVES = (
    Life("a regular client", 284, (14, 118), products=(1, 3)),
    Life("a regular client for ages", 55, (121, 168), products=(2, 3)),
    Life("a newcomer", 75, (0, 13)),
    Life("a regular client who pays late", 35, (18, 90), turns=("overdue",)),
    Life("left lately", 85, (8, 100), (1, 17)),
    Life("left years ago", 150, (4, 50), (19, 117)),
    # After 120 months, before the statutory floor of eleven years and three months ends: anonymised, not deleted.
    Life("left ten years ago", 22, (6, 38), (121, 128), cycles=SHORT_CYCLES),
    # Every document's floor has ended: these really go.
    Life("left twelve years ago", 25, (4, 16), (145, 152), cycles=SHORT_CYCLES),
    Life("left twelve years ago with credit", 2, (4, 16), (145, 152), turns=("credit",), cycles=SHORT_CYCLES),
    Life("left twelve years ago, service sold on", 2, (4, 16), (145, 152), turns=("sold",), cycles=SHORT_CYCLES),
    Life("registered only", 75, (0, 60), products=NOTHING),
    Life("registered only, with credit", 3, (6, 40), products=NOTHING, turns=("credit",)),
    Life("registered only, with a balance", 2, (6, 40), products=NOTHING, turns=("partner",)),
    Life("ordered and never paid", 36, (4, 70), products=NOTHING, turns=("never paid",)),
    Life("ordered just now", 14, (0, 4), products=NOTHING, turns=("pending",)),
    Life("in collections for a first order", 3, (5, 40), products=NOTHING, turns=("first collections",)),
    Life("fraudster", 28, (1, 70), products=NOTHING, turns=("fraud",)),
    Life("asked for an estimate", 14, (1, 30), products=NOTHING, turns=("draft", "live quote")),
    Life("estimate came to nothing", 12, (2, 50), products=NOTHING, turns=("draft", "dead quote")),
    Life("left in debt", 16, (12, 40), (20, 100), turns=("debt",)),
    Life("left in collections", 7, (12, 40), (20, 100), turns=("collections",)),
    Life("left after a part payment", 6, (12, 40), (20, 100), turns=("part paid",)),
    Life("left with credit", 14, (12, 40), (20, 110), turns=("credit",)),
    Life("partner who left with a balance", 8, (12, 40), (20, 90), turns=("partner",)),
    Life("left with an open ticket", 6, (12, 40), (20, 60), turns=("open ticket",)),
    Life("closed by staff", 12, (12, 28), (126, 140), turns=("closed",), cycles=SHORT_CYCLES),
    Life("closed by staff lately", 6, (12, 40), (20, 60), turns=("closed",)),
    Life("got all money back", 5, (2, 3), (4, 40), products=(1, 1), turns=("refunded",)),
    Life("asked to be deleted", 2, (20, 40), (3, 12), turns=("deletion asked",)),
    Life("asked to be deleted while a client", 1, (30, 60), turns=("deletion asked",)),
)  # fmt: skip


def led_by(clients: int) -> list[Life]:
    """A life for each of so many clients, by share; the rare ones first, so that a small world has them too."""
    rare_first = sorted(LIVES, key=lambda life: life.share)
    lives = [life for life in rare_first for _ in range(max(1, life.share * clients // 1000))]
    while len(lives) < clients:
        lives.append(LIVES[len(lives) % 4])
    return lives[:clients]

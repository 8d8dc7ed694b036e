"""The invariants of the chaos tests see what they are there to see: each wrong state is told, a right one is not."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from tests.chaos.invariants import Moment, violations

BEFORE = Moment(
    {
        "tblclients": {(1,): {"id": 1, "status": "Active"}, (2,): {"id": 2, "status": "Active"}},
        "tblorders": {(5,): {"id": 5, "userid": 1}},
        "tblinvoices": {(7,): {"id": 7, "userid": 2}},
        "tblhosting": {(6,): {"id": 6, "userid": 1, "orderid": 5}},
        "tbldomains": {}, "tblhostingaddons": {}, "tbltickets": {},
        "tblinvoiceitems": {(8,): {"id": 8, "invoiceid": 7, "userid": 2}},
    },
    [],
)  # fmt: skip


def after() -> Moment:
    """What a run that nobody disturbed leaves: order 5 gone with its service, client 2 archived."""
    moment = copy.deepcopy(BEFORE)
    del moment.host["tblorders"][5,], moment.host["tblhosting"][6,]
    moment.host["tblclients"][2,]["status"] = "Closed"
    moment.acts.extend([("order", 5, "delete"), ("service", 6, "delete"), ("client", 2, "archive")])
    return moment


WRONG: dict[str, Callable[[Moment], object]] = {
    "is gone, which the undisturbed run keeps": lambda m: m.host["tblinvoices"].pop((7,)),
    "is neither as it was": lambda m: m.host["tblclients"][1,].update(status="Closed"),
    "came from nowhere": lambda m: m.host["tblorders"].update({(9,): {"id": 9, "userid": 1}}),
    "written down 2 times": lambda m: m.acts.append(("order", 5, "delete")),
    "gone and no act says so": lambda m: m.acts.remove(("service", 6, "delete")),
    "there although an act says it went": lambda m: m.acts.append(("invoice", 7, "delete")),
    "archived and no act says so": lambda m: m.acts.remove(("client", 2, "archive")),
    "open although an act archived it": lambda m: m.host["tblclients"][2,].update(status="Active"),
    "there without its tblorders 5": lambda m: m.host["tblhosting"].update(BEFORE.host["tblhosting"]),
    "gone from its tblinvoices 7": lambda m: m.host["tblinvoiceitems"].clear(),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_a_wrong_state_is_told(sentence: str) -> None:
    wrong = after()
    WRONG[sentence](wrong)
    assert any(sentence in one for one in violations(BEFORE, wrong, [after()]))


def test_a_state_before_and_after_is_right() -> None:
    assert violations(BEFORE, after(), [after()]) == []
    assert violations(BEFORE, BEFORE, [after()]) == []

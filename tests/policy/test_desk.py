"""What can be done about a rights request: every state with every step, and what an extension and a refusal need."""

from __future__ import annotations

import datetime as dt

import pytest

from kigen.policy import desk
from tests.policy.build import at

DUE = at("2026-07-01 00:00")
CLOSED = {"withdrawn", "fulfilled", "partly-fulfilled", "refused", "passed-on"}


@pytest.mark.parametrize("state", desk.STATES)
def test_an_answer_is_extended_once_and_what_is_closed_stays_closed(state: str) -> None:
    """J3"""
    everything = {"extend", "refuse", "fulfil", "fulfil-in-part", "withdraw", "pass-on"}
    possible = {step for step in everything if _is(state, step)}
    expected = set() if state in CLOSED else everything - {"extend"} if state == "extended" else everything
    assert possible == expected


def _is(state: str, step: str) -> bool:
    try:
        return desk.after(state, step) in desk.STATES
    except ValueError as error:
        assert state in str(error) and step in str(error)
        return False


@pytest.mark.parametrize(
    ("now", "is_extendable", "reason", "said"),
    [
        (DUE - dt.timedelta(microseconds=1), True, "many requests", None),
        (DUE, True, "many requests", "first term is over"),
        (DUE - dt.timedelta(days=9), True, " ", "--reason is blank"),
        (DUE - dt.timedelta(days=9), False, "many requests", "nothing to extend"),
    ],
)
def test_an_extension_needs_a_reason_and_comes_before_the_last_day_is_over(
    now: dt.datetime, is_extendable: bool, reason: str, said: str | None
) -> None:
    """J3"""
    if said is None:
        desk.check_extension(now, DUE, is_extendable, reason)
        return
    with pytest.raises(ValueError, match=said):
        desk.check_extension(now, DUE, is_extendable, reason)


@pytest.mark.parametrize(("reason", "route"), [("", "the authority"), ("unfounded", " "), (" ", "")])
def test_a_refusal_without_a_reason_and_a_way_to_complain_is_none(reason: str, route: str) -> None:
    """J5"""
    with pytest.raises(ValueError, match=r"GDPR Art\. 12"):
        desk.check_refusal(reason, route)
    desk.check_refusal("unfounded", "the authority")


def test_of_what_an_event_tells_only_known_codes_are_kept() -> None:
    assert desk.code_of("method", " Password ") == "password"
    assert desk.code_of("source", "portal") == "portal"
    assert desk.code_of("actor", "client") == "client"
    assert [desk.code_of("actor", one) for one in ("Taro Yamada", None, 7, "")] == [None] * 4

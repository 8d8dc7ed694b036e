"""Who changed something, as the events tell it."""

from __future__ import annotations

from kigen.policy.change_log import who


def test_a_bridge_s_number_behind_who_acted_changes_nothing_and_staff_in_a_client_s_place_are_staff() -> None:
    assert [who({"by": said}) for said in ("staff:3", "staff", "client:12", "contact", "system", "")] == [
        "staff", "staff", "client", "client", "", "",
    ]  # fmt: skip
    assert who({"by": "client:12", "masquerading": True}) == "staff"

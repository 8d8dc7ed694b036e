"""Why a place was left has its sentence in both languages."""

from __future__ import annotations

from kigen.hosts.anonymised import SENTENCES, Why


def test_every_reason_to_leave_a_place_is_said_in_english_and_japanese() -> None:
    assert SENTENCES.keys() == set(Why)
    for english, japanese in SENTENCES.values():
        assert english.endswith(".") and english.isascii()
        assert japanese.endswith("。") and not japanese.isascii()

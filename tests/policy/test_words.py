"""The one sentence of each reason, in English and Japanese: whole, with its values, in the operator's zone."""

from __future__ import annotations

import re
import string

import pytest

from kigen.policy.reasons import NAMES_JA, SENTENCES, STATES_JA, Reason
from kigen.policy.records import Kind, State
from tests.policy.build import ZONE, at

CONTRACTED = """
not-due no-rule unknown-anchor unknown-state active-service active-domain paid-invoice approved-commission live-estimate
open-ticket unpaid-invoice pending-order credit-balance foreign-item settling hold open-request restricted contract
floor unconfirmed already-gone
""".split()
ADDED = ["unwarned"]
"""Since: where mail is set up, a client is kept until it was warned (Article 24)."""

VALUES = {
    "rule": "order.delete-draft", "what": Kind.ORDER, "state": State.ACTIVE, "anchor": "last payment", "why": "missing",
    "status": "'On the moon'", "amount": "12.50", "where": "order:10", "changed": at("2026-05-30 09:00"),
    "right": "access",
}  # fmt: skip


def test_there_is_a_sentence_for_every_code_of_the_contract_and_for_those_added_since() -> None:
    assert sorted(SENTENCES) == sorted([*CONTRACTED, *ADDED])


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("until", [None, at("2027-01-01 00:00")])
@pytest.mark.parametrize("code", CONTRACTED)
def test_a_sentence_is_whole_in_both_languages(code: str, until: object, language: str) -> None:
    sentence = Reason(code, VALUES, until, ("service:81",)).text(ZONE, language)  # type: ignore[arg-type] # an instant
    assert not re.search(r"[{}]|None|datetime", sentence)
    assert sentence.endswith("." if language == "en" else "。")
    assert bool(re.search(r"[぀-ヿ一-鿿]", sentence)) is (language == "ja")


@pytest.mark.parametrize("code", CONTRACTED)
def test_both_languages_name_the_same_values(code: str) -> None:
    english, japanese = ({name for _, name, _, _ in string.Formatter().parse(text) if name} for text in SENTENCES[code])
    assert english == japanese


@pytest.mark.parametrize(
    ("reason", "english", "japanese"),
    [
        (Reason("active-service", refs=("service:81",)), "Service 81 is active.", "サービス 81 は利用中です。"),
        (Reason("hold", refs=("client:3",)), "A legal hold is in force on Client 3.", "顧客 3 は法的保全の対象です。"),
        (Reason("floor", until=at("2027-06-02 00:00"), refs=("invoice:30",)),
         "The law keeps Invoice 30 until 2027-06-02 00:00.",
         "法令により 請求書 30 は 2027-06-02 00:00 まで保存されます。"),
        (Reason("floor", refs=("invoice:30",)), "The law keeps Invoice 30 until further notice.",
         "法令により 請求書 30 は 別途定める時 まで保存されます。"),
        (Reason("foreign-item", {"where": "order:10"}, refs=("service:20",)),
         "Service 20 in Order 10 belongs to another client.", "注文 10 に含まれる サービス 20 は別の顧客のものです。"),
        (Reason("unknown-anchor", {"anchor": "created", "why": "future"}),
         "The clock 'created' is unknown: the date is in the future.",
         "起算日「作成」が不明です（未来の日付です）。"),
        (Reason("approved-commission", refs=("affiliate",)), "An affiliate commission was approved (Affiliate).",
         "承認済みのアフィリエイト報酬があります（アフィリエイト）。"),
    ],
)  # fmt: skip
def test_a_sentence_names_the_record_and_the_local_time(reason: Reason, english: str, japanese: str) -> None:
    assert reason.text(ZONE) == english
    assert reason.text(ZONE, "ja") == japanese


def test_the_same_instant_is_written_in_the_readers_zone() -> None:
    reason = Reason("not-due", {"rule": "order.delete-draft"}, at("2027-01-01 00:00"))
    assert reason.text("UTC") == "The term of rule order.delete-draft runs until 2026-12-31 15:00."
    assert reason.as_json("UTC")["until"] == "2026-12-31T15:00:00+00:00"


def test_every_kind_of_record_has_a_japanese_name() -> None:
    assert {kind.value for kind in Kind} <= NAMES_JA.keys()


def test_every_state_has_a_japanese_word_of_its_own() -> None:
    assert list(STATES_JA) == list(State)
    assert len(set(STATES_JA.values())) == len(State)
    assert not [word for word in STATES_JA.values() if re.search("[a-z]", word)]


def test_a_kind_and_a_state_in_a_plugins_sentence_are_said_in_its_language() -> None:
    words = ("A {kind} is {state}.", "{kind}が{state}です。")
    reason = Reason("acme.odd", {"kind": Kind.QUOTE, "state": State.OPEN}, words=words)
    assert [reason.text(ZONE), reason.text(ZONE, "ja")] == ["A quote is open.", "見積書が未解決です。"]
    assert Reason("acme.odd", {"kind": "quote", "state": "x"}, words=words).text(ZONE, "ja") == "quoteがxです。"


def test_a_plugins_reason_brings_its_own_words() -> None:
    words = ("Audit of {year}: {ref}.", "{year}年の監査。")
    reason = Reason("acme.audit", {"year": 2026}, refs=("client:3",), words=words)
    assert [reason.text(ZONE), reason.text(ZONE, "ja")] == ["Audit of 2026: Client 3.", "2026年の監査。"]


def test_braces_in_a_value_are_text_and_not_a_template() -> None:
    reason = Reason("unknown-state", {"status": "'{0.__class__}'"}, refs=("order:10",))
    assert reason.text(ZONE) == "The status '{0.__class__}' of Order 10 is not known to kigen."

"""The sentence of each reason, word for word in English and Japanese, and every word that is put into one."""

from __future__ import annotations

import pytest

from kigen.policy.reasons import NAMES_JA, SENTENCES, Reason
from kigen.policy.records import Kind
from tests.policy.build import ZONE, at
from tests.policy.test_words import VALUES

SAID = """
not-due
    The term of rule order.delete-draft runs until 2027-01-01 00:00.
    規則 order.delete-draft の期間は 2027-01-01 00:00 まで続きます。
no-rule
    No rule of the schedule speaks of order in state active.
    状態が「有効」の注文に当たる規則はありません。
unknown-anchor
    The clock 'last payment' is unknown: the date is missing or not a date.
    起算日「最終入金」が不明です（日付がないか読めません）。
unknown-state
    The status 'On the moon' of Service 81 is not known to kigen.
    サービス 81 の状態 'On the moon' を kigen は知りません。
active-service
    Service 81 is active.
    サービス 81 は利用中です。
active-domain
    Service 81 is active.
    サービス 81 は有効です。
paid-invoice
    Service 81 has been paid.
    サービス 81 は支払済みです。
approved-commission
    An affiliate commission was approved (Service 81).
    承認済みのアフィリエイト報酬があります（サービス 81）。
live-estimate
    Service 81 is an open estimate of the same client.
    同じ顧客の有効な見積書があります（サービス 81）。
open-ticket
    Service 81 is not closed.
    サービス 81 は未解決です。
unpaid-invoice
    Service 81 is unpaid.
    サービス 81 は未払いです。
pending-order
    Service 81 is still pending.
    サービス 81 は処理待ちです。
credit-balance
    There is a credit balance of 12.50.
    前払残高 12.50 があります。
foreign-item
    Service 81 in Order 10 belongs to another client.
    注文 10 に含まれる サービス 81 は別の顧客のものです。
settling
    Its state changed only on 2026-05-30 09:00; kept until 2027-01-01 00:00.
    2026-05-30 09:00 に状態が変わったばかりです。2027-01-01 00:00 まで保持します。
hold
    A legal hold is in force on Service 81.
    サービス 81 は法的保全の対象です。
open-request
    A request of the client is open (access).
    顧客からの請求が処理中です（access）。
restricted
    Processing is restricted at the client's request.
    顧客の求めにより処理が制限されています。
contract
    An individual contract keeps Service 81 until 2027-01-01 00:00.
    個別契約により サービス 81 は 2027-01-01 00:00 まで保持されます。
floor
    The law keeps Service 81 until 2027-01-01 00:00.
    法令により サービス 81 は 2027-01-01 00:00 まで保存されます。
unwarned
    The client is warned by mail first; nothing happens before 2027-01-01 00:00.
    先に顧客へメールで予告します。2027-01-01 00:00 までは処理しません。
unconfirmed
    A person has not confirmed this run.
    この実行はまだ確認されていません。
already-gone
    Service 81 is no longer there.
    サービス 81 はすでに存在しません。
"""

LINES = SAID.strip().splitlines()
ROWS = [(LINES[number], LINES[number + 1].strip(), LINES[number + 2].strip()) for number in range(0, len(LINES), 3)]


@pytest.mark.parametrize(("code", "english", "japanese"), ROWS, ids=[row[0] for row in ROWS])
def test_a_reason_says_this_word_for_word(code: str, english: str, japanese: str) -> None:
    reason = Reason(code, VALUES, at("2027-01-01 00:00"), ("service:81",))
    assert (reason.text(ZONE), reason.text(ZONE, "en"), reason.text(ZONE, "ja")) == (english, english, japanese)


def test_every_sentence_is_shown_here() -> None:
    assert list(SENTENCES) == [row[0] for row in ROWS]


@pytest.mark.parametrize(
    ("why", "english", "japanese"),
    [
        ("missing", "the date is missing or not a date", "（日付がないか読めません）"),
        ("future", "the date is in the future", "（未来の日付です）"),
    ],
)
def test_a_clock_is_unknown_for_one_of_two_causes(why: str, english: str, japanese: str) -> None:
    reason = Reason("unknown-anchor", {"anchor": "due", "why": why})
    assert reason.text(ZONE) == f"The clock 'due' is unknown: {english}."
    assert reason.text(ZONE, "ja") == f"起算日「支払期日」が不明です{japanese}。"


NAMES = {
    "client": ("Client 3", "顧客 3"), "order": ("Order 3", "注文 3"), "invoice": ("Invoice 3", "請求書 3"),
    "service": ("Service 3", "サービス 3"), "domain": ("Domain 3", "ドメイン 3"), "addon": ("Addon 3", "アドオン 3"),
    "ticket": ("Ticket 3", "チケット 3"), "quote": ("Quote 3", "見積書 3"), "payment": ("Payment 3", "入金 3"),
}  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
def test_a_record_is_named_in_both_languages(kind: Kind) -> None:
    reason = Reason("already-gone", refs=(f"{kind.value}:3",))
    english, japanese = NAMES[kind.value]
    assert reason.text(ZONE) == f"{english} is no longer there."
    assert reason.text(ZONE, "ja") == f"{japanese} はすでに存在しません。"


def test_what_is_no_record_is_named_too_and_a_plugins_kind_by_its_own_word() -> None:
    assert NAMES_JA["affiliate"] == "アフィリエイト"
    assert Reason("already-gone", refs=("acme:3",)).text(ZONE, "ja") == "acme 3 はすでに存在しません。"


def test_without_a_reference_or_an_end_the_sentence_says_so_itself() -> None:
    assert Reason("hold").text(ZONE) == "A legal hold is in force on ."
    assert Reason("not-due", {"rule": "x"}).text(ZONE) == "The term of rule x runs until further notice."
    assert Reason("not-due", {"rule": "x"}).text(ZONE, "ja") == "規則 x の期間は 別途定める時 まで続きます。"


def test_a_reason_is_told_in_the_shape_of_the_contract() -> None:
    reason = Reason("floor", until=at("2027-06-02 00:00"), refs=("invoice:30", "order:10"))
    assert reason.as_json(ZONE, "ja") == {
        "code": "floor", "text": "法令により 請求書 30 は 2027-06-02 00:00 まで保存されます。",
        "until": "2027-06-02T00:00:00+09:00", "refs": ["invoice:30", "order:10"],
    }  # fmt: skip
    assert Reason("restricted").as_json(ZONE) == {
        "code": "restricted", "text": "Processing is restricted at the client's request.", "until": None, "refs": [],
    }  # fmt: skip
    assert Reason("restricted") == Reason("restricted", {}, None, (), None)

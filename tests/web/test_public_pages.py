"""The pages that everybody may read: which version, in which language, what changed, which tools, and who saw what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kigen.ledger import notices
from kigen.ledger.bridge_secret import bridge_secret
from kigen.ledger.notices import Viewed
from kigen.policy.notices import POLICY, Weight
from kigen.web.differences import ADDED, KEPT, REMOVED, Line, Piece, Place, places
from kigen.web.signed_in import token
from tests.cases.desk import at
from tests.web.shop import Shop

FIRST = {"en": "## Article 1\n\nWe keep drafts for 30 days.\n", "ja": "## 第1条\n\n下書きを30日保存します。\n"}
SECOND = {
    "en": "## Article 1\n\nWe keep drafts for 45 days.\n\nWe tell <b>you</b>.\n",
    "ja": "## 第1条\n\n下書きを45日保存します。\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    shop.publish_words(POLICY, "2026-01-01", "2026-01-01", **FIRST)
    shop.publish_words(POLICY, "2026-03-15 09:00", "2026-04-01", **SECOND)
    yield shop
    shop.close()


def page(shop: Shop, path: str, now: str = "2026-03-31 23:59", status: int = 200, **headers: str) -> str:
    shop.now = at(now)
    answer = shop.app.test_client().get(path, headers=headers)
    assert answer.status_code == status
    return answer.text


def words(html: str) -> str:
    return " ".join(re.sub(r"<(style|title)>.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL).split())


def test_m10_the_page_shows_the_version_of_its_instant_and_it_is_kept_who_was_shown_which(shop: Shop) -> None:
    client, secret = shop.app.test_client(), bridge_secret(shop.desk.site.state_dir)
    signed = token(secret, 7, int(shop.site().machine_now.timestamp()) + 60)
    for now, text in (
        ("2026-03-31 23:59", "30 days"),
        ("2026-04-01 00:00", "45 days"),
        ("2026-04-02 09:00", "45 days"),
    ):
        shop.now = at(now)
        answer = client.get(f"/privacy/?language=en&for={signed}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/privacy/?language=en")
        assert text in client.get("/privacy/?language=en").text
        client.get(f"/privacy/?for={signed[:-1]}x")
        client.get(f"/privacy/?for={token(b'x' * 32, 8, 2_000_000_000)}")
    with shop.desk.site.reading() as connection:
        assert notices.views(connection) == [
            Viewed(7, POLICY, 1, "en", "shown", at("2026-03-31 23:59")),
            Viewed(7, POLICY, 2, "en", "shown", at("2026-04-01 00:00")),
        ]


def test_a_version_to_come_is_there_from_its_publication_with_both_dates_and_before_that_nobody_sees_it(
    shop: Shop,
) -> None:
    coming = words(page(shop, "/privacy/privacy-policy/2?language=en"))
    assert "Version 2 not yet in force Published 15 March 2026 In force from 1 April 2026" in coming
    assert "This version is published but not yet in force. To the version in force" in coming
    page(shop, "/privacy/privacy-policy/2", "2026-03-15 08:59", 404)
    assert "第1版 旧版 公開日 2026年1月1日" in words(page(shop, "/privacy/privacy-policy/1?language=ja", "2026-04-01"))
    listed = words(page(shop, "/privacy/privacy-policy/versions?language=en"))
    assert listed.index("Version 2") < listed.index("State in force Published 1 January 2026")


def test_m12_each_language_says_which_one_binds_and_is_found_by_the_browsers_wish_or_the_link(shop: Shop) -> None:
    english = page(shop, "/privacy/", **{"Accept-Language": "en-GB,en;q=0.9"})
    assert '<html lang="en">' in english and "the Japanese text counts" in english
    japanese = page(shop, "/privacy/", **{"Accept-Language": "de"})
    assert '<html lang="ja">' in japanese and "日本語版を優先します" in japanese and "30日保存" in japanese
    shop.publish_words("consent-marketing", "2026-01-01", "2026-01-01", ja="## 目的\n")
    only = page(shop, "/privacy/consent-marketing?language=en")
    assert "no text in this language" in only and '<article lang="ja">' in only


def test_m12_what_changed_is_shown_by_its_heading_word_by_word_and_markup_in_it_is_text() -> None:
    assert places(FIRST["en"], SECOND["en"]) == (
        Place("Article 1", (
            Line(REMOVED, (Piece(KEPT, "We keep drafts for "), Piece(REMOVED, "30"), Piece(KEPT, " days."))),
            Line(ADDED, (Piece(KEPT, "We keep drafts for "), Piece(ADDED, "45"), Piece(KEPT, " days."))),
            Line(ADDED, (Piece(ADDED, "We tell <b>you</b>."),)),
        )),
    )  # fmt: skip
    assert places(FIRST["ja"], FIRST["ja"]) == ()
    (row,) = places("| 注文 | 30日 |\n", "| 注文 | 45日 |\n")
    assert "".join(piece.text for piece in row.lines[0].pieces) == "注文 · 30日"


def test_the_page_of_changes_tells_dates_and_difference_and_what_is_not_published_is_not_there(shop: Shop) -> None:
    told = page(shop, "/privacy/privacy-policy/changes/1/2?language=en")
    assert "<del>30</del>" in told and "<ins>45</ins>" in told and "&lt;b&gt;you" in told
    of_none = ("nonsense", "breach-notice", "cookies", "cookies/versions")
    for path in (*of_none, "privacy-policy/3", f"privacy-policy/{10**30}", "privacy-policy/changes/1/9"):
        assert "no such page" in page(shop, f"/privacy/{path}?language=en", status=404)


def test_the_page_of_tools_lists_what_is_set_with_provider_term_and_opt_out(shop: Shop) -> None:
    told = words(page(shop, "/privacy/tools?language=en"))
    assert (
        "Tool Matomo Provider Example Analytics KK Cookies _pk_id* Kept for 13 months Opt-out Object at Example"
    ) in told
    assert "Tool kigen Provider BESTNET LLC Cookies kigen_consent Kept for 6 months" in told
    assert "保存期間 ブラウザを閉じるまで" in words(page(shop, "/privacy/tools?language=ja"))
    shop.set(**{"cookies.tools": ""})
    assert "No tool that needs your consent is in use." in page(shop, "/privacy/tools?language=en")


def test_the_published_cookie_notice_names_the_tools_that_are_set_and_every_answer_is_locked_up(shop: Shop) -> None:
    shop.publish()
    answer = shop.app.test_client().get("/privacy/cookies?language=en")
    assert "Matomo (Example Analytics KK)" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-cache" and answer.headers["Referrer-Policy"] == "no-referrer"
    loaded = re.findall(r'(?:src|href)="(?!/privacy/)([^"]*)"', answer.text)
    assert loaded == []
    assert shop.publish(weight=Weight.COSMETIC).number == 2

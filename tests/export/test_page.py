"""The page of a bundle: every hostile word is text on it, it loads nothing, and it speaks both languages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cases.desk import Desk
from tests.export.opened import CLIENT, FORMULA, TEMPLATE, bundle

NAMES = {
    "en": ("Accounts and services", "Kept", "We hold nothing of this sort."),
    "ja": ("契約中・過去のサービス", "保存期間", "この種類の情報は保有していません。"),
}


class Page(HTMLParser):
    """What a browser would take as elements, and what as text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("language", NAMES)
def test_whatever_stands_in_a_name_or_a_ticket_is_text_and_nothing_is_loaded(
    desk: Desk, tmp_path: Path, language: str
) -> None:
    """K7"""
    svg = "<svg onload=alert(1)><a href='javascript:alert(1)'>x</a>"
    desk.run("UPDATE tbltickets SET title = :title WHERE id = 20", title=svg)
    text = bundle(desk, tmp_path, language=language).text("report.html")
    page = Page(text)
    said = "".join(page.words)
    assert FORMULA in said
    assert TEMPLATE in said
    assert svg in said
    assert not {"script", "svg", "img", "iframe", "link", "object", "form"} & set(page.tags)
    assert [value for name, value in page.attributes if name in ("src", "srcset", "data", "action")] == []
    assert [value for name, value in page.attributes if name == "href" and not str(value).startswith("#")] == []
    assert [name for name, _ in page.attributes if name.startswith("on")] == []
    policy = next(value for name, value in page.attributes if name == "content" and "default-src" in str(value))
    assert str(policy).startswith("default-src 'none'; style-src 'sha256-")
    assert f'<html lang="{language}">' in text
    for name in NAMES[language]:
        assert name in said
    assert not re.search(r"url\(|@import|https?://(?!evil\.example)", text)


def test_a_text_that_runs_from_right_to_left_stays_in_its_place(desk: Desk, tmp_path: Path) -> None:
    text = bundle(desk, tmp_path).text("report.html")
    assert 'dir="auto"' in text
    assert "unicode-bidi: isolate" in text


def test_of_many_rows_the_page_shows_the_newest_and_says_where_the_others_are(desk: Desk, tmp_path: Path) -> None:
    rows = [("tblactivitylog", {"id": 100 + n, "userid": CLIENT, "user": "Client", "description": f"entry {n}.",
                                "date": "2024-02-01 00:00:00"}) for n in range(250)]  # fmt: skip
    desk.put_many(*rows)
    made = bundle(desk, tmp_path)
    text = made.text("report.html")
    assert "entry 249." in text
    assert "entry 150." in text
    assert "entry 149." not in text
    assert "The newest 100 of 252; all are in csv/activity-tblactivitylog.csv." in text
    assert made.made.sections["activity"] == 252
    assert len(made.sheet("activity-tblactivitylog")) == 252


def test_a_body_of_ten_megabytes_is_whole_in_the_files_and_short_on_the_page(desk: Desk, tmp_path: Path) -> None:
    body = "お問い合わせ" * 600_000
    desk.run("UPDATE tbltickets SET message = :body WHERE id = 20", body=body)
    made = bundle(desk, tmp_path)
    assert made.rows("tickets", "tbltickets")[0]["message"] == body
    assert made.sheet("tickets-tbltickets")[0].count(body) == 1
    assert len(made.text("report.html")) < 200_000

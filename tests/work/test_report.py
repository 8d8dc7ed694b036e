"""The report is one file that loads nothing, names no person, speaks two languages, and is whole or not there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, PackageLoader
from sqlalchemy import text

from kigen.demo.show import demo
from kigen.demo.world import fill
from kigen.ledger import migrate
from kigen.ledger.database import open_database
from kigen.plugins import find_plugins
from kigen.policy.reasons import SENTENCES
from kigen.policy.records import RECORDS
from kigen.policy.schedule import RULES
from kigen.work.overview import SHOWN, overview_of
from kigen.work.plan import decisions
from kigen.work.report import render, write_report
from kigen.work.site import Site

NOW = dt.datetime(2026, 11, 20, 1, 0, tzinfo=dt.UTC)
ZONE = "Asia/Tokyo"
HOSTILE = "<script>alert(1)</script>{{7*7}}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("report")
    engine = open_database(f"sqlite:///{folder / 'billing.sqlite'}")
    fill(engine, 250, now=NOW)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE tblorders SET status = :bad WHERE id = 1"), {"bad": HOSTILE})
        connection.execute(text("CREATE TABLE tblsurprise (id INTEGER PRIMARY KEY, userid INTEGER, secret TEXT)"))
    plugins = find_plugins()
    yield Site(engine, plugins.hosts()["whmcs"](ZONE), plugins, ZONE, NOW, "test", folder, is_machine_clock=False)
    engine.dispose()


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, str]:
    overview = overview_of(decisions(site), site.now, site.zone)
    return {language: render(site, overview, language) for language in ("en", "ja")}


class Elements(HTMLParser):
    """All tags and attributes, and whether every tag that opens also closes."""

    VOID = frozenset({"meta", "line", "rect", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_is_well_formed_loads_nothing_and_runs_nothing(pages: dict[str, str], language: str) -> None:
    page = Elements(pages[language])
    assert page.open == []
    tags = {tag for tag, _ in page.found}
    assert tags & {"script", "link", "img", "iframe", "object", "form", "base"} == set()
    names = {name for _, attributes in page.found for name in attributes}
    assert names & {"src", "href", "style", "onclick", "onload"} == set()
    policy = next(one["content"] or "" for tag, one in page.found if one.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "url(" not in pages[language] and "@import" not in pages[language]


def test_what_the_host_holds_is_shown_as_text(pages: dict[str, str]) -> None:
    assert HOSTILE not in pages["en"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in pages["en"]


def test_no_personal_data_of_a_client_is_on_the_page(site: Site, pages: dict[str, str]) -> None:
    with site.reading() as connection:
        columns = "firstname, lastname, companyname, email, address1, phonenumber"
        rows = connection.execute(text(f"SELECT {columns} FROM tblclients"))
        personal = {value for row in rows for value in row if value and len(value) > 3}
    shown = re.sub(r"<style>.*?</style>", "", "".join(pages.values()), flags=re.DOTALL)
    assert len(personal) > 300
    assert [value for value in personal if re.search(rf"(?<!\w){re.escape(value)}(?!\w)", shown)] == []


def test_the_counts_are_those_of_the_plan(site: Site, pages: dict[str, str]) -> None:
    overview = overview_of(decisions(site), site.now, site.zone)
    acting = sum(1 for decision in decisions(site) if decision.acts)
    assert sum(group.count for group in overview.due.values()) == acting > 100
    for rule, group in overview.due.items():
        assert re.search(rf"<code>{rule}</code></small></span><b class=\"\w+\">{group.count}</b>", pages["en"])
    for code, group in overview.kept.items():
        assert re.search(rf"<code>{code}</code></small></span><b>{group.count}</b>", pages["en"])
    assert max(len(group.records) for group in overview.due.values()) == SHOWN
    assert {"unknown-anchor", "unknown-state"} <= set(overview.unknown)
    assert "tblsurprise" in pages["en"]


def test_both_languages_have_every_word() -> None:
    environment = Environment(loader=PackageLoader("kigen.templates", ""), autoescape=True)
    tables = vars(environment.get_template("reports/words.html").make_module())
    words = {name: table for name, table in tables.items() if name.isupper()}
    for table in words.values():
        for english, japanese in table.values():
            assert english.isascii() and not japanese.isascii()
            assert english.count("%s") == japanese.count("%s")
    quiet = {"not-due", "no-rule", "unconfirmed", "already-gone"}
    assert set(SENTENCES) - quiet <= set(words["REASONS"])
    assert {kind.value for kind in RECORDS} <= set(words["KINDS"])
    assert {rule.state for rule in RULES} <= set(words["STATES"])
    assert {rule.clock for rule in RULES} <= set(words["CLOCKS"])


def test_a_report_replaces_an_earlier_one_whole_and_leaves_nothing_beside_it(site: Site, tmp_path: Path) -> None:
    target = tmp_path / "plan.html"
    target.write_text("old")
    write_report(site, target, "ja")
    page = target.read_text(encoding="utf-8")
    assert page.lstrip().startswith("<!doctype html>") and page.rstrip().endswith("</html>")
    assert '<html lang="ja">' in page
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("path", "language", "said"),
    [
        ("nowhere/plan.html", "en", "there is no folder"),
        (".", "en", "is a folder"),
        ("plan.html", "fr", "expected en or ja"),
    ],
)
def test_a_report_that_cannot_be_written_says_so_in_one_sentence(
    site: Site, tmp_path: Path, path: str, language: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said) as error:
        write_report(site, tmp_path / path, language)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_plan_has_a_page_too(tmp_path: Path) -> None:
    told = demo(tmp_path / "demo", 1, as_json=True, now=NOW)
    page = Path(told["report"]).read_text(encoding="utf-8")
    assert Elements(page).open == []

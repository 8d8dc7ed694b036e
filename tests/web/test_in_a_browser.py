"""The pages as people use them: in Chromium without JavaScript, inside the sandbox portal, on a desk and a phone."""

from __future__ import annotations

import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from kigen.commands.serving import Pages, where
from kigen.demo.portal import make_portal
from kigen.ledger import consents, requests, runs
from kigen.ledger import settings as ledger
from kigen.policy.records import Kind
from kigen.work.site import Site
from tests.cases.desk import Desk
from tests.web.browser import PATIENCE, started

DESK, PHONE = {"width": 1200, "height": 900}, {"width": 390, "height": 844}

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Client 1 has a live service and a paid invoice; 2 and 3 are registration only; only 2 is due."""
    folder = tmp_path_factory.mktemp("browser")
    desk = Desk(f"sqlite:///{folder / 'billing.sqlite'}", folder)
    desk.put_many(
        ("tblclients", {"id": 1, "status": "Active", "datecreated": "2020-01-01", "email": "ada@example.jp"}),
        ("tblclients", {"id": 2, "status": "Active", "datecreated": "2020-01-01", "email": "two@example.jp"}),
        ("tblinvoices", {"id": 10, "userid": 1, "status": "Paid", "subtotal": "11.00", "total": "11.00",
                         "date": "2024-03-01", "datepaid": "2024-03-01 09:00:00"}),
        ("tblhosting", {"id": 81, "userid": 1, "domainstatus": "Active"}),
    )  # fmt: skip
    yield desk.site
    desk.close()


@pytest.fixture(scope="module")
def portal(site: Site) -> Iterator[str]:
    """The address of the sandbox portal."""
    pages = Pages(make_portal(site), where("127.0.0.1:0", is_open=False))
    thread = threading.Thread(target=pages.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{pages.port}"
    pages.stop()
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests of this file."""
    with started() as made:
        yield made


@pytest.fixture
def sign_in(portal: str, browser: Browser) -> Iterator[Open]:
    """`sign_in(role, language, size)` gives a page of that person's; nothing in it may complain."""
    opened, complaints = [], list[str]()

    def signed_in(role: str, language: str, size: dict[str, int]) -> Page:
        context = browser.new_context(viewport=size, java_script_enabled=False, accept_downloads=True)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda told: complaints.append(told.text))
        page.goto(f"{portal}/")
        page.select_option("select[name=role]", role)
        page.fill("input[name=client]", "1")
        page.select_option("select[name=language]", language)
        page.click("button[type=submit]")
        return page

    yield signed_in
    for context in opened:
        context.close()
    assert complaints == []


def is_readable(page: Page) -> None:
    """Nothing reaches beyond the screen, and every field has a name."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    unnamed = "[...document.querySelectorAll('.kigen input:not([type=hidden]), .kigen select')]"
    assert page.evaluate(f"{unnamed}.every(one => one.labels.length > 0)")


def until_there(page: Page, selector: str) -> None:
    """What is worked out beside the pages is there when one looks again; a loaded machine is no failure."""
    for _ in range(60):
        if page.locator(selector).count():
            return
        page.click("text=/Look again|再表示/")
    raise AssertionError(f"{selector} is not there")


def test_a_client_sees_takes_along_agrees_withdraws_asks_to_be_deleted_and_stays(
    site: Site, sign_in: Open, tmp_path: Path
) -> None:
    page = sign_in("client", "en", PHONE)
    assert page.inner_text("h1") == "What we hold about you"
    is_readable(page)
    page.click("text=Get your data")
    page.click("text=Put my data together")
    until_there(page, "button:has-text('Download')")
    with page.expect_download() as fetched:
        page.click("button:has-text('Download')")
    fetched.value.save_as(tmp_path / "bundle.zip")
    assert zipfile.ZipFile(tmp_path / "bundle.zip").testzip() is None
    page.click("nav >> text=Consents")
    is_readable(page)
    card = page.locator("section", has_text="Newsletter")
    card.get_by_text("Agree", exact=True).click()
    assert card.locator(".kigen-state").inner_text() == "You agreed"
    card.get_by_text("Withdraw", exact=True).click()
    assert card.locator(".kigen-state").inner_text() == "Withdrawn"
    page.click("nav >> text=Deletion")
    is_readable(page)
    assert "Service 81 is active." in page.inner_text(".kigen")
    page.check("input[name=understood]")
    page.click("text=Ask for deletion")
    assert "The deletion is planned for" in page.inner_text(".kigen")
    page.click("text=Undo: keep my account")
    assert "The deletion was cancelled." in page.inner_text(".kigen")
    with site.reading() as connection:
        told = [(row.request_right, row.state) for row in requests.listed(connection, [1])]
        acts = [one.act.value for one in consents.of(connection, [1])]
        assert site.host.owners(connection, Kind.CLIENT, [1])
    assert sorted(told) == [("access", "fulfilled"), ("erasure", "withdrawn")]
    assert acts == ["given", "withdrawn"]


def test_staff_preview_a_setting_explain_a_record_and_confirm_the_plan_in_japanese(site: Site, sign_in: Open) -> None:
    page = sign_in("admin", "ja", DESK)
    assert page.inner_text("h1") == "kigen：状態"
    page.click("nav >> text=設定")
    page.click("a[aria-label='変更: schedule.client.delete-registration-only']")
    page.fill("input[name=value]", "100 months")
    page.click("text=変更をプレビュー")
    until_there(page, "text=新たに期限到来")
    assert re.search(r"期限到来でなくなる\s+1 × 顧客", page.inner_text(".kigen"))
    page.click("text=変更しない")
    page.click("nav >> text=記録の説明")
    page.select_option("select[name=kind]", "client")
    page.fill("input[name=id]", "2")
    page.click("button:has-text('説明を表示')")
    assert "client.delete-registration-only" in page.inner_text(".kigen")
    page.click("nav >> text=計画")
    until_there(page, "input[name=looked]")
    is_readable(page)
    page.check("input[name=looked]")
    page.click("text=この計画を実行する")
    until_there(page, "text=が完了しました")
    assert "が完了しました：削除 1 × 顧客" in page.inner_text(".kigen")
    with site.reading() as connection:
        latest = runs.latest(connection)
        assert latest is not None
        assert (latest.actor, latest.is_confirmed) == ("staff:1", True)
        assert ledger.history(connection) == []
        assert set(site.host.owners(connection, Kind.CLIENT, [1, 2])) == {1}


def test_the_clock_of_the_sandbox_can_be_moved_and_pages_follow_it(portal: str, sign_in: Open) -> None:
    page = sign_in("client", "en", PHONE)
    page.click("nav >> text=Deletion")
    before = page.inner_text("h3")
    page.click("text=+30 days")
    page.click("nav >> text=Deletion")
    assert page.inner_text("h3") != before
    page.click("text=Back to now")
    page.click("nav >> text=Deletion")
    assert page.inner_text("h3") == before


def test_nobody_signs_in_to_the_sandbox_as_a_client_who_is_not_there(site: Site) -> None:
    portal = make_portal(site).test_client()
    for number in ("99", "abc", "", "-1"):
        told = portal.post("/sign-in", data={"role": "client", "client": number})
        assert told.status_code == 404 and f'There is no client "{number}" here' in told.text
        assert portal.get("/portal").headers["Location"] == "/"
    assert portal.post("/sign-in", data={"role": "client", "client": "1", "language": "ja"}).status_code == 303
    assert "時計：" in portal.get("/portal?page=privacy").text

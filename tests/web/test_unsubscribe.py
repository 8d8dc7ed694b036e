"""The page behind a mail's unsubscribe link: it asks, one click ends one purpose, and it tells nobody anything."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from kigen.commands.doctor_web import look_at_web
from kigen.ledger import consents as ledger
from kigen.ledger import settings
from kigen.policy.consents import Act, Consented
from kigen.web import unsubscribe
from kigen.web.app import make_app
from kigen.work import consents, unsubscribing
from kigen.work.site import Site
from tests.cases.desk import at
from tests.web.bridge import Bridge

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def site(bridge: Bridge) -> Site:
    """Client 1 agreed to offers and to the newsletter, client 2 to the newsletter."""
    site = bridge.desk.site
    with site.transaction() as connection:
        for client, purpose in ((1, "marketing"), (1, "newsletter"), (2, "newsletter")):
            given = Consented(0, client, purpose, Act.GIVEN, at("2026-01-10 10:00"), f"consent-{purpose}")
            ledger.write(connection, [given])
    return site


@pytest.fixture
def browser(site: Site) -> Client:
    return make_app(lambda: site).test_client()


def allowed(site: Site) -> set[tuple[int, str]]:
    with site.reading() as connection:
        return {
            (client, purpose)
            for client in (1, 2)
            for purpose, one in consents.standings(site, connection, client, site.now).items()
            if one.allows
        }


def path(site: Site, client: int = 1, purpose: str = "newsletter") -> str:
    return f"/privacy/unsubscribe/{unsubscribing.token(site, client, purpose)}"


def test_opening_the_link_changes_nothing_and_one_click_ends_this_purpose_of_this_client_alone(
    site: Site, browser: Client
) -> None:
    everything = {(1, "marketing"), (1, "newsletter"), (2, "newsletter")}
    asked = browser.get(f"{path(site)}?language=en")
    assert asked.status_code == 200 and "your consent to “Newsletter”" in asked.text
    assert "form-action 'self'" in asked.headers["Content-Security-Policy"] and "Set-Cookie" not in asked.headers
    assert "「ニュースレター」への同意を撤回します" in browser.get(f"{path(site)}?language=ja").text
    browser.head(path(site))
    assert allowed(site) == everything
    done = browser.post(path(site), data=ONE_CLICK)
    assert (done.status_code, done.headers["Cache-Control"]) == (200, "no-store")
    assert allowed(site) == everything - {(1, "newsletter")}
    assert "we send no more of this kind" in browser.post(f"{path(site)}?language=en", data=ONE_CLICK).text
    with site.reading() as connection:
        said = connection.exec_driver_sql("SELECT client, purpose, channel FROM kigen_consents WHERE act = 'withdrawn'")
        assert [tuple(row) for row in said] == [(1, "newsletter", "unsubscribed")]


def test_no_answer_tells_whether_a_token_was_good_and_only_a_good_one_changes_something(
    site: Site, browser: Client
) -> None:
    good = path(site, 2)
    other = good[:-1] + ("1" if good[-1] == "0" else "0")
    nobody = good.replace("/2.", "/999.")
    before = allowed(site)
    answers = {
        (browser.get(one).text.replace(one, ""), browser.post(one, data=ONE_CLICK).text.replace(one, ""))
        for one in (other, nobody)
    }
    assert allowed(site) == before
    answers.add((browser.get(good).text.replace(good, ""), browser.post(good, data=ONE_CLICK).text.replace(good, "")))
    assert len(answers) == 1 and allowed(site) == before - {(2, "newsletter")}
    hostile = browser.get("/privacy/unsubscribe/%3Cscript%3E1.x?language=en")
    assert hostile.status_code == 200 and "<script>1" not in hostile.text and "mails of this kind" in hostile.text


def test_one_address_clicks_only_so_often_and_is_told_that_nothing_was_changed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsubscribe, "OF_ONE", 2)
    browser = make_app(lambda: site).test_client()
    here = {"REMOTE_ADDR": "203.0.113.7"}
    wrong = f"{path(site)[:-4]}zzzz"
    assert [browser.post(wrong, environ_base=here).status_code for _ in range(2)] == [200, 200]
    refused = browser.post(f"{path(site)}?language=en", environ_base=here)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert "nothing was changed" in refused.text and (1, "newsletter") in allowed(site)
    assert browser.post(path(site), environ_base={"REMOTE_ADDR": "203.0.113.8"}).status_code == 200
    assert (1, "newsletter") not in allowed(site)


def test_doctor_says_that_tools_are_named_and_no_cookie_notice_is_published(site: Site) -> None:
    assert [one for one in look_at_web(site) if one.code == "no-cookie-notice"] == []
    row = "analytics | Matomo | Example KK | _pk_id* | 13 months | https://example.jp/out"
    with site.transaction() as connection:
        settings.store(connection, "cookies.tools", row, site.now, "tests")
    (found,) = (one for one in look_at_web(site) if one.code == "no-cookie-notice")
    assert "kigen notice publish cookies" in found.said("en") and "Statistics of the portal's use" in found.said("en")
    assert "kigen notice publish cookies" in found.said("ja") and "ポータルの利用状況の分析" in found.said("ja")

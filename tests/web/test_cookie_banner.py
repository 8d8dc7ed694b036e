"""The panel that asks about cookies, in a real browser: what runs when, what is remembered, who is asked again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from kigen.policy.cookies import TOOLS
from kigen.policy.notices import Weight
from tests.web.browser import started, until, visitor
from tests.web.shop import ROWS, Shop

GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true });"
DAY = 86_400_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.publish()
    yield shop
    shop.close()


@pytest.fixture
def shop(site: Shop) -> Shop:
    site.forget()
    return site


def come(page: Page, shop: Shop, path: str = "/") -> None:
    """Open a page and wait until the script has looked at what it remembers."""
    page.goto(shop.address + path)
    until(page, "window.isReady")


def click(page: Page, name: str) -> None:
    with page.expect_response("**/privacy/cookies/choice"):
        page.get_by_role("button", name=name).click()
    until(page, "decodeURIComponent(document.cookie).includes('\"q\":[]')")


def all_ran(page: Page) -> None:
    """Wait for both tools: the embedded page comes after the script."""
    expect(page.frame_locator("iframe").get_by_text("An offer")).to_be_visible()


def remembered(page: Page) -> dict[str, object]:
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "kigen_consent"]
    assert (cookie["sameSite"], cookie["path"], cookie["secure"]) == ("Lax", "/", False)  # Secure: on https
    return dict(json.loads(unquote(cookie["value"])))


def remember(page: Page, shop: Shop, **changed: object) -> None:
    value = json.dumps({**remembered(page), **changed}, separators=(",", ":"))
    page.evaluate("value => { document.cookie = 'kigen_consent=' + encodeURIComponent(value) + ';path=/'; }", value)


def test_nothing_runs_before_one_click_accepts_and_from_then_on_without_being_asked(
    browser: Browser, shop: Shop
) -> None:
    with visitor(browser) as page:
        come(page, shop)
        expect(page.get_by_role("dialog", name="Your choice about cookies")).to_be_visible()
        assert shop.loaded == {} and page.context.cookies() == []
        click(page, "Accept all")
        assert shop.told() == [("advertising", "given"), ("analytics", "given")]
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(page.get_by_role("status")).to_have_text("Your choice is saved.")
        all_ran(page)
        assert shop.loaded == {"tool": 1, "offer": 1}
        come(page, shop)
        expect(page.get_by_role("dialog")).to_have_count(0)
        all_ran(page)
        assert shop.loaded == {"tool": 2, "offer": 2} and len(shop.told()) == 2


def test_m9_refusing_is_one_click_of_the_same_size_and_leaves_nothing_by_which_a_visitor_is_known(
    browser: Browser, shop: Shop
) -> None:
    with visitor(browser) as page:
        come(page, shop)
        boxes = [page.get_by_role("button", name=name).bounding_box() for name in ("Refuse all", "Accept all")]
        assert boxes[0] and boxes[1]
        assert {key: boxes[0][key] for key in ("y", "width", "height")} == {
            key: boxes[1][key] for key in ("y", "width", "height")
        }  # fmt: skip
        click(page, "Refuse all")
        assert shop.told() == [("advertising", "refused"), ("analytics", "refused")]
        assert "i" not in remembered(page)
        come(page, shop)
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert shop.loaded == {}


def test_by_keyboard_alone_one_purpose_is_chosen_and_withdrawn_and_escape_is_no_answer(
    browser: Browser, shop: Shop
) -> None:
    with visitor(browser) as page:
        come(page, shop)
        for _ in range(5):  # the two links, refuse, accept, choose: the panel comes first on the page
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        for name in ("Statistics of the portal's use", "Advertising on other sites"):
            expect(page.get_by_role("checkbox", name=name)).not_to_be_checked()
        expect(page.get_by_role("checkbox", name="Statistics")).to_be_focused()
        outline = page.evaluate(
            "getComputedStyle(document.querySelector('kigen-consent').shadowRoot.activeElement).outline"
        )
        assert "solid 3px" in outline
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        assert page.context.cookies() == [] and shop.told() == [] and shop.loaded == {}
        page.get_by_text("Cookie settings").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_focused()
        for _ in range(3):
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        for _ in range(4):
            page.keyboard.press("Tab")
        with page.expect_response("**/choice"):
            page.keyboard.press("Enter")
        expect(page.get_by_text("Cookie settings")).to_be_focused()
        assert shop.told() == [("advertising", "refused"), ("analytics", "given")]
        until(page, "window.ran")
        assert shop.loaded == {"tool": 1}
        assert {one["name"] for one in page.context.cookies()} == {"kigen_consent", "_pk_id.1"}
        page.keyboard.press("Enter")
        expect(page.get_by_role("checkbox", name="Statistics")).to_be_checked()
        for _ in range(5):
            page.keyboard.press("Tab")
        with page.expect_navigation():  # what runs already is ended by a fresh page
            page.keyboard.press("Enter")
        until(page, "window.isReady")
        assert shop.told()[2:] == [("advertising", "refused"), ("analytics", "withdrawn")]
        assert {one["name"] for one in page.context.cookies()} == {"kigen_consent"}
        assert shop.loaded == {"tool": 1} and len(set(shop.told("visitor"))) == 1


def test_m8_global_privacy_control_is_a_refusal_and_an_earlier_consent_is_asked_anew(
    browser: Browser, shop: Shop
) -> None:
    with visitor(browser, extra_http_headers={"Sec-GPC": "1"}) as page:
        come(page, shop)
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert page.context.cookies() == []
        page.get_by_text("Cookie settings").click()
        expect(page.get_by_role("dialog")).to_contain_text("What you agree to here counts all the same.")
    with visitor(browser) as page:
        come(page, shop)
        click(page, "Accept all")
        all_ran(page)
        shop.loaded.clear()
        page.context.add_init_script(GPC)
        come(page, shop)
        expect(page.get_by_role("dialog")).to_contain_text("You agreed on this site before; nothing runs unless")
        assert shop.loaded == {}
        click(page, "Accept all")
        all_ran(page)
        come(page, shop)
        all_ran(page)
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert shop.loaded["tool"] == 2
        assert [signal for (signal,) in shop.told("is_signal")] == [0, 0, 1, 1]


def test_m4_m9_a_choice_is_asked_anew_when_it_is_old_and_when_the_notice_or_a_tool_changed(
    browser: Browser, shop: Shop
) -> None:
    with visitor(browser) as page:
        come(page, shop)
        click(page, "Accept all")
        all_ran(page)
        now, chosen = dt.datetime.now(dt.UTC), remembered(page)["t"]
        assert isinstance(chosen, int) and abs(now.timestamp() * 1000 - chosen) < 60_000
        for age, is_asked in ((178 * DAY, 0), (186 * DAY, 1)):
            shop.loaded.clear()
            remember(page, shop, t=chosen - age)
            come(page, shop)
            expect(page.get_by_role("dialog")).to_have_count(is_asked)
            if not is_asked:
                all_ran(page)
        assert shop.loaded == {}
        expect(page.get_by_role("dialog")).to_contain_text("You chose more than 6 months ago.")
        click(page, "Accept all")
        shop.publish(weight=Weight.COSMETIC)
        come(page, shop)
        expect(page.get_by_role("dialog")).to_have_count(0)
        all_ran(page)
        shop.publish()
        shop.loaded.clear()
        come(page, shop)
        expect(page.get_by_role("dialog")).to_contain_text("What we ask about has changed since your choice.")
        assert shop.loaded == {}
        click(page, "Refuse all")
        assert shop.told("act, version")[-2:] == [("withdrawn", 3), ("withdrawn", 3)]
        for rows, is_asked in (
            (ROWS.replace("13 months", "6 months"), 0),
            (ROWS.replace("Matomo", "Another"), 1),
            (ROWS, 0),
        ):
            shop.set(**{TOOLS: rows})
            come(page, shop)
            expect(page.get_by_role("dialog")).to_have_count(is_asked)


def test_what_the_endpoint_did_not_hear_is_told_later_with_its_own_instant(browser: Browser, shop: Shop) -> None:
    with visitor(browser) as page:
        shop.is_down = True
        come(page, shop)
        page.get_by_role("button", name="Accept all").click()
        until(page, "window.ran")
        page.get_by_text("Cookie settings").click()
        with page.expect_navigation():
            page.get_by_role("button", name="Refuse all").click()
        until(page, "window.isReady")
        assert shop.told() == [] and len(remembered(page)["q"]) == 2  # type: ignore[arg-type]  # a list
        shop.is_down = False
        with page.expect_response(lambda one: one.url.endswith("/choice") and one.status == 204):
            come(page, shop)
        until(page, "decodeURIComponent(document.cookie).includes('\"q\":[]')")
        acts = shop.told("purpose, act, stamp")
        assert [one[:2] for one in acts] == [
            ("advertising", "given"), ("analytics", "given"), ("advertising", "withdrawn"), ("analytics", "withdrawn"),
        ]  # fmt: skip
        assert acts[0][2] < acts[2][2]


def test_what_is_embedded_goes_with_its_consent_and_on_https_the_cookie_is_for_https_alone(
    browser: Browser, shop: Shop
) -> None:
    def answer(route: Route) -> None:
        path = urlsplit(route.request.url)
        body, sent = route.request.post_data_buffer, {"Origin": "https://127.0.0.1", "Content-Type": "application/json"}
        given = shop.app.test_client().open(
            f"{path.path}?{path.query}", "https://127.0.0.1", method=route.request.method, data=body, headers=sent
        )
        route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.data)

    with visitor(browser) as page:
        page.route("https://127.0.0.1/**", answer)
        page.goto("https://127.0.0.1/")
        page.get_by_role("button", name="Choose by purpose").click()
        page.get_by_role("checkbox", name="Advertising").check()
        page.get_by_role("button", name="Save my choice").click()
        expect(page.frame_locator("iframe").get_by_text("An offer")).to_be_visible()
        assert [one["secure"] for one in page.context.cookies()] == [True]
        page.get_by_text("Cookie settings").click()
        page.get_by_role("button", name="Refuse all").click()
        expect(page.frame_locator("iframe").get_by_text("An offer")).to_have_count(0)
        expect(page.get_by_role("status")).to_have_text("Your choice is saved.")  # and the page is the same still
        until(page, "decodeURIComponent(document.cookie).includes('\"q\":[]')")
    assert shop.told()[2] == ("advertising", "withdrawn") and shop.loaded == {"offer": 1}


def test_with_a_nonce_what_is_tagged_runs_and_what_somebody_smuggled_in_does_not(browser: Browser, shop: Shop) -> None:
    with visitor(browser) as page:
        come(page, shop, "/nonce")
        click(page, "Accept all")
        until(page, "document.title === 'own'")
        assert shop.loaded["tool"] == 1 and shop.loaded["smuggled"] == 0


def test_without_a_script_nothing_runs_and_the_link_leads_to_the_page_of_tools(browser: Browser, shop: Shop) -> None:
    with visitor(browser, java_script_enabled=False) as page:
        page.goto(shop.address)
        assert shop.loaded == {}
        page.get_by_text("Cookie settings").click()
        assert page.url.endswith("/privacy/tools")
        expect(page.get_by_role("link", name="Object at Example Analytics KK")).to_be_visible()


@pytest.mark.parametrize(("language", "width", "scheme"), [("en", 1280, "light"), ("ja", 360, "dark")])
def test_nothing_jumps_all_has_its_name_and_can_be_read_and_hit(
    browser: Browser, shop: Shop, language: str, width: int, scheme: str
) -> None:
    options = {"viewport": {"width": width, "height": 700}, "color_scheme": scheme, "reduced_motion": "reduce"}
    with visitor(browser, **options) as page:
        come(page, shop, f"/?language={language}")
        page.get_by_role("button", name={"en": "Choose by purpose", "ja": "目的別に選ぶ"}[language]).click()
        roles = ("heading", "link", "group", "checkbox", "button")
        assert [page.get_by_role("dialog").get_by_role(role).count() for role in roles] == [1, 2, 1, 2, 3]
        assert page.evaluate(MEASURED) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        click(page, {"en": "Refuse all", "ja": "すべて拒否する"}[language])
        page.get_by_text("Cookie settings").click()
        assert page.evaluate("window.shifts") == 0


MEASURED = """() => {
    const light = colour => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(one => one / 255)
            .map(one => one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const ground = one => { // the first that is not transparent
        const colour = getComputedStyle(one).backgroundColor;
        return colour === "rgba(0, 0, 0, 0)" ? ground(one.parentElement) : colour;
    };
    const shadow = document.querySelector("kigen-consent").shadowRoot, found = [];
    for (const one of shadow.querySelectorAll("section *")) {
        if (!one.checkVisibility()) continue;
        const style = getComputedStyle(one), box = one.getBoundingClientRect();
        const [less, more] = [light(style.color), light(ground(one))].sort((a, b) => a - b);
        if (one.textContent && (more + .05) / (less + .05) < 4.5) found.push("contrast: " + one.textContent);
        const least = one.matches("button, label") ? 44 : one.matches("input, a") ? 24 : 0;
        if (box.height < least || box.width < least) found.push("small: " + one.outerHTML);
        if (style.animationName !== "none") found.push("moves");
    }
    return found;
}"""
"""What in the panel is hard to read (WCAG 1.4.3), hard to hit (2.5.5, 2.5.8) or moves although that was declined."""

"""The operator's list of tools: what a row says, what is wrong with one, and which change of it asks visitors anew."""

from __future__ import annotations

import pytest

from kigen.policy.cookies import Tool, asked_about, carried_since, fingerprint, months, origins, tools
from kigen.policy.notices import Version, Weight
from kigen.policy.periods import Term
from tests.cases.desk import at

ROW = "analytics | Matomo | 例示株式会社 | _pk_id*, _pk_ses* | 13 months | https://stats.example.jp/out"


def test_a_row_is_a_tool_with_its_cookies_term_and_opt_out_and_necessary_ones_are_never_asked_about() -> None:
    rows = tools(f"{ROW};\nnecessary | Session | BESTNET | WHMCSabc | |;")
    assert rows == (
        Tool("analytics", "Matomo", "例示株式会社", ("_pk_id*", "_pk_ses*"), Term(13), "https://stats.example.jp/out"),
        Tool("necessary", "Session", "BESTNET", ("WHMCSabc",), None, ""),
    )
    assert asked_about(rows) == ("analytics",)
    assert asked_about(rows[1:]) == () and tools(" ") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("analytics | Matomo", "row 1 has 2 fields"),
        (f"{ROW}; marketing | X | Y | | |", "row 2: 'marketing' is no category"),
        ("analytics | | Y | | |", "row 1 does not say which tool"),
        ("analytics | X | Y | a=b | |", "row 1: 'a=b' holds no names of cookies"),
        ("analytics | X | Y | | soon |", "row 1: 'soon' is not a term"),
        ("analytics | X | Y | | | javascript:alert(1)", "row 1: 'javascript:alert(1)' is not an address"),
    ],
    ids=["fields", "category", "name", "cookies", "term", "opt-out"],
)
def test_a_bad_row_is_named_with_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(ValueError, match="row") as error:
        tools(text)
    assert str(error.value).startswith(said)


def test_months_and_origins_have_their_bounds() -> None:
    assert months("13") == 13 and origins("https://a.example, http://b.example:8080") == (
        "https://a.example", "http://b.example:8080",
    )  # fmt: skip
    for parse, text in ((months, "14"), (months, "0"), (origins, "https://a.example/path"), (origins, "*")):
        with pytest.raises(ValueError, match="expected"):
            parse(text)


def test_another_tool_or_provider_asks_anew_and_another_term_or_a_necessary_cookie_does_not() -> None:
    first = fingerprint(tools(ROW))
    assert fingerprint(tools(ROW.replace("13 months", "6 months") + "; necessary | S | B | a | |")) == first
    assert fingerprint(tools(ROW.replace("例示", "別"))) != first
    assert fingerprint(tools(f"{ROW}; advertising | Ads | B | a | |")) != first


def test_m4_a_choice_holds_from_the_last_material_version_on() -> None:
    def version(number: int, day: str, weight: Weight) -> Version:
        return Version("cookies", number, at(day), at(day), weight, "ja", "tests")

    known = [
        version(1, "2026-01-01", Weight.MATERIAL), version(2, "2026-02-01", Weight.COSMETIC),
        version(3, "2026-03-01", Weight.MATERIAL), version(4, "2026-04-01", Weight.COSMETIC),
    ]  # fmt: skip
    found = {day: carried_since(known, at(day)) for day in ("2025-12-31", "2026-02-28", "2026-03-01", "2026-05-01")}
    assert list(found.values()) == [None, 1, 3, 3]

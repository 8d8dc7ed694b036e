"""Cells of the tables: no text is a formula, whatever stands in it, and the text comes back as it was (K3, K4)."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from kigen.policy.csv_cells import FORMULA, cell, is_in, lines

RISKY = (
    "=1+1",
    "+1",
    "-1+cmd",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "  =1",
    "\u200b=1",
    "\u3000＝1",
)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_what_begins_as_a_formula_gets_a_tab_within_quotes() -> None:
    for text in RISKY:
        assert cell(text) == f"\t{text}"
        assert lines([[cell(text)]]).startswith('"\t')
    assert [cell(one) for one in ("a=1", "山田", "", None, True, 5, "12.50")] == [
        "a=1",
        "山田",
        "",
        "",
        "true",
        "5",
        "12.50",
    ]


def test_a_negative_amount_is_a_number_and_a_text_that_looks_like_one_in_a_text_column_is_not() -> None:
    assert (cell("-12.50", is_number=True), cell("-12.50")) == ("-12.50", "\t-12.50")
    assert cell("-1+1|cmd", is_number=True) == "\t-1+1|cmd"


def test_a_zero_byte_does_not_end_the_file_and_a_line_within_a_cell_stays_in_it() -> None:
    assert read(lines([["a\0b", 'say "x"\r\nnext', "c"]])) == [["a\N{REPLACEMENT CHARACTER}b", 'say "x"\r\nnext', "c"]]


def test_an_encoding_is_taken_only_where_nothing_is_lost() -> None:
    assert is_in("髙橋①", "cp932")
    assert not is_in("𠮷野", "cp932")
    assert not is_in("〜", "cp932")


def test_nobody_breaks_out_of_a_cell(deep: bool) -> None:
    words = st.text(st.characters(codec="utf-8"), max_size=30)
    hostile = st.tuples(st.sampled_from(["", " ", "\u200e", "\t", "\r\n", '"', '",=1,"']), words).map("".join)

    @settings(max_examples=50_000 if deep else 150)
    @given(st.lists(st.one_of(words, hostile, st.sampled_from(RISKY)), min_size=1, max_size=4))
    def check(row: list[str]) -> None:
        cells = [cell(text) for text in row]
        (back,) = read(lines([cells])) if any(cells) or len(cells) > 1 else [[""]]
        assert len(back) == len(row)
        for text in back:
            assert text.strip(" \u3000\u200b\u200e\ufeff\u2060")[:1] not in FORMULA - {"\t", ""} or text[0] == "\t"

    check()

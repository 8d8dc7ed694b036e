"""What a run could not decide is told with the keys of its rows, so that a person finds them; never with a value."""

from __future__ import annotations

import json

import pytest

from kigen.commands.left import show_left
from kigen.work.erase import erase
from kigen.work.places import gather
from kigen.work.swept import Swept
from tests.work.billing import Billing
from tests.work.test_in_part import SECRETS, person

MAYBE = "tblactivitylog.description may-mean-somebody-else"


def test_an_order_and_its_run_record_name_the_rows_that_may_mean_somebody_else(either: Billing) -> None:
    either.live_client()
    person(either, 4, "2011-03-01")
    for number in (701, 702):
        either.add("tblactivitylog", id=number, userid=1, description="山田 太郎 called")
    erased = erase(either.site, 4)
    told = json.loads(either.last_run()["counts"])
    assert erased.done["delete"] == {"client": 1} and erased.outcome.left[MAYBE] == 2
    assert erased.outcome.left_rows[MAYBE] == ["701", "702"] == told["left_rows"][MAYBE]
    assert [secret for secret in SECRETS if secret in json.dumps(told, ensure_ascii=False)] == []
    assert {701, 702} <= set(either.ids("tblactivitylog"))


def test_a_sweep_tells_the_rows_in_its_record_as_well(either: Billing) -> None:
    either.live_client()
    person(either, 4, "2011-03-01")
    either.add("tblactivitylog", id=701, userid=1, description="山田 太郎 called")
    swept = either.sweep()
    assert swept.left_rows[MAYBE] == ["701"] == json.loads(either.last_run()["counts"])["left_rows"][MAYBE]
    heard = Swept()
    heard.hear(json.loads(json.dumps(swept.as_told())))
    assert heard.left_rows == swept.left_rows


def test_no_more_than_twenty_rows_of_a_column_are_named_and_each_once() -> None:
    rows = {MAYBE: ["1", "2"]}
    gather(rows, {MAYBE: [str(number) for number in range(2, 40)], "tblnotes.note unclassified": ["7"]})
    assert rows == {MAYBE: [str(number) for number in range(1, 21)], "tblnotes.note unclassified": ["7"]}


def test_the_table_names_the_rows_and_says_where_there_are_more(capsys: pytest.CaptureFixture[str]) -> None:
    show_left({MAYBE: 33, "tblnotes.note unclassified": 1}, {MAYBE: ["12", "15"], "tblnotes.note unclassified": ["7"]})
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "33 12, 15, … It may mean" in said and "1 7 Nobody" in said

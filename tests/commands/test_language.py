"""In which language commands speak, and how a run as of a past instant is told and marked."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sqlalchemy import text

from kigen import work
from kigen.work.brake_words import BRAKES_JA, STOPS_JA
from kigen.work.stops import SENTENCES
from tests.commands.installation import Installation

ROOT = Path(work.__path__[0])


def test_reasons_and_explanations_are_in_the_language_of_the_option_or_of_the_setting(here: Installation) -> None:
    english = here.run("explain", "order", "7").out
    assert "Order 7 of client 3 (Cancelled): keep by order.delete-cancelled, due 2020-01-01" in english
    japanese = here.run("explain", "order", "7", "--lang", "ja").out
    assert "注文 7、顧客 3 (Cancelled)：保持、規則 order.delete-cancelled、期日 2020-01-01" in japanese
    assert "active-service: " in japanese and "の時点です。" in japanese
    assert here.run("settings", "set", "kigen.language", "ja").status == 0
    assert here.run("explain", "order", "7").out == japanese
    (reason,) = here.run("explain", "order", "7", "--json").document["reasons"]
    assert "サービス 81" in reason["text"]
    assert here.run("explain", "order", "7", "--lang", "en").out == english
    assert "時点の計画" in here.run("plan").out
    assert "言語" in here.run("settings", "get", "kigen.language", "--json").document["words"]
    said = here.run("settings", "set", "kigen.language", "fr")
    assert said.status == 2 and "expected 'en' or 'ja'" in said.sentence


def test_a_sweep_as_of_a_past_instant_that_acts_says_so_once_and_its_record_is_marked(here: Installation) -> None:
    only_previewed = here.run("sweep")
    assert only_previewed.status == 3 and "as of" not in only_previewed.err
    done = here.run("sweep", "--confirm", "--json")
    assert done.document["stated"] == {"at": "2024-03-31T15:00:00+00:00", "lies": "past"}
    (told,) = (line for line in done.err.splitlines() if "as of" in line)
    assert told.startswith(
        "kigen: this run decided and acted as of 2024-04-01 00:00, while the machine's clock says 20"
    )
    with here.engine.connect() as connection:
        counts = connection.execute(text("SELECT counts FROM kigen_runs ORDER BY id DESC LIMIT 1")).scalar_one()
    assert json.loads(counts)["stated"]["lies"] == "past"
    assert here.run("sweep", "--confirm", "--json", now=None).document["stated"] is None


def test_erasing_is_told_in_japanese_its_brakes_and_refusals_too(here: Installation) -> None:
    ja = ("--lang", "ja")
    assert "顧客 2：担当者の指示により削除します。" in here.run("erase", "2", "--preview", *ja).out
    assert "顧客 99 は存在しません" in here.run("erase", "99", *ja).sentence
    assert "--confirm を付けてください" in here.run("erase", "2", *ja, now="2099-01-01").err
    assert "保全 1 により" in here.run("hold", "add", "--client", "2", "--reason", "訴訟", *ja).out
    assert "保全 7 はありません" in here.run("hold", "release", "7", "--reason", "終了", *ja).sentence
    assert "顧客 2：保持しました。" in here.run("erase", "2", *ja).out
    assert "実行 9 は存在しません" in here.run("undo", "9", *ja).sentence
    assert "消去した記録は戻っていません" in here.run("replay", *ja).out
    assert "'kigen sweep --confirm' を実行してください" in here.run("sweep", *ja).err
    with here.engine.connect() as connection:
        assert len(connection.execute(text("SELECT id FROM tblclients")).all()) == 3


def test_every_brake_and_every_stop_has_its_japanese() -> None:
    codes = set(re.findall(r'Brake\(\s*"([a-z-]+)"', (ROOT / "brakes.py").read_text(encoding="utf-8")))
    assert codes and codes <= set(BRAKES_JA) and set(SENTENCES) <= set(STOPS_JA)

"""Nothing in evidence tells who a record was about: kinds, ids, rules, dates and digests, and the operator's actor."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from kigen.ledger import evidence, ledger_file
from kigen.ledger.tables_evidence import chain, heads, leaves
from kigen.ledger.tables_evidence import evidence as entries
from kigen.policy.records import Kind
from kigen.policy.schedule import RULES
from tests.ledger.chains import CANCELLED, done, signed_chain
from tests.ledger.times import START

DIGEST = re.compile(r"[0-9a-f]{16,128}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
WORDS = {*Kind, *(rule.id for rule in RULES), "whmcs", "delete", "archive", "anonymise", "floor", "unpaid-invoice"}
ACTORS = {"ops", "山田"}


def texts(value: Any, without: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, dict):
        yield from (text for name, part in value.items() if name not in without for text in texts(part, without))
    elif isinstance(value, list):
        yield from (text for part in value for text in texts(part, without))
    elif isinstance(value, str):
        yield value


def unexplained(found: Iterator[str]) -> set[str]:
    """What is neither a word of the program, nor a digest, nor an instant, nor one of the operator's people."""
    known = WORDS | ACTORS
    return {one for one in found if one not in known and not DIGEST.fullmatch(one) and not INSTANT.fullmatch(one)}


def test_every_text_in_the_tables_is_a_code_a_digest_an_instant_or_the_actor(engine: Engine, tmp_path: Path) -> None:
    signed_chain(engine, tmp_path)
    found: list[str] = []
    with engine.connect() as connection:
        for table in (entries, chain, leaves, heads):
            for row in connection.execute(select(table)).mappings():
                told = {**row, **{name: json.loads(row[name]) for name in ("records",) if name in row}}
                found += texts({**told, "reasons": str(told.get("reasons", "")).split()})
    assert len(found) > 60
    assert unexplained(iter(found)) == set()


def test_every_text_in_the_ledger_file_is_one_too(engine: Engine, tmp_path: Path) -> None:
    told, head = signed_chain(engine, tmp_path)
    with engine.connect() as connection:
        ledger_file.append(tmp_path, connection, told, [head])
    lines = [json.loads(line) for line in (tmp_path / ledger_file.NAME).read_text(encoding="utf-8").splitlines()]
    found = [text for line in lines for text in texts(line, frozenset({"salts"}))]
    assert unexplained(iter(found)) == set()
    salts = [part["salts"] for line in lines for part in line.get("parts", ())]
    assert all(re.fullmatch(r"[A-Za-z0-9+/]+=*", one) for one in salts)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("host", "Taro Yamada"), ("action", "deleted for taro@example.jp"), ("rule", "the client, Taro Yamada, asked"),
        ("reasons", {CANCELLED: ["Invoice of Taro Yamada is unpaid."]}),
        ("fingerprints", {Kind.ORDER: {1: "taro@example.jp"}}),
    ],
)  # fmt: skip
def test_a_sentence_is_refused_wherever_a_code_or_a_digest_belongs(
    connection: Connection, part: str, value: Any
) -> None:
    given: dict[str, Any] = {"host": "whmcs", "action": "delete", "rule": CANCELLED, part: value}
    what = done(Kind.ORDER, given.pop("rule"), 1, 2)
    given |= {"run": 1, "actor": "ops", "at": START, "done": what}
    with pytest.raises(ValueError, match="expected neither a sentence nor a name"):
        evidence.append(connection, **given)
    assert connection.execute(select(entries)).all() == []

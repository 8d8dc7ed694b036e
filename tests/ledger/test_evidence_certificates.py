"""A certificate proves one act on one record with nothing but itself and the public key, and nothing after a change."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from kigen.ledger import certificates, certificates_issued, evidence, evidence_read, keys
from kigen.ledger.certificates import Unproved, prove
from kigen.ledger.database import open_database
from kigen.ledger.migrate import upgrade
from kigen.policy.records import Kind, Ref
from tests.ledger.chains import CANCELLED, done, signed_chain, write
from tests.ledger.times import minute

EVERY: list[Ref] = [
    (Kind.ORDER, 1), (Kind.ORDER, 5), (Kind.ORDER, 12), (Kind.SERVICE, 84), (Kind.CLIENT, 3), (Kind.CLIENT, 4),
    (Kind.TICKET, 901), (Kind.CLIENT, 6), (Kind.DOMAIN, 31),
]  # fmt: skip


@pytest.fixture
def engine(sqlite_url: str) -> Engine:
    """One engine is enough here: what both must store alike is in test_evidence."""
    made = open_database(sqlite_url)
    upgrade(made)
    return made


def issue(engine: Engine, folder: Path, ref: Ref) -> str:
    with engine.begin() as connection:
        private = lambda: keys.private(folder)  # noqa: E731 - asked for only if a head has to be signed
        return certificates_issued.issue(connection, ref, keys.public(folder), private, minute(50)).text


def test_every_act_gets_a_certificate_that_holds(engine: Engine, tmp_path: Path) -> None:
    signed_chain(engine, tmp_path)
    for kind, number in EVERY:
        proved = prove(issue(engine, tmp_path, (kind, number)), keys.public(tmp_path))
        assert (proved.leaf["kind"], proved.leaf["id"], proved.leaf["host"]) == (kind.value, str(number), "whmcs")
        assert proved.entry.seq + proved.links == proved.head.entries == 9


def test_a_certificate_shows_what_was_done_and_no_other_record(engine: Engine, tmp_path: Path) -> None:
    signed_chain(engine, tmp_path)
    document = json.loads(issue(engine, tmp_path, (Kind.ORDER, 12)))
    assert document["leaf"] == {
        "action": "delete", "due": "2025-01-26T12:00:01Z", "host": "whmcs", "id": "12", "kind": "order",
        "rule": "order.delete-cancelled",
    }  # fmt: skip
    assert document["entry"]["at"] == "2026-03-01T12:01:00.123456Z"
    assert document["head"]["at"] == "2026-03-01T12:20:00.123456Z"
    assert len(document["links"]) == 7
    assert len(document["proof"]) == 3
    text = json.dumps(document)
    assert not any(f'"{other}"' in text for other in (11, 13, 81, 84, 900))


def test_the_fingerprint_of_a_record_is_part_of_what_is_proved(engine: Engine, tmp_path: Path) -> None:
    signed_chain(engine, tmp_path)
    proved = prove(issue(engine, tmp_path, (Kind.CLIENT, 5)), keys.public(tmp_path))
    assert proved.leaf["fingerprint"] == "ab" * 32
    assert proved.entry.reasons == ("floor", "unpaid-invoice")


def test_a_certificate_verifies_with_neither_a_database_nor_a_state_folder(engine: Engine, tmp_path: Path) -> None:
    signed_chain(engine, tmp_path)
    (tmp_path / "certificate.json").write_text(issue(engine, tmp_path, (Kind.ORDER, 12)), encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("certificate.json", keys.PUBLIC):
        (tmp_path / name).rename(elsewhere / name)
    code = (
        "import sys; from pathlib import Path; from kigen.ledger import keys; from kigen.ledger.certificates import *;"
        "print(prove(Path('certificate.json').read_text('utf-8'), keys.read_public(Path('evidence.pub'))).leaf['id'])"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=True).stdout == "12\n"


def changes(value: Any) -> Iterator[Any]:
    """The document with one thing changed, once for every value in it, however deep."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            yield from ({**value, name: changed} for changed in changes(part))
        yield {**value, "more": None}
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield [*value[:place], *value[place + 1 :]]
            yield from ([*value[:place], changed, *value[place + 1 :]] for changed in changes(part))
        yield [*value, "00" * 32]
    elif isinstance(value, str):
        yield from (value.upper(), value + " ", None)
        yield from (value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :] for place in range(len(value)))
    elif isinstance(value, int):
        yield from (value + 1, value - 1, -value, float(value), str(value), None)
    else:
        yield from (0, "", False)


@pytest.mark.parametrize("ref", [(Kind.ORDER, 12), (Kind.CLIENT, 6), (Kind.DOMAIN, 31), (Kind.CLIENT, 4)])
def test_a_certificate_with_anything_changed_proves_nothing(engine: Engine, tmp_path: Path, ref: Ref) -> None:
    if ref == (Kind.DOMAIN, 31):
        ref = (Kind.DOMAIN, 32)  # the second of two, in the last entry: there are no links
    signed_chain(engine, tmp_path)
    document = json.loads(issue(engine, tmp_path, ref))
    key = keys.public(tmp_path)
    tried = 0
    held = []
    for changed in changes(document):
        if changed == document and json.dumps(changed) == json.dumps(document):
            continue  # upper case of a digit, minus zero
        tried += 1
        try:
            prove(json.dumps(changed), key)
        except Unproved:
            continue
        held.append(changed)
    assert held == []
    assert tried > 500


def test_a_certificate_with_a_bit_turned_over_proves_nothing(engine: Engine, tmp_path: Path) -> None:
    signed_chain(engine, tmp_path)
    content = issue(engine, tmp_path, (Kind.SERVICE, 84)).encode()
    chance, key = random.Random(7), keys.public(tmp_path)
    for _ in range(1000):
        place = chance.randrange(len(content))
        changed = content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :]
        with pytest.raises((Unproved, UnicodeDecodeError)):
            prove(changed.decode(), key)


def test_a_certificate_of_somebody_elses_making_is_refused_by_the_operators_key(engine: Engine, tmp_path: Path) -> None:
    signed_chain(engine, tmp_path)
    operator = tmp_path / "operator"
    operator.mkdir()
    keys.make(operator)
    text = issue(engine, tmp_path, (Kind.ORDER, 12))
    assert prove(text).entry.seq == 2
    name, own = keys.name(keys.public(tmp_path)), keys.name(keys.public(operator))
    with pytest.raises(Unproved, match=f"signed by the key {name}, not by {own}"):
        prove(text, keys.public(operator))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("public_key", "zz", "in its field public_key; expected 64 small hexadecimal digits, an Ed25519 key"),
        ("public_key", 7, "in its field public_key; expected 64 small hexadecimal digits, an Ed25519 key"),
        ("entry", {}, "in its field entry; expected an entry of evidence with all its fields"),
        ("head", [], "in its field head; expected a signed head with all its fields"),
    ],
)
def test_a_damaged_certificate_is_told_by_its_field_and_what_was_expected(
    engine: Engine, tmp_path: Path, field: str, value: object, sentence: str
) -> None:
    signed_chain(engine, tmp_path)
    document = {**json.loads(issue(engine, tmp_path, (Kind.ORDER, 12))), field: value}
    with pytest.raises(Unproved, match=f"^the certificate is damaged {sentence}$"):
        prove(json.dumps(document))


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", "x", '{"format": 1, "format": 2}', "[" * 100_000, "1e999"])
def test_what_is_no_certificate_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Unproved, match=r"^it is no certificate|^a field stands there twice"):
        prove(text)


def test_where_no_head_covers_the_entry_one_is_signed_for_the_certificate(engine: Engine, tmp_path: Path) -> None:
    signed_chain(engine, tmp_path)
    with engine.begin() as connection:
        write(connection, done(Kind.ORDER, CANCELLED, 60, 2), at=30)
        write(connection, done(Kind.ORDER, CANCELLED, 70, 2), at=31)
    proved = prove(issue(engine, tmp_path, (Kind.ORDER, 61)), keys.public(tmp_path))
    assert (proved.head.entries, proved.links, proved.head.at) == (11, 1, evidence.written(minute(50)))
    with engine.connect() as connection:
        assert evidence_read.last_head(connection) == proved.head


def test_a_record_that_nothing_was_done_to_or_that_was_forgotten_gets_none(engine: Engine, tmp_path: Path) -> None:
    told, head = signed_chain(engine, tmp_path)
    with pytest.raises(ValueError, match="there is no evidence about order:6"):
        issue(engine, tmp_path, (Kind.ORDER, 6))
    with engine.begin() as connection:
        left = evidence.forget(connection, told[1])
    with pytest.raises(ValueError, match="there is no evidence about order:12"):
        issue(engine, tmp_path, (Kind.ORDER, 12))
    with pytest.raises(ValueError, match="entry 2 holds only the hash of its leaf"):
        certificates.certificate(left, 1, [], head, keys.public(tmp_path))


def test_a_certificate_that_was_made_before_still_proves_after_its_record_was_forgotten(
    engine: Engine, tmp_path: Path
) -> None:
    told, _ = signed_chain(engine, tmp_path)
    text = issue(engine, tmp_path, (Kind.ORDER, 12))
    with engine.begin() as connection:
        evidence.forget(connection, told[1])
    assert prove(text, keys.public(tmp_path)).leaf["id"] == "12"

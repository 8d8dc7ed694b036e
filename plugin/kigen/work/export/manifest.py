"""What a bundle says of itself: the manifest with hashes and counts, the schema of its rows, the checksums, a README.

`sha256sum -c SHA256SUMS` in the unpacked folder verifies all files offline; the manifest's own hash stands there too.
It is signed with the key of the evidence, by which it is told from one that somebody made anew.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import kigen
from kigen.ledger import keys
from kigen.policy.datamap import DataMap
from kigen.policy.exporting import bases
from kigen.policy.periods import to_local
from kigen.policy.records import Kind
from kigen.policy.vocabulary import USUAL, Purpose, Word, recipients_of
from kigen.work.export.members import File
from kigen.work.export.sections import Written
from kigen.work.export.tables import LeftOut
from kigen.work.export.told import Terms

FORMAT = "kigen-bundle/1"
NAME, SUMS, SCHEMA, SIGNATURE = "manifest.json", "SHA256SUMS", "schema.json", "signature.json"


def words(of: Iterable[Word]) -> list[dict[str, str]]:
    """Words of the policy with both languages and their DPV term."""
    return [{"name": one.value, "en": one.english, "ja": one.japanese, "dpv": one.dpv} for one in dict.fromkeys(of)]


def section_as_json(written: Written, datamap: DataMap, terms: Terms) -> dict[str, Any]:
    """One section: its rows and files, what it is for, on what basis, who receives it, and how long it is kept."""
    purposes, grounds, receiving, kinds = list[Word](), list[Word](), list[Word](), list[Kind]()
    for sample in written.samples:
        table = sample.source.table
        if table is None:
            continue
        own: list[Purpose] = [purpose for one in sample.source.fields for purpose in one.purposes] or list(
            USUAL[table.category]
        )
        purposes += own
        grounds += bases(sample.source.fields, table)
        receiving += recipients_of(own)
        kinds += [] if sample.source.is_ours else datamap.kinds_of(table.name)
    return {
        "name": written.section.value, "en": written.section.english, "ja": written.section.japanese,
        "rows": written.rows, "files": written.files,
        "tables": [{"name": one.source.name, "rows": one.count} for one in written.samples],
        "purposes": words(purposes), "bases": words(grounds), "recipients": words(receiving),
        "kept": [term.as_json() for term in terms.of(kinds)],
    }  # fmt: skip


def left_out_as_json(left: LeftOut) -> list[dict[str, Any]]:
    """What is not in the bundle: where, how many rows it concerns, and by which rule."""
    return [
        {
            "section": one.section.value, "table": one.table, "columns": list(one.columns), "rule": one.rule.value,
            "en": one.rule.english, "ja": one.rule.japanese, "rows": count,
        }
        for one, count in sorted(left.rows.items())
    ]  # fmt: skip


def as_bytes(document: dict[str, Any]) -> bytes:
    """A document as it stands in the bundle."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def about(client: int, host: str, zone: str, times: list[dt.datetime], made: dt.datetime) -> dict[str, Any]:
    """Whose bundle it is and which moment it shows; several moments where it took longer than one could be held."""
    return {
        "format": FORMAT, "program": f"kigen {kigen.__version__}", "host": host, "client": str(client), "zone": zone,
        "made": to_local(made, zone).isoformat(), "is_consistent": len(times) == 1,
        "moments": [to_local(one, zone).isoformat() for one in times],
    }  # fmt: skip


def signature(state_dir: Path, text: bytes) -> bytes | None:
    """What says that this installation wrote the manifest; None where it has no key to sign with."""
    try:
        key = keys.private(state_dir)
    except ValueError:
        return None
    signed = {"key": keys.as_hex(key.public_key()), "signature": key.sign(statement(text)).hex()}
    return as_bytes({"algorithm": "Ed25519", **signed})


def statement(text: bytes) -> bytes:
    """What is signed: of which sort it is, so that it serves for nothing else, and the manifest."""
    return FORMAT.encode() + b"\n" + text


def schema(sections: Iterable[Written]) -> dict[str, Any]:
    """The JSON Schema of a line of the files in `json/`, by section and table."""
    value = {"type": ["string", "number", "boolean", "object", "array", "null"]}
    number, text = {"type": ["number", "string", "boolean", "null"]}, {"type": ["string", "object", "boolean", "null"]}
    rows: dict[str, Any] = {}
    for written in sections:
        for sample in written.samples:
            source = sample.source
            known = {one.name: one for one in source.fields}
            columns = {
                name: number if name in source.numbers else text if name in known and not known[name].sort else value
                for name in source.columns
            }
            title = ", ".join(
                f"{name}: {(known[name].sort or known[name].plain or '')!s}" for name in source.columns if name in known
            )
            rows[source.name] = {
                "type": "object", "description": title, "properties": columns, "required": list(columns),
                "additionalProperties": False,
            }  # fmt: skip
    each = [
        {"type": "object", "required": ["table", "row"], "additionalProperties": False,
         "properties": {"table": {"const": name}, "row": {"$ref": f"#/$defs/{name}"}}}
        for name in rows
    ]  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": FORMAT,
        "description": "One line of a file in json/.", **({"oneOf": each} if each else {}), "$defs": rows,
    }  # fmt: skip


def sums(files: Iterable[File], index: Iterator[bytes]) -> Iterator[bytes]:
    """The checksums of all files, as sha256sum reads them; `index` are the lines on attachments."""
    for file in files:
        yield f"{file.sha256}  {file.name}\n".encode()
    for line in index:
        told = json.loads(line)
        if told["file"]:
            yield f"{told['sha256']}  {told['file']}\n".encode()

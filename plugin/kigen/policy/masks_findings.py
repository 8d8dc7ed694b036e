"""What masking a value gives: what to write, and what a person has to look at, with its sentence in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Finding(StrEnum):
    """What a person has to look at after a value was masked."""

    INVALID = "invalid-structure"
    """It is neither serialized PHP nor JSON; it was emptied or kept as the treatment says."""
    OPAQUE = "opaque-object"
    """A PHP object that only its own class can read holds an identifier; the whole value was emptied or kept."""
    NO_ROOM = "no-room"
    """Even the shortest mask did not fit; the value was emptied."""
    LEFT = "identifiers-left"
    """Names or shared things that may mean somebody else were left where they stand."""


SENTENCES: dict[Finding, tuple[str, str]] = {
    Finding.INVALID: (
        "The stored data is neither valid serialized PHP nor valid JSON.",
        "保存されているデータが、シリアライズされた PHP としても JSON としても正しく読み取れません。",
    ),
    Finding.OPAQUE: (
        "An object that only its own program can read still names the person.",
        "専用のプログラムでしか読み取れないオブジェクトに、本人を示す情報が残っています。",
    ),
    Finding.NO_ROOM: (
        "The masked data did not fit the column and was emptied.",
        "匿名化したデータが列に収まらないため、空にしました。",
    ),
    Finding.LEFT: (
        "Names or shared details that may mean somebody else were left in place.",
        "別の人を指す可能性のある氏名や共有の情報は、そのまま残しました。",
    ),
}
"""The sentence of each finding, in English and Japanese."""


@dataclass(frozen=True, slots=True)
class Masked:
    """The value to write, and what is to be reported about it."""

    value: object
    findings: tuple[Finding, ...] = ()

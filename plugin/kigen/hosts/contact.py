"""What of a client's contact has to go when the contact asks for it, told to whoever does it by hand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Task(StrEnum):
    """What a person is to do with rows."""

    REPLACE_FIRST = "replace-first"
    """The client's own rows that name the contact: another one is to be named before it goes."""
    EMPTY = "empty"
    """The rows stay, for they are the client's; these columns are emptied, or hold `erased` from now on."""
    DELETE = "delete"


SENTENCES = {
    Task.REPLACE_FIRST: (
        "name another one, or none, in {columns} of {table} {rows}",
        "{table} {rows} の {columns} を別の連絡先に変えるか、空にします",
    ),
    Task.EMPTY: (
        "empty {columns}, or write `erased` there, in {table} {rows}",
        "{table} {rows} の {columns} を空にするか、`erased` と記入します",
    ),
    Task.DELETE: ("delete {table} {rows}", "{table} {rows} を削除します"),
}
"""The sentence of each, in English and Japanese."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """One task: rows of a table by their ids, and the columns that it is about (none: whole rows)."""

    task: Task
    table: str
    rows: tuple[int, ...]
    columns: tuple[str, ...] = ()

    def text(self, language: str = "en") -> str:
        """The task as a part of a sentence; no value of a row is in it."""
        words = SENTENCES[self.task][1 if language == "ja" else 0]
        rows, columns = ", ".join(map(str, self.rows)), ", ".join(self.columns)
        return words.format(table=self.table, rows=rows, columns=columns)

"""What the operator says about columns and tables that no map knows, and the map with these answers in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kigen.policy.datamap import CLIENT, DataMap, Field, Link, Table
from kigen.policy.fates import Fate, Kept, Plain, Treatment
from kigen.policy.sorts import Sort
from kigen.policy.vocabulary import USUAL, Category


@dataclass(frozen=True, slots=True)
class Answer:
    """What erasure does to `table.column`; `client_by` is the column of the same table that holds the client's id."""

    name: str
    treatment: Treatment
    client_by: str | None = None

    @property
    def table(self) -> str:
        return self.name.partition(".")[0]


def with_answers(datamap: DataMap, answers: Iterable[Answer]) -> DataMap:
    """The host's map with what the operator said beside it; the map's own word about a column stands.

    A column to be masked is masked as free text, for nobody said which sort it is. A table that the map lacks is found
    by `client_by`, else only by searching for the person.
    """
    by_table: dict[str, list[Answer]] = {}
    for answer in answers:
        by_table.setdefault(answer.table, []).append(answer)
    known = [replace(one, fields=_fields(by_table.get(one.name, [])) | dict(one.fields)) for one in datamap]
    added = [_table(name, said) for name, said in by_table.items() if name not in datamap]
    return DataMap(datamap.host, (*added, *known))


def _table(name: str, answers: list[Answer]) -> Table:
    columns = dict.fromkeys(answer.client_by for answer in answers if answer.client_by)
    said = {answer.treatment for answer in answers}
    if Treatment.DELETE in said:
        fate = Fate.GOES if columns else Fate.FOUND_GOES
    else:
        fate = Fate.NOBODY if said == {Treatment.NONE} else Fate.MASKED
    return Table(name, (), tuple(Link(column, CLIENT) for column in columns), Category.OTHER, fate, _fields(answers))


def _fields(answers: Iterable[Answer]) -> dict[str, Field]:
    return {one.name: one for one in map(_field, answers)}


def _field(answer: Answer) -> Field:
    table, _, column = answer.name.partition(".")
    if answer.treatment is Treatment.NONE:
        return Field(table, column, None, Plain.CONFIGURATION, Category.OTHER, ())
    kept = Kept.OPERATOR if answer.treatment is Treatment.KEEP else None
    return Field(table, column, Sort.FREE_TEXT, None, Category.OTHER, USUAL[Category.OTHER], kept=kept)

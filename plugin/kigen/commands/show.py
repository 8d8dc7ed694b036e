"""What a person or a program reads: tables or JSON on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from kigen.commands.words import headings, say
from kigen.policy.reasons import Reason

Tell = Callable[[int, int | None], None]
"""What is done so far, and of how many if that is known."""

PIPED_WIDTH = 160
"""Columns where no terminal says how many there are."""


def as_json(document: object) -> None:
    """One JSON document on one line."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))


def line(text: str) -> None:
    """A line of the answer."""
    click.echo(text)


def aside(text: str) -> None:
    """A warning or a remark, which is not part of the answer."""
    click.echo(f"kigen: {text}", err=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "", language: str = "en") -> None:
    """A table; nothing but its title where there are no rows. Cells are shown as they are, never as markup."""
    made = Table(title=title or None, title_justify="left", show_edge=False, pad_edge=False)
    for column in headings(language, *columns):
        made.add_column(column, overflow="fold")  # a rule's name cut short is the name of another
    for row in rows:
        made.add_row(*(Text("" if cell is None else printable(str(cell))) for cell in row))
    if made.row_count:
        _console().print(made)
    elif title:
        line(say(language, "none", title=title))


def folded(reasons: Iterable[Reason], zone: str, most: int = 3, language: str = "en") -> Iterator[tuple[str, str]]:
    """Codes with their sentences, `most` of one code; a client under a floor has one for each of its papers."""
    return folded_texts(((reason.code, reason.text(zone, language)) for reason in reasons), most, language)


def folded_texts(told: Iterable[tuple[str, str]], most: int = 3, language: str = "en") -> Iterator[tuple[str, str]]:
    """The same with sentences that are made already."""
    by_code: dict[str, list[str]] = {}
    for code, text in told:
        by_code.setdefault(code, []).append(text)
    for code, several in sorted(by_code.items(), key=lambda item: len(item[1]) > most):
        yield from ((code, text) for text in several[:most])
        if len(several) > most:
            yield code, say(language, "more of this sort", number=len(several) - most)


def counts(found: Mapping[str, int], language: str = "en") -> str:
    """`3 × order, 1 × client` for counts by name, the largest first: `client 3` would be the client of that number."""
    named = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{number:,} × {name}" for name, number in named if number) or say(language, "nothing")


@contextmanager
def progress(words: str) -> Iterator[Tell]:
    """A bar on standard error, where that is a terminal: tell it how far the work is."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    words_first = TextColumn("{task.description}")
    parts = (SpinnerColumn(), words_first, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*parts, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _console() -> Console:
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(width=width, markup=False, highlight=False, emoji=False)


def printable(text: str) -> str:
    """A host's words can hold anything; escape sequences must not reach the terminal."""
    return "".join(char if char.isprintable() or char == "\n" else "\N{REPLACEMENT CHARACTER}" for char in text)

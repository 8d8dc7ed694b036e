"""Tries to break out of what strangers write into: a template, a cell of a spreadsheet, the name of a file in a ZIP.

    python -m tests.proof.hostile [--tries N]

Each search is told what must never be by signs of its own, not by those of the program. It ends with 1, and with the
shortest example, where one got out.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath, PureWindowsPath

import hypothesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from kigen.policy.csv_cells import cell, lines
from kigen.policy.file_names import safe_name
from kigen.work.wording import BadTemplate, render

TRIES = 50_000

NAMES = {"name": "Taro {{ 7*7 }} {% raw %}", "rows": [{"a": "<script>"}, {"a": "x"}], "given": {"b": "B", "items": "I"}}
"""What a template is given: words of persons that look like templates, too."""

PIECES = (
    "{{", "}}", "{%", "%}", "{#", "#}", "{{ ", " }}", "{% ", " %}", "name", "rows", "given", "x", "self", "loop",
    "range", "cycler", "namespace", "joiner", "lipsum", "dict", "config", "request", "__class__", "__mro__",
    "__subclasses__", "__globals__", "__builtins__", "__import__('os')", "mro", "items", "values", "keys", "popitem",
    "format", "join", "b", "a", ".", "|", "|attr('__class__')", "|map('upper')", "|list", "|join", "|first",
    "|length", "|upper", "|tojson", "|string", "|safe", "|format", "|batch(3)", "|select", "(", ")", "[", "]",
    "['__class__']", "[0]", "[::-1]", "{", "}", "'", '"', "''", "()", "~", "+", "*", "**", "//", "%", "==", "<",
    " is ", " in ", " not ", " and ", " or ", " if ", " else ", "for x in rows", "for x in range(10**9)", "endfor",
    "if", "elif", "endif", "set x = ", "macro m()", "endmacro", "include 'x'", "import 'x' as y", "extends 'x'",
    "block b", "endblock", "filter upper", "endfilter", "call m()", "raw", "endraw", "do", "with", "endwith",
    "autoescape false", "recursive", "loop(rows)", "1", "10**9", "'a'*10**9", "\n", " ", "{{ name.__class__ }}",
    "{% for x in rows %}", "{% endfor %}", "{{ x.a }}", "\\", "\x00", "\u2028",
)  # fmt: skip
SIGNS = re.compile(
    r"<(?:class|function|module|bound|built-in|generator|slot|frame|code|method)|\bat 0x[0-9a-f]|dict_|jinja2"
)
"""How anything of Python's own looks when it is shown."""

SECONDS = 2.0
"""Of the processor, for one template: a loaded machine is no way out."""

FORMULA = "=+-@|%"
DEVICE = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?\Z")

WORDS = st.one_of(st.sampled_from(PIECES), st.text(max_size=4))
CELLS = st.one_of(
    st.text(max_size=12),
    st.tuples(st.text(" \t\u00a0\u3000\ufeff\u200b\u2003\u202e\r\n'\"", max_size=3),
              st.sampled_from("=+-@|%＝＋－＠﹦﹣−⁼"),
              st.text("=+-@cmd|'!A0\",;\r\n\t 1", max_size=8)).map("".join),
)  # fmt: skip
PATHS = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from((
        "..", "/", "\\", "C:", "con", "NUL", "aux.txt", "lpt1", ".", " ", "a", "é", "e\u0301", "K", "K", "ﬁ", "\x00",
        "\u202e", "\ud800",
        "／", "＼", "∕", "．．", "x" * 200, "日本" * 60, "𠮷", ".pdf", ".tar.gz", "~", "-", "$", "%00", "\r\n",
    )), max_size=8).map("".join),
)  # fmt: skip


class Escaped(AssertionError):
    """Something got out; the words say what."""


def try_template(pieces: list[str]) -> None:
    source = "".join(pieces)
    began = time.thread_time()
    try:
        text = render(source, NAMES)
    except BadTemplate:
        text = ""
    if time.thread_time() - began > SECONDS:
        raise Escaped(f"{source!r} took {time.thread_time() - began:.1f} s")
    if (found := SIGNS.search(text)) and found.group() not in source:
        raise Escaped(f"{source!r} shows {found.group()!r}")


def try_cells(values: list[str]) -> None:
    (read,) = csv.reader(io.StringIO(lines([[cell(one) for one in values]]), newline=""))
    if len(read) != len(values):
        raise Escaped(f"{values!r} became {len(read)} cells")
    for one in read:
        begins = _first_seen(one)
        # A tab at the very start is what makes it a text.
        if begins in FORMULA and not one.startswith("\t"):
            raise Escaped(f"{values!r} has a cell that begins as {begins!r}")


def try_paths(written: list[str]) -> None:
    names = [safe_name(number, one) for number, one in enumerate(written, 1)]
    if len({unicodedata.normalize("NFKC", name).casefold() for name in names}) != len(names):
        raise Escaped(f"{written!r} share a name: {names!r}")
    for one, name in zip(written, names, strict=True):
        posix, windows = PurePosixPath("attachments", name), PureWindowsPath("attachments", name)
        is_flat = len(posix.parts) == len(windows.parts) == 2 and not windows.drive and ".." not in windows.parts
        is_long = len(name.encode()) > 200
        hidden = any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in name)
        if not is_flat or is_long or hidden or DEVICE.match(name) or name != name.rstrip(". ") or ":" in name:
            raise Escaped(f"{one!r} is called {name!r}")


SEARCHES: dict[str, tuple[st.SearchStrategy[list[str]], Callable[[list[str]], None]]] = {
    "template sandbox": (st.lists(WORDS, max_size=14), try_template),
    "cells of a CSV": (st.lists(CELLS, min_size=1, max_size=6), try_cells),
    "names in a ZIP": (st.lists(PATHS, min_size=1, max_size=6), try_paths),
}


def search(name: str, tries: int) -> int:
    """Try so often; how often it was tried. Raises Escaped with the shortest example that got out."""
    strategy, attempt = SEARCHES[name]
    count = 0

    @hypothesis.settings(
        max_examples=tries, deadline=None, database=None, phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    @given(strategy)
    def tried(parts: list[str]) -> None:
        nonlocal count
        count += 1
        attempt(parts)

    tried()
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=TRIES)
    tries = parser.parse_args().tries
    status = 0
    for name in SEARCHES:
        began = time.monotonic()
        try:
            said = f"{search(name, tries):,} tries, none got out"
        except Escaped as escaped:
            said, status = f"GOT OUT: {escaped}", 1
        print(f"{name}: {said} ({time.monotonic() - began:.0f} s)", flush=True)
    return status


def _first_seen(text: str) -> str:
    """The first character that shows, as it looks to whoever folds widths; blank where nothing shows."""
    shown = (char for char in text if unicodedata.category(char) not in ("Cc", "Cf", "Zs", "Zl", "Zp"))
    return unicodedata.normalize("NFKC", next(shown, " "))[:1]


if __name__ == "__main__":
    sys.exit(main())

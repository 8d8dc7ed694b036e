"""Which words do not stand in the tree: who or what wrote it, paths of one machine, things left for later."""

from __future__ import annotations

import ast
import hashlib
import re
from itertools import pairwise
from pathlib import Path

from tests.support import tree

# The first 12 digits of the SHA-256 of each word or pair of words, so that this file does not hold what it forbids.
WRITERS = {
    "c857d09db23e", "c70eca6b0f88", "7d3194f79e64", "60965168ce76", "053ea4804ef1", "3ea125d0bff3", "5d72436256ad",
    "487b91042c7c", "de2187af3fb0", "57de4cf40144", "5eff592cc497", "442e56863b7e", "c5f9d8f01eaa", "fafff6df80ac",
    "cdcbb68a3444", "d47964e02664", "31a85e22a24a", "953de24889d6", "9981ac40f3ab",
}  # fmt: skip

MACHINE_PATH = re.compile(r"(^|[^A-Za-z0-9_.])/(work|root|home/[a-z]+|tmp)/[a-z]", re.MULTILINE)
LATER = re.compile(r"TODO|FIXME|XXX|NotImplemented|[Cc]oming soon|[Nn]ot yet implemented")
# The field's words are in the design; these say nothing.
EMPTY_NAME = re.compile(r"(Manager|Helper|Utils?|Base)$|^(Base|Abstract)[A-Z]")
EMPTY_STEMS = {"utils", "util", "helpers", "helper", "base", "common", "misc", "manager"}


def digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def lines_with(pattern: re.Pattern[str], *tops: str) -> list[str]:
    found = []
    for path in tree.files(*tops):
        text = tree.text_of(path) or ""
        found += [f"{tree.short(path)}:{text.count(chr(10), 0, one.end()) + 1}" for one in pattern.finditer(text)]
    return found


def test_nothing_tells_who_or_what_wrote_it() -> None:
    told: dict[str, list[Path]] = {}
    for path in tree.files():
        words = re.findall(r"[a-z]+", (tree.text_of(path) or "").lower())
        for said in {*words, *(" ".join(pair) for pair in pairwise(words))}:
            told.setdefault(said, []).append(path)
    forbidden = [said for said in told if digest(said) in WRITERS]
    assert [f"{tree.short(path)}: {said}" for said in forbidden for path in told[said]] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert lines_with(MACHINE_PATH) == []


def test_nothing_is_left_for_later() -> None:
    assert lines_with(LATER, "plugin", "hooks", "templates", "README.md") == []


def test_no_name_is_empty_of_meaning() -> None:
    paths = tree.modules("plugin", "hooks")
    classes = [node.name for path in paths for node in ast.walk(tree.parse(path)) if isinstance(node, ast.ClassDef)]
    assert [name for name in classes if EMPTY_NAME.search(name)] == []
    assert [tree.short(path) for path in paths if path.stem in EMPTY_STEMS] == []

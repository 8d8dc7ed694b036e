"""How `init` writes the configuration: only its own lines, so that everything else in the file stays as it was."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from kigen.errors import WrongUse
from kigen.work.whole_file import write_whole

HEAD = "# How kigen reaches the billing platform's database; every other setting is in it: 'kigen settings'.\n"


def write(path: Path, values: Mapping[tuple[str, str], str]) -> None:
    """Write settings by (section, key) into a TOML file that nobody else may read; the file is replaced whole."""
    real = path.resolve()
    old = real.read_text(encoding="utf-8-sig") if real.exists() else HEAD
    new = merged(old, values)
    if tomllib.loads(new) != _expected(old, values):
        raise WrongUse(f"the configuration {path} is written in a way that cannot be changed safely; edit it by hand")
    if new == old and real.exists():
        real.chmod(0o600)
        return
    try:
        write_whole(real, new, 0o600)
    except OSError as error:
        raise WrongUse(f"the configuration {path} cannot be written: {error.strerror}") from None


def merged(text: str, values: Mapping[tuple[str, str], str]) -> str:
    """The text with these settings in it; other lines, comments included, are kept."""
    lines = text.splitlines()
    for (section, key), value in values.items():
        line = f"{key} = {_quoted(value)}"
        begin = next((i for i, one in enumerate(lines) if _header(one) == section), None)
        if begin is None:
            lines += [*([""] if lines and lines[-1].strip() else []), f"[{section}]", line]
            continue
        end = next((i for i in range(begin + 1, len(lines)) if _header(lines[i]) is not None), len(lines))
        mine = (i for i in range(begin + 1, end) if re.match(rf"\s*{re.escape(key)}\s*=", lines[i]))
        known = next(mine, None)
        if known is not None:
            lines[known] = line
        else:
            while end > begin + 1 and not lines[end - 1].strip():
                end -= 1
            lines.insert(end, line)
    return "\n".join(lines) + "\n"


def _expected(text: str, values: Mapping[tuple[str, str], str]) -> dict[str, object]:
    content = tomllib.loads(text)
    for (section, key), value in values.items():
        content.setdefault(section, {})[key] = value
    return content


def _header(line: str) -> str | None:
    found = re.match(r"\s*\[\s*([^\]\[]+?)\s*\]", line)
    return found[1] if found else "" if re.match(r"\s*\[\[", line) else None


def _quoted(value: str) -> str:
    # JSON's escapes are TOML's, save for the one character that JSON leaves bare.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

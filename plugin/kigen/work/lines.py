"""Events as lines of JSON, as they come in a file, a pipe or a request: one a line, each understood by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from kigen.work.arrivals import parse_event
from kigen.work.site import Site

LONGEST_LINE = 1 << 20  # whitelisted ids and amounts need hundreds of bytes
UTF8_MARK = b"\xef\xbb\xbf"
WANTED = 'expected an object such as {"event":"order_cancelled","at":"2026-01-31T09:00:00+09:00","client":3,"id":12}'


def lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines without blank ones; None stands for one that is too long, whose bytes are let go."""
    number = 0
    while raw := file.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1:
            raw = raw.removeprefix(UTF8_MARK)
        if len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        elif raw.strip():
            yield number, raw


def understood(raw: bytes | None, site: Site) -> dict[str, Any]:
    """The event of one line; ValueError with one sentence."""
    if raw is None:
        raise ValueError(f"the line is longer than {LONGEST_LINE:,} bytes; {WANTED}")
    try:
        fields = json.loads(raw.strip().decode("utf-8"), parse_constant=_no_number)
        json.dumps(fields, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start + 1} is not UTF-8; {WANTED}") from None
    except UnicodeEncodeError:
        raise ValueError(f"half a character (a lone surrogate); {WANTED}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON at character {error.pos + 1}; {WANTED}") from None
    except RecursionError:
        raise ValueError(f"nested too deeply; {WANTED}") from None
    if not isinstance(fields, dict):
        raise ValueError(f"a JSON value, but no object; {WANTED}")
    return parse_event(fields, site.zone)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON; {WANTED}")

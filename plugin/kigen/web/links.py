"""How a page of kigen is linked to from inside the platform, which alone knows its own addresses."""

from __future__ import annotations

from urllib.parse import urlencode


def link(base: str, page: str, **query: object) -> str:
    """The address of a page under the platform's `base`: appended to a path, or given as `page=` where it has a query.

    `index.php?m=kigen` gives `index.php?m=kigen&page=privacy/export`, `/kigen` gives `/kigen/privacy/export`. A base
    that ends with `=` or `/` is only continued.
    """
    if base.endswith(("=", "/")):
        address = f"{base}{page}"
    else:
        address = f"{base}&page={page}" if "?" in base else f"{base}/{page}"
    return with_query(address, **query)


def with_query(address: str, **query: object) -> str:
    """An address with these values; those that are None or blank are left out."""
    told = urlencode({name: value for name, value in query.items() if value not in (None, "")})
    return f"{address}{'&' if '?' in address else '?'}{told}" if told else address

"""Which client is at a public page: the one whom the bridge inside the platform signed for; else nobody.

`7.1790000000.HEX`: the client, the second since 1970 until which it counts, and the HMAC-SHA256 of `kigen client`, the
client and that second, each on a line of its own, under the bridge's secret. Where staff act for a client the bridge
signs nothing: what they choose is not the client's choice.
"""

from __future__ import annotations

import hmac
import re

from kigen.ledger.bridge_secret import bridge_secret
from kigen.work.site import Site

LONGEST_SECONDS = 86_400
"""A token counts for a day at most."""

_TOKEN = re.compile(r"([1-9]\d{0,17})\.(\d{1,11})\.([0-9a-f]{64})", re.ASCII)


def token(secret: bytes, client: int, until: int) -> str:
    """What the bridge puts into a page for a client; `until` in seconds since 1970."""
    text = f"kigen client\n{client}\n{until}"
    return f"{client}.{until}.{hmac.digest(secret, text.encode('ascii'), 'sha256').hex()}"


def client_of(site: Site, given: str | None) -> int | None:
    """The client whom a token names; None for one that is over, forged or none at all."""
    match = _TOKEN.fullmatch(given or "")
    if match is None:
        return None
    client, until = int(match[1]), int(match[2])
    left = until - int(site.machine_now.timestamp())
    try:
        is_good = hmac.compare_digest(token(bridge_secret(site.state_dir), client, until), match[0])
    except (OSError, ValueError):
        return None
    return client if is_good and 0 < left <= LONGEST_SECONDS else None

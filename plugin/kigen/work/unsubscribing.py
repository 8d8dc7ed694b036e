"""How somebody ends from the mail itself what is sent on consent: a token for one client and one purpose.

A token needs no sign-in, so it ends one purpose and nothing else, and can be made by nobody without the key.
"""

from __future__ import annotations

import hmac
import re

from sqlalchemy import Connection

from kigen.ledger import keys_store
from kigen.policy.consents import Act, Consented
from kigen.policy.mail_settings import UNSUBSCRIBE, UNSUBSCRIBE_URL
from kigen.policy.purposes import CONSENT, PURPOSES, ConsentPurpose
from kigen.work import consents, consents_told
from kigen.work.site import Site

CHANNEL = "unsubscribed"

_TOKEN = re.compile(r"(\d{1,18})\.([a-z-]{1,40})\.([0-9a-f]{40})")


def token(site: Site, client: int, purpose: str) -> str:
    """By which this client ends this purpose. ValueError without the keys."""
    return f"{client}.{purpose}.{_digest(site, client, purpose)}"


def headers(site: Site, connection: Connection, client: int, purpose: str) -> dict[str, str]:
    """List-Unsubscribe of a mail that goes out on consent, by one click where there is an address for it (RFC 8058)."""
    mine = token(site, client, purpose)
    address, url = (str(site.setting(connection, name)) for name in (UNSUBSCRIBE, UNSUBSCRIBE_URL))
    ways = [f"<mailto:{address}?subject=unsubscribe%20{mine}>"] if address else []
    if not url.startswith("https://"):
        return {"List-Unsubscribe": ", ".join(ways)} if ways else {}
    ways.insert(0, f"<{url}{mine}>")
    return {"List-Unsubscribe": ", ".join(ways), "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def found(text: str) -> str | None:
    """The token in the subject of a mail that asks to unsubscribe; None where there is none."""
    match = _TOKEN.search(text)
    return match[0] if match else None


def purpose_of(told: str) -> ConsentPurpose | None:
    """What a token says that it ends, be the token good or not; None where it names nothing."""
    match = _TOKEN.fullmatch(told)
    return PURPOSES.get(match[2]) if match else None


def unsubscribe(site: Site, connection: Connection, told: str) -> bool:
    """End the purpose that a token names; False for one that is none. Told again it changes nothing."""
    match = _TOKEN.fullmatch(told)
    if not match or match[2] not in PURPOSES or not hmac.compare_digest(
        match[3], _digest(site, int(match[1]), match[2])
    ):  # fmt: skip
        return False
    client, purpose = int(match[1]), match[2]
    if consents.standings(site, connection, client, site.now)[purpose].allows:
        event = Consented(0, client, purpose, Act.WITHDRAWN, site.now, f"{CONSENT}{purpose}", channel=CHANNEL)
        consents_told.write(site, connection, event)
    else:
        consents_told.settle(site, connection, client, purpose)
    return True


def _digest(site: Site, client: int, purpose: str) -> str:
    key = keys_store.read(site.state_dir).unsubscribing
    return hmac.digest(key, f"{client} {purpose}".encode(), "sha256").hex()[:40]

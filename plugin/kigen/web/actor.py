"""Who is at a page: what the bridge inside the platform signed, each field checked; anything else is nobody.

A signature covers method, path, query, body and actor. It is good for a minute, and its one-time value for one use.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError, model_validator

HEADER, SIGNATURE = "Kigen-Actor", "Kigen-Signature"

SECONDS = 60
"""How far the clocks of the platform and of this machine may be apart, in either direction."""

LONGEST = 4096

_SIGNATURE = re.compile(r"v1=([0-9a-f]{64})")
_ENCODED = re.compile(r"[A-Za-z0-9_-]+={0,2}")

Number = Annotated[StrictInt, Field(gt=0, lt=10**18)]
Who = Annotated[str, Field(pattern=r"^(client|staff):[1-9][0-9]{0,17}$")]
Base = Annotated[str, Field(max_length=300, pattern=r"^/?[A-Za-z0-9._~%?&=+-][A-Za-z0-9._~%?&=+/-]*$|^/$")]
"""A path on the same site, whole or relative: without a scheme, without a server, without what could leave markup."""


class Nobody(Exception):
    """The request is not by an actor that counts. `code` says why, for the log; whoever asked is not told."""

    def __init__(self, code: str, seconds: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.seconds = seconds


class Actor(BaseModel):
    """Who acts, as the platform knows it. `client` is whose data the pages show; `as_staff` acts in its place."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    who: Who
    role: Literal["client", "admin"]
    client: Number | None
    as_staff: Number | None
    language: Literal["en", "ja"]
    session: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    at: Annotated[StrictInt, Field(ge=0, lt=10**11)]
    nonce: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    base: Base
    host: Literal["whmcs", "fossbilling"]

    @model_validator(mode="after")
    def _is_one_person(self) -> Actor:
        """A client is itself and nobody else; staff of the admin area are no client."""
        is_client = self.client is not None and self.who == f"client:{self.client}"
        is_staff = self.client is None and self.as_staff is None and self.who.startswith("staff:")
        if not (is_client if self.role == "client" else is_staff):
            raise ValueError("role, who and client do not agree")
        return self

    @property
    def name(self) -> str:
        """Who did it, for the record; staff that act in a client's place are named as such."""
        return f"staff:{self.as_staff} as {self.who}" if self.as_staff else self.who


def signature(secret: bytes, method: str, target: str, body: bytes, encoded: str) -> str:
    """The value of the header for a request; `target` is its path, with `?` and the query where there is one."""
    text = "\n".join((method, target, hashlib.sha256(body).hexdigest(), encoded))
    return f"v1={hmac.digest(secret, text.encode(), 'sha256').hex()}"


def encoded(actor: Actor) -> str:
    """An actor as the header has it."""
    return base64.urlsafe_b64encode(actor.model_dump_json().encode()).decode("ascii").rstrip("=")


def read_actor(
    secret: bytes, method: str, target: str, body: bytes, given: str | None, signed: str | None, now: dt.datetime
) -> Actor:  # fmt: skip
    """The actor of a request whose headers are `given` and `signed`, at this machine's `now`. Raises Nobody.

    Whether its one-time value was used before is the caller's to ask.
    """
    if not given or not signed or len(given) > LONGEST:
        raise Nobody("unsigned")
    match = _SIGNATURE.fullmatch(signed)
    if match is None or not _ENCODED.fullmatch(given):
        raise Nobody("malformed")
    if not hmac.compare_digest(signed, signature(secret, method, target, body, given)):
        raise Nobody("forged")
    try:
        actor = Actor.model_validate(json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))))
    except (binascii.Error, ValueError, ValidationError, RecursionError):
        raise Nobody("malformed") from None
    apart = int(now.timestamp()) - actor.at
    if abs(apart) > SECONDS:
        raise Nobody("expired" if apart > 0 else "early", apart)
    return actor

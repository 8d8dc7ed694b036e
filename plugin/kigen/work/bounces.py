"""What comes back to the address that mail is sent from: that a message could not be delivered (RFC 3464), or a request
to unsubscribe. A message is known by the Message-ID that it was given, which nobody else can guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage, Message
from enum import StrEnum

from sqlalchemy import Connection

from kigen.ledger import outbox_sending as sending
from kigen.work import unsubscribing
from kigen.work.site import Site

LONGEST_HEADER = 2000
"""Characters of a header that is read: a subject with our token has a hundred, and reading long ones takes long."""

LONGEST = 10_000_000
"""Bytes of a mail that are looked at; what is behind them is left unread."""

_ID = re.compile(r"<\d{1,18}\.[0-9a-f]{32}@[^<>\s]{1,110}>")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


class Heard(StrEnum):
    """What a mail that came in was."""

    BOUNCED = "bounced"
    UNSUBSCRIBED = "unsubscribed"
    UNDER_WAY = "under-way"  # a report that nothing failed, such as a delay
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Report:
    """What a delivery report says of one message: its id, the action (failed, delayed, …) and the status code."""

    message_id: str
    action: str
    status: str


def hear(site: Site, connection: Connection, content: bytes) -> tuple[Heard, int | None]:
    """Note what a mail says; with the number of the message that it is about, where it is one of ours.

    The same mail again changes nothing. Anything else is UNKNOWN and nothing follows from it.
    """
    try:
        mail = message_from_bytes(content[:LONGEST], policy=policy.default)
        told, subject = list(reports(mail)), _header(mail, "Subject")
    except (RecursionError, LookupError, ValueError):  # anybody can write to this address, and write anything
        return Heard.UNKNOWN, None
    for report in told:
        if report.action == "failed":
            row = sending.bounced(connection, report.message_id, site.now, report.status)
            return (Heard.BOUNCED, row.id) if row is not None else (Heard.UNKNOWN, None)
    if told:
        return Heard.UNDER_WAY, None
    token = unsubscribing.found(subject)
    if token is not None and unsubscribing.unsubscribe(site, connection, token):
        return Heard.UNSUBSCRIBED, None
    return Heard.UNKNOWN, None


def reports(mail: Message) -> Iterator[Report]:
    """What a delivery report says; nothing where the mail is none, or does not name the message."""
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return
    parts = list(mail.walk())
    ids = [found[0] for part in parts if (found := _ID.search(_original_id(part)))]
    if not ids:
        return
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            for block in blocks if isinstance(blocks, list) else ():
                if isinstance(block, Message) and block.get("Action"):
                    status = _STATUS.search(_header(block, "Status"))
                    yield Report(ids[0], _header(block, "Action").strip().lower(), status[0] if status else "")


def _original_id(part: Message) -> str:
    """The id in what a report gives back of the message, whole or only its headers."""
    if part.get_content_type() == "text/rfc822-headers":
        text = part.get_content() if isinstance(part, EmailMessage) else part.get_payload()
        return _header(message_from_string(str(text)), "Message-ID")
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return _header(inner[0], "Message-ID") if isinstance(inner, list) and isinstance(inner[0], Message) else ""
    return ""


def _header(part: Message, name: str) -> str:
    written = next((text for one, text in part.raw_items() if one.lower() == name.lower()), "")
    if len(str(written)) > LONGEST_HEADER:
        return ""
    try:
        return str(part.get(name, ""))
    except (ValueError, IndexError, AttributeError):  # a header that the parser cannot read says nothing
        return ""

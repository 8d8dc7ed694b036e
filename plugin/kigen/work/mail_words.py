"""A message as a mail: words in the client's language, as plain text and HTML, and headers that are one line each."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from typing import Any

from sqlalchemy import Connection, Row

from kigen.ledger import request_acts
from kigen.ledger import settings as notes
from kigen.ledger.outbox import EXPORT_READY, EXTENDED, REFUSED, WARNING
from kigen.ledger.outbox_sending import data_of
from kigen.policy import mail
from kigen.policy.desk import EXTEND, REFUSE
from kigen.policy.mail_settings import FROM, REPLY_TO
from kigen.work import unsubscribing, warning
from kigen.work.filling import speaker
from kigen.work.publishing import written
from kigen.work.site import Site
from kigen.work.typesetting import html, plain

_PAGE = (
    '<!DOCTYPE html>\n<html lang="{language}">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
    "<body>\n{body}</body>\n</html>\n"
)
_STEPS = {EXTENDED: EXTEND, REFUSED: REFUSE}
"""Messages that tell what was written at a step of a request: the words stay with the step."""

LONGEST_WAYS = 900

ANNOUNCED = "announced"
"""Under which the ledger notes the words of an announcement; its messages name it."""


def composed(
    site: Site, connection: Connection, row: Row[Any], to: Address, language: str, message_id: str, at: dt.datetime
) -> EmailMessage:
    """The mail of one message. Raises ValueError where a word is missing: nothing half said goes out."""
    subject, words = written(site, connection, row.notice, told(site, connection, row), language)
    own = speaker(site, connection, language)
    made = EmailMessage(policy.SMTP)
    made["Subject"] = mail.header(subject)
    mine = _own(site, connection, FROM).addr_spec
    made["From"] = Address(mail.display_name(own["name"], mine), addr_spec=mine)
    made["To"] = to
    made["Reply-To"] = _own(site, connection, REPLY_TO)
    made["Date"] = format_datetime(at)
    made["Message-ID"] = message_id
    made["Auto-Submitted"] = "auto-generated"
    made["Content-Language"] = language
    if row.purpose:
        for name, value in unsubscribing.headers(site, connection, row.client, row.purpose).items():
            made[name] = mail.header(value, LONGEST_WAYS)
    transfer = "base64" if language == "ja" else "quoted-printable"
    made.set_content(f"{subject}\n\n{plain(words)}\n", charset="utf-8", cte=transfer)
    body = f"<h1>{escape(subject)}</h1>\n{html(words)}"
    page = _PAGE.format(language=language, title=escape(mail.header(subject)), body=body)
    made.add_alternative(page, subtype="html", charset="utf-8", cte=transfer)
    return made


def sender(site: Site, connection: Connection) -> str:
    """The address that mail comes from. ValueError where none is told."""
    return _own(site, connection, FROM).addr_spec


def told(site: Site, connection: Connection, row: Row[Any]) -> dict[str, Any]:
    """What a message's words may use: its data, and what stands elsewhere until it is sent."""
    data = data_of(row)
    if name := data.get(ANNOUNCED):
        data |= announcement(connection, str(name))
    if row.notice == EXPORT_READY:
        data["link"] = site.setting(connection, "operator.portal")
    if row.notice == WARNING:
        data["date"] = warning.promised(connection, site, data).isoformat()
    if step := _STEPS.get(row.notice):
        acts = request_acts.of(connection, row.client, str(data.get("right")))
        same = [one for one in acts if one.act == step and one.at.isoformat() == data.get("step")]
        data |= {"reason": same[-1].reason, "route": same[-1].route} if same else {}
    return data


def announcement(connection: Connection, name: str) -> Mapping[str, Any]:
    """The words of an announcement; ValueError where nobody wrote them."""
    noted = notes.note(connection, f"{ANNOUNCED} {name}")
    if noted is None:
        raise ValueError("its announcement is not there any more")
    return dict(json.loads(noted))


def _own(site: Site, connection: Connection, name: str) -> Address:
    found = mail.address(str(site.setting(connection, name) or site.setting(connection, "operator.contact")))
    if found is None:
        raise ValueError(f"neither {name} nor operator.contact is a mail address: kigen settings set {name} ADDRESS")
    return found

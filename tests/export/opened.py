"""What tests of bundles share: a client with hostile words everywhere, another beside it, and a bundle that is open."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from kigen.ledger import settings
from kigen.policy.exporting import BundleKind
from kigen.work.export.content import Wanted
from kigen.work.export.make import Made, export
from tests.cases.desk import Desk

csv.field_size_limit(2**31 - 1)  # a cell can be a letter of ten megabytes

CLIENT, OTHER = 5, 6
FORMULA = "=cmd|' /C calc'!A0"
TEMPLATE = "{{7*7}}{% include 'x' %}<script>alert(1)</script>"
MESSAGE = '＝HYPERLINK("https://evil.example")\r\nsecond line, "quoted"\u202etxt.exe'
SECRETS = ("hunter2", "TWOFACTORSEED", "internal-note", "fraud-score-93", "transfer-code-1", "staff-only-field", "pa55")
OTHERS = ("other@example.jp", "Other-Name", "203.0.113.99", "carbon@copy.example", "Staff-Person")


def fill(desk: Desk, files: Path) -> None:
    """Client 5 with rows in every section of the platform, client 6 beside it, and a folder of attachments."""
    desk.put_many(
        (
            "tblclients",
            {
                "id": CLIENT,
                "firstname": FORMULA,
                "lastname": "山田 𠮷",
                "companyname": TEMPLATE,
                "country": "JP",
                "email": "yamada@example.jp",
                "language": "japanese",
                "notes": "internal-note",
                "currency": 1,
                "datecreated": "2020-01-01",
                "status": "Active",
                "credit": "0.00",
            },
        ),
        (
            "tblclients",
            {"id": OTHER, "firstname": "Other-Name", "email": "other@example.jp", "datecreated": "2020-01-01"},
        ),
        ("tblcontacts", {"id": 1, "userid": CLIENT, "firstname": "Hanako", "email": "hanako@example.jp"}),
        ("tblcontacts", {"id": 2, "userid": OTHER, "firstname": "Other-Name", "email": "other@example.jp"}),
        ("tblusers", {"id": 30, "email": "yamada@example.jp", "first_name": "Yamada"}),
        ("tblusers", {"id": 31, "email": "other@example.jp", "first_name": "Other-Name"}),
        ("tblusers_clients", {"id": 40, "client_id": CLIENT, "auth_user_id": 30, "owner": 1}),
        ("tblusers_clients", {"id": 41, "client_id": CLIENT, "auth_user_id": 31, "owner": 0}),
        ("tblusers_clients", {"id": 42, "client_id": OTHER, "auth_user_id": 31, "owner": 1}),
        (
            "tblorders",
            {
                "id": 12,
                "ordernum": 9007199254740993,
                "userid": CLIENT,
                "date": "2024-03-10 09:00:00",
                "status": "Active",
                "ipaddress": "192.0.2.1",
                "fraudoutput": "fraud-score-93",
                "transfersecret": "transfer-code-1",
                "orderdata": 'a:2:{s:5:"plan1";s:2:"XL";s:8:"password";s:4:"pa55";}',
                "invoiceid": 7,
                "amount": "1000.10",
            },
        ),
        (
            "tblhosting",
            {
                "id": 81,
                "userid": CLIENT,
                "orderid": 12,
                "domain": "example.jp",
                "domainstatus": "Active",
                "regdate": "2024-03-10",
                "amount": "1000.10",
                "password": "hunter2",
                "notes": "internal-note",
            },
        ),
        (
            "tbldomains",
            {
                "id": 82,
                "userid": CLIENT,
                "orderid": 12,
                "domain": "example.jp",
                "status": "Active",
                "registrationdate": "2024-03-10",
                "additionalnotes": "internal-note",
            },
        ),
        (
            "tblinvoices",
            {
                "id": 7,
                "userid": CLIENT,
                "total": "-12.50",
                "subtotal": "-12.50",
                "date": "2024-01-02",
                "duedate": "2024-02-02",
                "status": "Paid",
                "datepaid": "2024-03-10 09:30:00",
            },
        ),
        ("tblinvoices", {"id": 70, "userid": OTHER, "total": "1.00", "date": "2024-01-02", "status": "Paid"}),
        (
            "tblinvoiceitems",
            {
                "id": 8,
                "invoiceid": 7,
                "userid": CLIENT,
                "type": "Hosting",
                "relid": 81,
                "amount": "12.50",
                "description": "@SUM(1+1)",
            },
        ),
        (
            "tblinvoiceitems",
            {
                "id": 80,
                "invoiceid": 70,
                "userid": OTHER,
                "type": "Hosting",
                "relid": 1,
                "amount": "1",
                "description": "Other-Name",
            },
        ),
        (
            "tblaccounts",
            {
                "id": 9,
                "userid": CLIENT,
                "invoiceid": 7,
                "amountin": "1000.10",
                "date": "2024-03-10 09:30:00",
                "transid": "T-9",
                "gateway": "bank",
                "description": "paid",
            },
        ),
        (
            "tbltickets",
            {
                "id": 20,
                "tid": "T-20",
                "userid": CLIENT,
                "title": "help",
                "message": MESSAGE,
                "status": "Closed",
                "date": "2024-01-01 09:00:00",
                "cc": "carbon@copy.example",
                "name": "",
                "email": "",
                "attachment": "1_../../x.txt|2_CON.pdf|3_gone.pdf",
            },
        ),
        (
            "tblticketreplies",
            {
                "id": 21,
                "tid": 20,
                "userid": 0,
                "admin": "Staff-Person",
                "name": "",
                "message": "We help.",
                "date": "2024-01-01 10:00:00",
            },
        ),
        (
            "tblticketreplies",
            {
                "id": 22,
                "tid": 20,
                "userid": OTHER,
                "name": "Other-Name",
                "email": "other@example.jp",
                "message": "Me too.",
                "date": "2024-01-01 11:00:00",
            },
        ),
        (
            "tblticketnotes",
            {
                "id": 23,
                "ticketid": 20,
                "message": "internal-note",
                "admin": "Staff-Person",
                "date": "2024-01-01 11:00:00",
                "attachments": "4_internal-note.txt",
            },
        ),
        (
            "tblemails",
            {
                "id": 24,
                "userid": CLIENT,
                "subject": "Welcome",
                "message": "<b>Hello</b>",
                "to": "yamada@example.jp",
                "cc": "carbon@copy.example",
                "date": "2024-01-01 12:00:00",
            },
        ),
        (
            "tblactivitylog",
            {
                "id": 25,
                "userid": CLIENT,
                "user": "Client",
                "description": "login",
                "ipaddr": "192.0.2.1",
                "date": "2024-01-01 12:00:00",
            },
        ),
        (
            "tblactivitylog",
            {
                "id": 26,
                "userid": CLIENT,
                "user": "Staff-Person",
                "admin_id": 1,
                "description": "edited",
                "ipaddr": "203.0.113.99",
                "date": "2024-01-01 12:30:00",
            },
        ),
        ("tblcustomfields", {"id": 1, "type": "client", "fieldname": "フリガナ", "fieldtype": "text"}),
        ("tblcustomfields", {"id": 2, "type": "client", "fieldname": "Risk", "fieldtype": "text", "adminonly": "on"}),
        ("tblcustomfields", {"id": 3, "type": "product", "fieldname": "Size", "fieldtype": "text"}),
        ("tblcustomfieldsvalues", {"id": 1, "fieldid": 1, "relid": CLIENT, "value": "ヤマダ"}),
        ("tblcustomfieldsvalues", {"id": 2, "fieldid": 2, "relid": CLIENT, "value": "staff-only-field"}),
        ("tblcustomfieldsvalues", {"id": 3, "fieldid": 3, "relid": CLIENT, "value": "Other-Name"}),
        ("tblmarketing_consent", {"id": 1, "userid": CLIENT, "opt_in": 1, "created_at": "2024-01-01 00:00:00"}),
    )
    files.mkdir()
    (files / "1_x.txt").write_text("not this one", encoding="utf-8")
    (files / "2_CON.pdf").write_bytes(b"%PDF" + bytes(200_000))
    with desk.site.transaction() as connection:
        settings.store(connection, "host.attachments", str(files), desk.site.now, "tests")


class Bundle:
    """A bundle that was made, opened."""

    def __init__(self, made: Made, path: Path) -> None:
        self.made, self.path = made, path
        self.zip = zipfile.ZipFile(path)

    @property
    def names(self) -> list[str]:
        return self.zip.namelist()

    def text(self, name: str) -> str:
        return self.zip.read(name).decode()

    def rows(self, section: str, table: str = "") -> list[dict[str, Any]]:
        """The rows of a section, of one table where it is named."""
        found = [json.loads(line) for line in self.text(f"json/{section}.ndjson").splitlines()]
        return [one["row"] for one in found if table in ("", one["table"])]

    def sheet(self, name: str) -> list[list[str]]:
        """The cells of a CSV in UTF-8, without its head."""
        return list(csv.reader(io.StringIO(self.zip.read(f"csv/{name}.csv").decode("utf-8-sig"), newline="")))[1:]

    @property
    def manifest(self) -> dict[str, Any]:
        return dict(json.loads(self.text("manifest.json")))

    @property
    def everything(self) -> bytes:
        """All that stands in any of its files."""
        return b"\n".join(self.zip.read(name) for name in self.names)


def bundle(desk: Desk, tmp_path: Path, kind: BundleKind = BundleKind.ACCESS, **more: Any) -> Bundle:
    """The bundle of client 5."""
    wanted = Wanted(more.pop("client", CLIENT), kind, **more)
    path = tmp_path / "bundle.zip"
    return Bundle(export(desk.site, wanted, path), path)

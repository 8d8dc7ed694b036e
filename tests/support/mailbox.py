"""A mail server on loopback: mail over STARTTLS with a certificate made for it, and whatever answer a test wants."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.authority import openssl

USER, PASSWORD = "kigen", "S3cret-of-mail"


@dataclass
class Mailbox:
    """What came in, and what the server answers: `to` by address, `data` for the next mails; "abort" hangs up."""

    folder: Path
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    to: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    at_data: Callable[[], None] = lambda: None
    logins: int = 0

    @property
    def certificate(self) -> Path:
        return self.folder / "mail.pem"

    @property
    def settings(self) -> dict[str, str]:
        """How kigen is told of this server."""
        return {
            "mail.way": "smtp", "mail.server": "localhost", "mail.port": str(self.port), "mail.user": USER,
            "mail.password": PASSWORD, "mail.certificates": str(self.certificate), "mail.pace": "0",
        }  # fmt: skip

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = self.to.get(address, "250 2.1.5 ok")
        if said == "abort":
            return _hang_up(server)
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        said = self.data.pop(0) if self.data else "250 2.0.0 taken"
        self.at_data()
        if said == "abort":
            return _hang_up(server)
        if said.startswith("250"):
            content = bytes(envelope.content or b"")
            self.raw.append(content)
            self.mails.append(message_from_bytes(content, policy=policy.default))
            self.envelopes.append((str(envelope.mail_from), envelope.rcpt_tos[0]))
        return said

    def let_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        is_right = isinstance(given, LoginPassword) and (given.login, given.password) == (
            USER.encode(), PASSWORD.encode()
        )  # fmt: skip
        self.logins += is_right
        return AuthResult(success=is_right, handled=False)

    @contextmanager
    def open(self) -> Iterator[Mailbox]:
        """Take mail until the block ends; open again it has the same port."""
        if not self.port:
            self.folder.mkdir(exist_ok=True)
            make_certificate(self.folder)
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.folder / "mail.key")
        controller = Controller(
            self, hostname="127.0.0.1", port=self.port, tls_context=context, require_starttls=True,
            authenticator=self.let_in, auth_required=True,
        )  # fmt: skip
        controller.start()
        try:
            yield self
        finally:
            controller.stop()


def make_certificate(folder: Path) -> None:
    """A certificate for localhost that vouches for itself."""
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    openssl("req", "-x509", *new, *names, "-keyout", folder / "mail.key", "-out", folder / "mail.pem")


def _hang_up(server: SMTP) -> str:
    assert server.transport is not None
    server.transport.abort()
    return "421 gone"

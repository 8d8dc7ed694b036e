"""Mail by SMTP (RFC 5321): encrypted before anything is told; of a server's answers only the codes are kept."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import TracebackType

from kigen.policy.mail import code_of
from kigen.policy.mail_settings import LOCAL, NONE, STARTTLS, TLS
from kigen.work.sender import Fate, NotSent, Sender
from kigen.work.smtp_answers import Mail, SealedMail

SECONDS = 60
PORTS = {STARTTLS: 587, TLS: 465, NONE: 25}

_ERRORS = (smtplib.SMTPException, OSError, ValueError)
"""ValueError: names and passwords that the library cannot write, and a challenge that it cannot read."""


@dataclass
class Smtp(Sender):
    """A mail server with what it takes to be let in. One connection, opened when it is entered."""

    server: str
    port: int = 0
    security: str = STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    certificates: str = ""
    seconds: float = SECONDS
    _open: smtplib.SMTP | None = field(default=None, repr=False)

    def __enter__(self) -> Smtp:
        self._open = self._connected()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        if self._open is not None:
            try:
                self._open.quit()
            except _ERRORS:
                self._open.close()
            self._open = None

    def deliver(self, message: EmailMessage, sender: str, to: str) -> str:
        content = _stuffed(message.as_bytes())
        self._from(sender)
        smtp = self._smtp()
        number, said = self._asked(smtp, f"RCPT TO:<{to}>")
        if number not in (250, 251):
            self._abandon(smtp)
            raise NotSent(_fate(number), "refused", code_of(number, said))
        number, said = self._asked(smtp, "DATA")
        if number != 354:
            self._abandon(smtp)
            raise NotSent(_fate(number), "refused", code_of(number, said))
        try:
            smtp.send(content)
        except _ERRORS as error:  # without the final dot no server may take it
            raise NotSent(Fate.DOWN, _short(error)) from None
        try:
            number, said = smtp.docmd(".")
        except _ERRORS as error:
            raise NotSent(Fate.UNSURE, _short(error)) from None
        if number != 250:
            raise NotSent(_fate(number), "refused", code_of(number, said))
        return code_of(number, said)

    def _from(self, sender: str) -> None:
        """Begin a transaction; a connection that the server closed meanwhile is opened once more."""
        for is_last in (False, True):
            try:
                number, said = self._smtp().docmd(f"MAIL FROM:<{sender}>")
            except _ERRORS as error:
                if is_last:
                    raise NotSent(Fate.DOWN, _short(error)) from None
            else:
                if number == 250:
                    return
                if number != 421 or is_last:  # whom the server does not let send, it lets send nothing
                    raise NotSent(Fate.DOWN, "sender-refused", code_of(number, said))
            self._smtp().close()
            self._open = self._connected()

    def _asked(self, smtp: smtplib.SMTP, command: str) -> tuple[int, bytes]:
        try:
            number, said = smtp.docmd(command)
        except _ERRORS as error:
            raise NotSent(Fate.DOWN, _short(error)) from None
        if number == 421:
            raise NotSent(Fate.DOWN, "closing", code_of(number, said))
        return number, said

    def _abandon(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.rset()
        except _ERRORS:
            smtp.close()  # the next message opens a connection of its own

    def _smtp(self) -> smtplib.SMTP:
        if self._open is None:
            raise NotSent(Fate.DOWN, "not-connected")
        return self._open

    def _connected(self) -> smtplib.SMTP:
        if self.security == NONE and self.server not in LOCAL:
            raise NotSent(Fate.DOWN, "not-encrypted")
        smtp: smtplib.SMTP | None = None
        try:
            port, context = self.port or PORTS[self.security], self._context()
            if self.security == TLS:
                smtp = SealedMail(self.server, port, timeout=self.seconds, context=context)
            else:
                smtp = Mail(self.server, port, timeout=self.seconds)
            if self.security == STARTTLS:
                smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
            if self.user:
                smtp.login(self.user, self.password)
        except _ERRORS as error:
            if smtp is not None:
                smtp.close()
            raise NotSent(Fate.DOWN, _short(error), _number(error)) from None
        return smtp

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.certificates or None)


def _stuffed(content: bytes) -> bytes:
    """A line that begins with a dot gets another (RFC 5321, 4.5.2), and the last line ends."""
    lines = re.sub(rb"(?m)^\.", b"..", re.sub(rb"\r?\n", b"\r\n", content))
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _fate(number: int) -> Fate:
    return Fate.NEVER if 500 <= number < 600 else Fate.LATER


def _number(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return code_of(error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b"")
    return ""


_SHORT: tuple[tuple[type[BaseException], str], ...] = (
    (smtplib.SMTPAuthenticationError, "password-refused"),
    (smtplib.SMTPNotSupportedError, "no-encryption"),
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLError, "encryption"),
    (socket.gaierror, "unknown-server"),
    (UnicodeEncodeError, "password-not-ascii"),
    (UnicodeError, "unknown-server"),
    (ConnectionRefusedError, "nobody-answers"),
    (TimeoutError, "timeout"),
    (smtplib.SMTPServerDisconnected, "connection-lost"),
)


def _short(error: BaseException) -> str:
    """A code for an error: its text may hold an address or a password."""
    return next((code for sort, code in _SHORT if isinstance(error, sort)), "connection-lost")

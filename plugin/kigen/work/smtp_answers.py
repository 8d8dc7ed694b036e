"""How a mail server's answer is read: to its end within a set time and length, or not at all.

Its time runs from the command on. One byte now and then, or lines without end, would else keep a sender for ever.
"""

from __future__ import annotations

import smtplib
import socket
import time

LONGEST = 65_536
"""Bytes of an answer with all its lines; those of real servers have hundreds."""

PIECE = 4096


class Answers:
    """Reads answers in place of the library, which waits anew for every byte and takes any number of lines."""

    sock: socket.socket | None
    timeout: float
    _rest = b""
    _read_from: socket.socket | None = None

    def getreply(self) -> tuple[int, bytes]:
        """The number, -1 where there is none, and the words. SMTPServerDisconnected, TimeoutError."""
        until, lines, length = time.monotonic() + self.timeout, [], 0
        while True:
            line = self._line(until, LONGEST - length)
            lines.append(line[4:].strip())
            length += len(line)
            if not line[:3].isdigit():
                return -1, b"\n".join(lines)
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(lines)

    def _line(self, until: float, most: int) -> bytes:
        if self._read_from is not self.sock:  # what came before encryption began is nobody's answer (RFC 3207, 6)
            self._rest, self._read_from = b"", self.sock
        while b"\n" not in self._rest:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._rest += self._piece(left)
            if len(self._rest) > most:
                raise smtplib.SMTPServerDisconnected("the answer has no end")
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _piece(self, seconds: float) -> bytes:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        self.sock.settimeout(seconds)
        try:
            found = self.sock.recv(PIECE)
        finally:
            self.sock.settimeout(self.timeout)
        if not found:
            raise smtplib.SMTPServerDisconnected("the server hung up")
        return found


class Mail(Answers, smtplib.SMTP):
    """A connection that begins in the open."""


class SealedMail(Answers, smtplib.SMTP_SSL):
    """A connection that is encrypted from the start."""

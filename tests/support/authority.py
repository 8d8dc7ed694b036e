"""A time-stamp authority on loopback: openssl answers, with certificates that are made for it."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CONFIGURATION = """
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha512
"""
EXTENSIONS = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n"


def openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def make(folder: Path) -> None:
    """The authority's certificates and configuration, in a folder that is made for them."""
    folder.mkdir()
    (folder / "serial").write_text("01\n")
    (folder / "extensions").write_text(EXTENSIONS)
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *new, "-keyout", folder / "ca.key", "-out", folder / "ca.pem", "-subj", "/CN=Tests")
    openssl("req", *new, "-keyout", folder / "signer.key", "-out", folder / "signer.csr", "-subj", "/CN=Stamps")
    openssl("x509", "-req", "-in", folder / "signer.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
            "-CAcreateserial", "-extfile", folder / "extensions", "-out", folder / "signer.pem")  # fmt: skip


@dataclass
class Authority:
    """One that runs; `asked` is each body that it was sent, `headers` what came with the last."""

    folder: Path
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def certificates(self) -> Path:
        return self.folder / "ca.pem"

    def reply(self, question: bytes) -> bytes:
        query, answer = self.folder / "query.tsq", self.folder / "answer.tsr"
        query.write_bytes(question)
        openssl("ts", "-reply", "-config", self.folder / "tsa.cnf", "-queryfile", query, "-out", answer)
        return answer.read_bytes()


@contextmanager
def running(folder: Path) -> Iterator[Authority]:
    """An authority in a thread of this process, until the block ends."""
    make(folder)
    authority = Authority(folder)

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            authority.asked.append(question)
            authority.headers = dict(self.headers)
            answer = authority.reply(question)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        authority.url = f"http://127.0.0.1:{server.server_port}/tsa"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield authority
        finally:
            server.shutdown()
            thread.join()

"""Pages through the bridge: signed, placed, passed on; and calm where kigen is down, slow or broken."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import shutil
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.bridges.bridge import HOST, Platform
from tests.bridges.generate import HOSTS
from tests.support.mariadb import program

Answer = tuple[int, dict[str, str], bytes]


class Served:
    """A server on a socket that answers as told, and remembers what it was asked."""

    def __init__(self, path: Path) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answer: Callable[[], Answer] = lambda: (200, {"Content-Type": "text/html; charset=utf-8"}, b"<p>here</p>")
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                served.asked.append((self.command, self.path, dict(self.headers), body))
                status, headers, content = served.answer()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                return

            def address_string(self) -> str:
                return ""

        class Server(socketserver.ThreadingUnixStreamServer):
            def handle_error(self, *_: object) -> None:
                """PHP that has lost its patience is gone before the answer."""

        self.server = Server(str(path), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()


@pytest.fixture
def served(here: Platform) -> Iterator[Served]:
    # The path of a socket has 107 bytes at most.
    socket = Path(tempfile.mkdtemp(prefix="kigen-")) / "s"
    found = Served(socket)
    assert here.install("--listen", f"unix:{socket}").status == 0
    yield found
    found.server.shutdown()
    found.server.server_close()
    shutil.rmtree(socket.parent)


def show(platform: Platform, page: str = "privacy", **asked: Any) -> tuple[dict[str, Any] | None, str]:
    """The page that PHP shows, None where it redirected or passed a file on, and all that it printed."""
    given = {"client": 12, "staff": None, "language": "en", "page": page, "query": {}, "method": "GET", "body": ""}
    command = [program("php"), str(HOST / "page.php"), str(platform.folder)]
    done = subprocess.run(command, input=json.dumps({**given, **asked}).encode(), capture_output=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode("utf-8", "replace")
    return (json.loads(text) if text.startswith('{"title"') else None), text


def test_a_page_is_fetched_with_a_signed_actor_and_placed(here: Platform, served: Served) -> None:
    title = "個人".encode().decode("latin-1")  # as a header of HTTP takes it, byte by byte
    served.answer = lambda: (
        200, {"Content-Type": "text/html; charset=utf-8", "Kigen-Title": title}, "<p>個人</p>".encode(),
    )  # fmt: skip
    query = {"m": "kigen", "page": "x", "kind": "order 1"}
    page, _ = show(here, "privacy/export", staff=3, language="ja", query=query)
    assert page is not None
    assert (page["title"], page["html"], page["isThere"]) == ("個人", "<p>個人</p>", True)
    ((method, target, headers, body),) = served.asked
    assert (method, target, body) == ("GET", "/bridge/privacy/export?kind=order%201", b"")
    encoded = headers["Kigen-Actor"]
    text = "\n".join((method, target, hashlib.sha256(body).hexdigest(), encoded))
    (secret,) = re.findall(r"'secret' => '([0-9a-f]{64})'", (here.folder / "config.php").read_text())
    assert headers["Kigen-Signature"] == f"v1={hmac.digest(bytes.fromhex(secret), text.encode(), 'sha256').hex()}"
    actor = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    assert abs(actor.pop("at") - time.time()) < 60
    assert re.fullmatch("[0-9a-f]{32}", actor.pop("nonce"))
    assert actor == {
        "who": "client:12", "role": "client", "client": 12, "as_staff": 3, "language": "ja", "host": "whmcs",
        "session": hashlib.sha256(b"").hexdigest(), "base": "index.php?m=kigen&page=",
    }  # fmt: skip


def test_a_form_goes_on_as_it_was_sent_without_the_hosts_own_token(here: Platform, served: Served) -> None:
    form = "token=abc&reason=%E7%90%86%E7%94%B1+a%2Bb&kigen_csrf=1.2&CSRFToken=x&empty="
    show(here, "../../etc/passwd", client=None, method="POST", body=form)
    ((method, target, headers, body),) = served.asked
    assert (method, target) == ("POST", "/bridge/")
    assert body == b"reason=%E7%90%86%E7%94%B1+a%2Bb&kigen_csrf=1.2&empty="
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    actor = json.loads(base64.urlsafe_b64decode(headers["Kigen-Actor"] + "=="))
    assert (actor["who"], actor["role"], actor["client"]) == ("staff:3", "admin", None)


def test_a_redirect_and_a_download_end_the_page_and_pass_on_what_came(here: Platform, served: Served) -> None:
    bundle = bytes(range(256)) * 40_000
    headers = {"Content-Type": "application/zip", "Content-Disposition": 'attachment; filename="kigen.zip"'}
    served.answer = lambda: (200, headers, bundle)
    command = [program("php"), str(HOST / "page.php"), str(here.folder)]
    asked = {"client": 12, "staff": None, "language": "en", "page": "e", "query": {}, "method": "GET", "body": ""}
    done = subprocess.run(command, input=json.dumps(asked).encode(), capture_output=True, timeout=30, check=True)
    assert done.stdout == bundle
    served.answer = lambda: (200, headers, b"")
    assert show(here) == (None, "")
    served.answer = lambda: (303, {"Location": "privacy?done=1"}, b"")
    assert show(here) == (None, "")
    served.answer = lambda: (303, {"Location": "javascript:alert('x')"}, b"")
    page, _ = show(here)
    assert page is not None
    assert not page["isThere"]


def test_the_page_of_staff_is_read_from_the_address_since_fossbilling_takes_its_prefix_out_everywhere() -> None:
    lib = HOSTS / "fossbilling/bridge/lib/Fossbilling.php"
    code = f"""define('ADMIN_PREFIX', '/admin'); require '{lib}'; foreach (['/admin/kigen', '/admin/kigen/admin/plan',
        '/shop/admin/kigen/admin', '/elsewhere'] as $url) {{ $_GET['_url'] = $url;
        $found[] = Kigen\\Bridge\\Fossbilling::pageOfStaff('routed'); }} echo json_encode($found);"""
    done = subprocess.run([program("php"), "-r", code], capture_output=True, check=True)
    assert json.loads(done.stdout) == ["", "admin/plan", "admin", "routed"]


def test_an_error_of_kigens_is_shown_as_it_says_and_anything_else_becomes_the_calm_message(
    here: Platform, served: Served
) -> None:
    served.answer = lambda: (403, {"Content-Type": "text/html"}, b"<p>no</p>")
    page, _ = show(here)
    assert page is not None
    assert (page["html"], page["isThere"]) == ("<p>no</p>", True)
    for answer in ((502, {"Content-Type": "text/plain"}, b"x"), (200, {"Content-Type": "text/html"}, b"x" * 5_000_000)):
        served.answer = lambda answer=answer: answer  # type: ignore[misc]  # bound at once
        page, _ = show(here)
        assert page is not None
        assert "not available at the moment" in page["html"]


def test_where_kigen_is_down_or_hangs_the_portal_waits_three_seconds_at_most_and_says_so_calmly(
    here: Platform, served: Served
) -> None:
    ended = threading.Event()

    def late() -> Answer:
        ended.wait(8)
        return 200, {"Content-Type": "text/html"}, b"late"

    served.answer = late
    page, _ = show(here, language="ja")
    assert page is not None
    assert page["title"] == "プライバシー"
    assert "数分後に、もう一度お試しください。" in page["html"]
    assert 2.9 < page["seconds"] < 3.5
    ended.set()
    here.install("--listen", "unix:/nowhere/kigen.sock")
    page, _ = show(here)
    assert page is not None
    assert page["seconds"] < 0.5
    counts = json.loads((here.tally / "tally.json").read_text())["counts"]
    assert counts == {"page-slow": 1, "page-unreachable": 1}


WHMCS_SESSION = """<?php
namespace WHMCS\\Authentication {
    class CurrentUser {
        function client() { return (object) ['id' => 3]; }
        function isMasqueradingAdmin() { return true; }
    }
}
namespace {
    require $argv[1] . '/lib/load.php';
    $_SESSION = json_decode($argv[2], true);
    $actor = Kigen\\Bridge\\Whmcs::client();
    echo $actor ? base64_decode(strtr(substr($actor->headers(str_repeat('0', 64), 'GET', '/', '')[0], 13), '-_', '+/'))
        : 'nobody';
}
"""


def test_staff_in_a_clients_place_whom_the_session_does_not_name_is_nobody_and_never_the_client(here: Platform) -> None:
    here.install()
    script = here.place / "session.php"
    script.write_text(WHMCS_SESSION)

    def seen(session: dict[str, object]) -> str:
        command = [program("php"), str(script), str(here.folder), json.dumps(session)]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout

    assert json.loads(seen({"uid": 3, "adminid": 7}))["as_staff"] == 7
    assert seen({"uid": 3}) == "nobody"
    assert seen({"uid": 3, "adminid": "7 OR 1"}) == "nobody"

"""A real FOSSBilling with the module in it: activated, heard, shown in its own layout, and unharmed without kigen.

KIGEN_FOSSBILLING names the folder of an installation that is there for tests alone: this changes its database.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import re
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from sqlalchemy.engine import URL

from tests.bridges.bridge import HOST, Platform
from tests.support.mariadb import program

PASSWORD = "Secret-for-tests-1"


class Real(Platform):
    """An installation of FOSSBilling, wherever it is."""

    @property
    def path(self) -> Path:
        return Path(os.environ["KIGEN_FOSSBILLING"])


class Portal:
    """Its pages, served by PHP's own server; each with cookies of its own."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.token = address, token
        self.browser = requests.Session()

    def staff(self, call: str, **values: object) -> Any:
        """A call of the admin API."""
        url = f"{self.address}/api/admin/{call}"
        return self._result(requests.post(url, json=values, auth=("admin", self.token), timeout=30))

    def sign_in(self, email: str) -> None:
        """As a client, in the browser."""
        self.browser.get(f"{self.address}/login", timeout=30)
        csrf = hashlib.md5(self.browser.cookies["PHPSESSID"].encode(), usedforsecurity=False).hexdigest()
        csrf = self.browser.cookies.get("csrf_token", csrf)
        form = {"email": email, "password": PASSWORD, "CSRFToken": csrf}
        self._result(self.browser.post(f"{self.address}/api/guest/client/login", data=form, timeout=30))

    def page(self, path: str) -> requests.Response:
        """One answer, no redirect followed: those name the address that the installation was set up with."""
        return self.browser.get(f"{self.address}{path}", timeout=30, allow_redirects=False)

    @staticmethod
    def _result(answer: requests.Response) -> Any:
        told = answer.json()
        assert told["error"] is None, told
        return told["result"]


def database(folder: Path) -> Mapping[str, Any]:
    code = f"echo json_encode((require '{folder}/config.php')['db']);"
    done = subprocess.run([program("php"), "-r", code], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Real]:
    if not os.environ.get("KIGEN_FOSSBILLING"):
        pytest.skip("No real FOSSBilling is here: KIGEN_FOSSBILLING may name one's folder.")
    told = database(Path(os.environ["KIGEN_FOSSBILLING"]))
    host, _, unix = str(told["host"]).partition(";unix_socket=")
    url = URL.create(
        "mysql+pymysql", str(told["user"]), str(told["password"]) or None, host, None if unix else int(told["port"]),
        str(told["name"]), {"unix_socket": unix} if unix else {},
    )  # fmt: skip
    platform = Real("fossbilling", tmp_path, url.render_as_string(hide_password=False))
    said = platform.kigen(
        "install", "fossbilling", str(platform.path), "--database", platform.url, "--web-user",
        pwd.getpwuid(os.geteuid()).pw_name, "--listen", "127.0.0.1:1",
    )  # fmt: skip
    assert said.status == 0, said.err
    yield platform
    assert platform.kigen("uninstall").status == 0


@pytest.fixture
def portal(real: Real) -> Iterator[Portal]:
    token = secrets.token_hex(16)
    real.sql(f"UPDATE admin SET api_token = '{token}' WHERE role = 'admin' ORDER BY id LIMIT 1")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [program("php"), "-S", f"127.0.0.1:{port}", "-t", str(real.path), str(HOST / "router.php")]
    served = subprocess.Popen(
        command,
        cwd=real.path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "APP_ENV": "dev"},
    )
    for _ in range(100):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield Portal(f"http://127.0.0.1:{port}", token)
    served.terminate()
    served.wait(timeout=10)


def test_what_happens_in_a_real_fossbilling_comes_here_and_its_pages_are_as_they_were_without_kigen(
    real: Real, portal: Portal
) -> None:
    before = portal.page("/").text
    portal.staff("hook/batch_connect")
    portal.staff("extension/activate", type="mod", id="kigen")
    try:
        engine = sa.create_engine(real.url)
        with engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM kigen_inbox"))
        engine.dispose()
        email = f"aoki-{secrets.token_hex(4)}@example.com"
        client = int(portal.staff("client/create", email=email, first_name="Kei", password=PASSWORD, status="active"))
        portal.sign_in(email)
        portal.staff("client/update", id=client, notes="a secret note", status="active")
        ticket = int(portal.staff("support/ticket_create", client_id=client, content="c", subject="s",
                                  support_helpdesk_id=1))  # fmt: skip
        told = [(row["host_event"], row["payload"].get("id")) for row in real.inbox()]
        assert [one for one in told if one[0] in ("onAfterClientLogin", "onAfterAdminOpenTicket")] == [
            ("onAfterClientLogin", client), ("onAfterAdminOpenTicket", ticket),
        ]  # fmt: skip
        assert ("onAfterAdminCreateClient", client) in told
        assert len(told) == len(set(told))
        text = json.dumps([row["payload"] for row in real.inbox()])
        assert not any(word in text for word in (PASSWORD, email, "secret note", "Kei"))
        # kigen does not listen: its own page says so calmly inside the theme, and no other page is different.
        shown = portal.page("/kigen")
        assert shown.status_code == 200
        assert re.search(r"<body[^>]*kigen", shown.text)
        assert "not available at the moment" in shown.text
        anybody = Portal(portal.address, portal.token)
        assert anybody.page("/kigen").headers["Location"].endswith("/login")
        assert plain(anybody.page("/").text) == plain(before)
        assert real.kigen("intake", "--json").document["failed"] == 0
        codes = {one["code"] for one in real.kigen("doctor", "--quick", "--json").document["findings"]}
        assert "bridge-inactive" not in codes
        assert "bridge-errors" in codes  # the page that was not there
    finally:
        portal.staff("extension/deactivate", type="mod", id="kigen")


def plain(page: str) -> str:
    """A page without what differs each time: tokens, measurements, the debug bar."""
    return re.sub(r"(?s)<script.*?</script>|[0-9a-f]{32,}", "", page)

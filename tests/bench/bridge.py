"""What an event adds to a portal's request, in PHP, with kigen up, down or hanging: no request waits for kigen."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import kigen
from kigen.commands.bridge_settings import SETTINGS, php, tally_of
from kigen.hosts.whmcs.installed import BRIDGE
from kigen.ledger import migrate
from kigen.ledger.database import open_database
from tests.bench.bench import Bench
from tests.bench.figures import Figure, bound
from tests.support.mariadb import MariaDB, program
from tests.support.sql import WHMCS, load_sql

REQUESTS = 400
MOST_MS = 2.0
SECRET = "5e" * 32
CLIENT = "INSERT INTO tblclients (id, firstname, lastname, email, status) VALUES (1, '', '', '', '')"

SCRIPT = Path(__file__).parent / "portal.php"


def measure(bench: Bench) -> list[Figure]:
    """Requests with and without in turns, in one process for each state of kigen, on a server that syncs its log."""
    with bench.worlds.empty(bench.records) as server, tempfile.TemporaryDirectory(prefix="kigen-bridge-") as folder:
        name = server.create_database()
        load_sql(server.url(name), WHMCS)
        engine = open_database(server.url(name))
        migrate.upgrade(engine)
        engine.dispose()
        with server.connect(name) as connection:
            connection.cursor().execute("SET SESSION sql_mode = ''")
            connection.cursor().execute(CLIENT)
        states = {state: _ran(bench, server, name, Path(folder), state) for state in ("up", "down", "hanging")}
    figures = [
        bound(f"bridge.{state}", f"an event adds to a request with kigen {state} (median)", _added(told), "ms", MOST_MS)
        for state, told in states.items()
    ]
    loading = statistics.median(told["loading"] for told in states.values())
    without = next(iter(states.values()))["took"]["without"]
    return [
        *figures,
        bound("bridge.loading", "a page loads the bridge without a cache of PHP", loading, "ms"),
        bound("bridge.request", "the request itself, a commit included", statistics.median(without), "ms"),
    ]


def _added(told: dict[str, Any]) -> float:
    return statistics.median(told["took"]["with"]) - statistics.median(told["took"]["without"])


def _ran(bench: Bench, server: MariaDB, name: str, folder: Path, state: str) -> dict[str, Any]:
    bench.say(f"a portal's requests with kigen {state}")
    with _kigen(state) as port:
        place = folder / state
        files = {**BRIDGE.files(kigen.__version__), SETTINGS: php("1", f"127.0.0.1:{port}", SECRET, "en")}
        for file, content in files.items():
            (place / file).parent.mkdir(parents=True, exist_ok=True)
            (place / file).write_bytes(content)
        (place / tally_of(SECRET)).mkdir()
        command = [program("php"), str(SCRIPT), str(place), str(server.socket), name, str(REQUESTS)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    ((rows,),) = server.execute("SELECT COUNT(*) FROM kigen_inbox", name)
    server.execute("DELETE FROM kigen_inbox", name)
    if rows != REQUESTS:
        raise RuntimeError(f"{rows} events of {REQUESTS} arrived with kigen {state}")
    return dict(json.loads(done.stdout))


@contextmanager
def _kigen(state: str) -> Iterator[int]:
    """A port at which something answers, nothing listens, or somebody listens and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = int(listening.getsockname()[1])
        if state == "down":
            listening.close()
        if state == "up":
            threading.Thread(target=_answer, args=(listening,), daemon=True).start()
        yield port


def _answer(listening: socket.socket) -> None:
    while True:
        try:
            asked, _ = listening.accept()
        except OSError:
            return
        with asked:
            asked.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\nhere")

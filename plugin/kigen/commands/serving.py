"""How pages are served: on which address, by which server, for as long as nobody ends it, and how it ends cleanly."""

from __future__ import annotations

import datetime as dt
import logging
import re
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from flask import Flask
from waitress import create_server, wasyncore

from kigen.commands.call import Call
from kigen.commands.doctor import look_at_site
from kigen.errors import WrongUse
from kigen.web.app import LONGEST, make_app
from kigen.web.jobs import Shared
from kigen.web.sites import Sites
from kigen.work.site import Site

DEFAULT = "127.0.0.1:8080"
SOCKET = "unix:"
THREADS = 8
END_SECONDS = 8.0
"""For work beside the pages to come to the end of its chunk."""

_ADDRESS = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})")


def where(listen: str, is_open: bool) -> dict[str, Any]:
    """The server's options for an address; WrongUse for none, and for one that other machines reach unless it is_open.

    What comes in is signed, but not encrypted, and the pages are personal.
    """
    if listen.startswith(SOCKET):
        path = Path(listen.removeprefix(SOCKET))
        if not path.is_absolute() or not path.parent.is_dir():
            raise WrongUse(f"--listen is {listen!r}; expected unix: and the whole path of a socket in a folder")
        if path.exists() and not stat.S_ISSOCK(path.stat().st_mode):
            raise WrongUse(f"--listen is {listen!r}; there is a file that is no socket")
        if _is_answered(path):  # the server would take the name away from whoever listens there
            raise WrongUse(f"--listen is {listen!r}; somebody listens there already")
        return {"unix_socket": str(path), "unix_socket_perms": "660"}
    match = _ADDRESS.fullmatch(listen)
    if match is None or int(match["port"]) > 65535:
        raise WrongUse(f"--listen is {listen!r}; expected such as {DEFAULT} or unix:/run/kigen/kigen.sock")
    host = match["six"] or match["name"]
    if not is_open and not _is_loopback(host):
        raise WrongUse(f"--listen is {listen!r}, which other machines reach; expected 127.0.0.1, or --allow-remote too")
    return {"host": host, "port": int(match["port"])}


def _is_answered(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(1.0)
        try:
            caller.connect(str(path))
        except OSError as error:
            return isinstance(error, (TimeoutError, BlockingIOError))
    return True


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def sites_of(call: Call) -> Sites:
    """Gives the installation at this instant; with a stated time always at that one."""
    first = call.site()

    def now() -> Site:
        if call.now is not None:
            return first
        at = dt.datetime.now(dt.UTC)
        return replace(first, now=at, machine_now=at)

    return now


def app_of(sites: Sites) -> Flask:
    """The pages, with what `doctor` finds."""
    return make_app(sites, lambda site: look_at_site(site, is_quick=True))


class Pages:
    """A server of pages, which runs in whichever thread calls `run` until `stop` is called."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._shared: Shared = app.extensions["kigen"]
        self._stopping = threading.Event()
        self._map: dict[int, Any] = {}
        try:
            self._server = create_server(
                app, map=self._map, threads=THREADS, ident=None, max_request_body_size=2 * LONGEST,
                channel_timeout=60, clear_untrusted_proxy_headers=True, **options,
            )  # fmt: skip
        except OSError as error:
            raise WrongUse(f"--listen: nobody can listen there ({error.strerror})") from None

    @property
    def port(self) -> int:
        """The port that it listens at, where it was free to choose one."""
        return int(self._server.effective_port)

    def run(self) -> None:
        """Answer until somebody stops it, or a signal comes."""
        while not self._stopping.is_set():
            wasyncore.loop(timeout=0.5, map=self._map, count=1)

    def stop(self) -> None:
        """Answer what has begun, and nothing new."""
        self._stopping.set()
        self._shared.stopping.set()
        sweep = self._shared.known("sweep")
        if sweep is not None:
            sweep.done.wait(END_SECONDS)
        self._server.close()


@contextmanager
def served(sites: Sites, options: dict[str, Any]) -> Iterator[Pages]:
    """Pages that are there until the end of the block; their requests are logged without anybody's data."""
    logging.getLogger("kigen").setLevel(logging.INFO)
    pages = Pages(app_of(sites), options)
    try:
        yield pages
    finally:
        pages.stop()

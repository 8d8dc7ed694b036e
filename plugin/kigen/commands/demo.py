"""`kigen demo`: an invented billing platform in a folder that can be thrown away, shown from beginning to end."""

from __future__ import annotations

from pathlib import Path

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import instant
from kigen.commands.options import command

FOLDER = "kigen-demo"


@command("demo")
@click.option(
    "--dir",
    "folder",
    metavar="D",
    type=click.Path(path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Where it is made: an empty folder, or that of an earlier demo.",
)
@click.option(
    "--clients", metavar="N", type=click.IntRange(min=1), default=2000, show_default=True, help="How many clients."
)
@click.option(
    "--seed", metavar="S", type=int, default=1, show_default=True, help="The same seed gives the same platform."
)
@click.option("--serve/--no-serve", default=False, help="Serve the pages afterwards.")
@click.option(
    "--port",
    metavar="P",
    type=click.IntRange(1, 65535),
    default=8080,
    show_default=True,
    help="The port for the pages.",
)
@click.option("--database", metavar="URL", help="An empty database to fill instead of an SQLite file.")  # fmt: skip
def demo(call: Call, folder: Path, clients: int, seed: int, serve: bool, port: int, database: str | None) -> None:
    """Invent a billing platform with years of history, show its plan, carry it out and explain one decision."""
    from kigen.demo import show as demo_show  # the invented world is large, and no other command needs it

    now = instant(call.now, demo_show.ZONE, "--now") if call.now is not None else None
    told = demo_show.demo(folder, clients, seed, database, now, call.who, call.is_json, serve=serve,
                          language=call.lang or "en")  # fmt: skip
    if call.is_json:
        show.as_json(told)

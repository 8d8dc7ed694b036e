"""`kigen …`: the commands put together, and how each of them ends: an exit status, and one sentence if it failed."""

from __future__ import annotations

import logging
import signal
import sys
import traceback
from typing import Any

import click
import structlog

import kigen as package
from kigen.commands import (
    blocked,
    bundle,
    consent,
    contract,
    datamap,
    demo,
    doctor,
    erase,
    events,
    evidence,
    explain,
    export,
    frozen,
    hold,
    init,
    install,
    intake,
    keys,
    mail,
    notice,
    plan,
    reconcile,
    replay,
    request,
    run,
    serve,
    settings,
    source,
    sweep,
    undo,
    worker,
)
from kigen.commands.call import Call
from kigen.commands.options import KigenGroup
from kigen.errors import Status, one_sentence, status_of


class Ended(click.ClickException):
    """A command that failed, with its sentence and its status."""

    def __init__(self, sentence: str, status: Status) -> None:
        super().__init__(sentence)
        self.status = status


class Commands(KigenGroup):
    """All commands. Nothing leaves it but SystemExit."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command; what it raises becomes one sentence."""
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort, KeyboardInterrupt, BrokenPipeError):
            raise
        except Exception as error:
            call = Call.of(context)
            if call.is_debug:
                click.echo(_traced(error, call), err=True)
            raise Ended(one_sentence(error, call.database), status_of(error)) from error

    def main(self, *args: Any, **rest: Any) -> Any:
        """Run with the process's arguments, and leave with the exit status."""
        _log_to_standard_error()
        former = signal.signal(signal.SIGTERM, signal.default_int_handler)  # as with Ctrl-C: said, and written down
        try:
            status = super().main(*args, **{**rest, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            sys.exit(Status.WRONG_USE)
        except Ended as error:
            click.echo(f"kigen: {error.message}", err=True)
            sys.exit(error.status)
        except click.ClickException as error:
            click.echo(f"kigen: {_said(error)}", err=True)
            sys.exit(Status.WRONG_USE)
        except click.Abort:
            click.echo("kigen: stopped; nothing half-done remains", err=True)
            sys.exit(130)
        finally:
            signal.signal(signal.SIGTERM, former)
        sys.exit(status if isinstance(status, int) else Status.DONE)


@click.group(cls=Commands)
@click.version_option(package.__version__, prog_name="kigen")
def main() -> None:
    """Keeps the retention terms of a privacy policy on a billing platform, and explains every decision."""


for one in (
    init.init, demo.demo, events.events, intake.intake, reconcile.reconcile, plan.plan, sweep.sweep, explain.explain,
    hold.hold, contract.contract, request.request, export.export, bundle.bundle, erase.erase, undo.undo, replay.replay,
    settings.settings, datamap.datamap, evidence.evidence, keys.keys, frozen.frozen, blocked.blocked, doctor.doctor,
    worker.worker, notice.notice, consent.consent, install.install, install.uninstall, serve.serve, run.run,
    source.source, mail.mail,
):  # fmt: skip
    main.add_command(one)


def _said(error: click.ClickException) -> str:
    """The sentence of an error; of a wrong use also where the right one is found."""
    text = " ".join(error.format_message().split())
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return text
    return f"{text.rstrip('.')}; see '{error.ctx.command_path} --help'"


def _traced(error: Exception, call: Call) -> str:
    """The whole of an error, without the password."""
    text = "".join(traceback.format_exception(error))
    known = call.__dict__.get("configuration")
    password = known.url.password if known else None
    return text.replace(str(password), "***") if password else text


def _log_to_standard_error() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="kigen: %(message)s", force=True)
    # What a lost connection means is told once, in the error; the pool would add a traceback of its own.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))

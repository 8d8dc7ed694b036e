"""Plugins erase their own rows in the gate's transaction: within a time, asked twice, and their answer is checked."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kigen.extensions import Eraser
from kigen.policy.records import Kind
from kigen.work.guarded import EndedByOthers, guarded


class EraserFailed(Exception):
    """A plugin's eraser did not do its part: nothing of this transaction stays, and the records are kept."""


class _TooLong(BaseException):
    """Not an Exception: a plugin that swallows those would hang on."""


def found(eraser: Eraser, connection: Connection, kind: Kind, ids: Sequence[int], seconds: int) -> Sequence[Any]:
    """What a plugin is to erase of these records, before any plugin erases: the ids where it does not say.

    Raises EraserFailed as `erase` does.
    """
    if eraser.find is None:
        return ids
    answer = _answered(eraser, partial(eraser.find, connection, kind, ids), connection, seconds)
    if not isinstance(answer, Collection) or isinstance(answer, str | bytes):
        sort = type(answer).__name__
        raise EraserFailed(f"plugin {eraser.name} answered with {sort}; expected a list of what it would remove")
    return list(answer)


def erase(eraser: Eraser, connection: Connection, kind: Kind, wanted: Sequence[Any], seconds: int) -> int:
    """How many rows a plugin removed. Raises EraserFailed with a sentence that names the plugin, never its words.

    `wanted` is what `found` gave. `seconds` is how long one call may take, for meanwhile rows of the platform are
    locked. It is asked a second time: an eraser that says that it is done while rows are left would be believed for
    ever.
    """
    removed = _asked(eraser, connection, kind, wanted, seconds)
    if _asked(eraser, connection, kind, wanted, seconds):
        raise EraserFailed(f"plugin {eraser.name} said that it was done and then found more rows of its own")
    return removed


def _asked(eraser: Eraser, connection: Connection, kind: Kind, wanted: Sequence[Any], seconds: int) -> int:
    answer = _answered(eraser, lambda: eraser.erase(connection, kind, wanted), connection, seconds)
    if not isinstance(answer, int) or isinstance(answer, bool) or answer < 0:
        sort = type(answer).__name__
        raise EraserFailed(f"plugin {eraser.name} answered with {sort}; expected how many rows it removed")
    return answer


def _answered(eraser: Eraser, question: Callable[[], object], connection: Connection, seconds: int) -> object:
    try:
        with guarded(connection), _within(seconds):
            return question()
    except DBAPIError:
        raise
    except EndedByOthers as ended:
        sentence = f"plugin {eraser.name} tried to end the transaction ({ended}), which only kigen does"
        raise EraserFailed(sentence) from None
    except _TooLong:
        raise EraserFailed(f"plugin {eraser.name} did not erase its part within {seconds} s") from None
    except Exception as error:
        raise EraserFailed(f"plugin {eraser.name} could not erase its part ({type(error).__name__})") from error


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    """Interrupt what takes longer. Only the main thread can be interrupted; in another one nothing is bounded."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    former = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)

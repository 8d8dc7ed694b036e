"""When heads get their time stamps: after a run, when its lease is back, and never so that a run fails or waits long.

What gets no stamp waits without one, and the next run asks again. The longest chain goes first: its hash holds all
others, so that they are confirmed with it while they wait.
"""

from __future__ import annotations

import time

import requests
from sqlalchemy.exc import DBAPIError

from kigen.ledger import stamp_answers, stamps
from kigen.ledger.stamp_answers import Unstamped
from kigen.policy.stamps import CERTIFICATES, URL
from kigen.work.site import Site

MOST = 10
"""Heads that one run has stamped: who switches this on asks for years at once, and an authority is other people's."""

TIMEOUT_SECONDS = 10
PATIENCE_SECONDS = 30
"""For an answer that comes drop by drop."""

LARGEST = 1 << 17
"""Bytes of an answer; one with a chain of certificates has some thousand."""

HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
    "User-Agent": "kigen",
}


def stamp(site: Site) -> list[str]:
    """Have the heads that wait stamped; at most one sentence why not. Never raises for what is outside.

    To be called with no transaction and no lease: an authority may take its time.
    """
    try:
        with site.reading() as connection:
            url, path = str(site.setting(connection, URL)), str(site.setting(connection, CERTIFICATES))
            asked = stamps.waiting(connection, MOST) if url else []
        if not asked:
            return []
        trusted = stamp_answers.certificates(path)
        for entries, hash_ in asked:
            question = stamp_answers.question(hash_)
            answered = stamp_answers.checked(ask(url, question.sent), hash_, entries, trusted, question.nonce)
            with site.transaction() as connection:
                stamps.write(connection, answered)
    except Unstamped as why:
        return [f"heads of evidence have no time stamp: {why}; they wait, and the next run asks again"]
    except DBAPIError:  # the run itself has ended well, or has said so
        return ["heads of evidence have no time stamp: the database did not answer; the next run asks again"]
    return []


def ask(url: str, question: bytes) -> bytes:
    """The authority's answer as it came; Unstamped where there is none.

    The address may carry a token, so that only the sort of failure is told.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    try:
        with requests.post(
            url, data=question, headers=HEADERS, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code != 200:
                raise Unstamped(f"the authority at timestamp.url answered {answer.status_code}, expected 200")
            found = bytearray()
            for piece in answer.iter_content(1):  # larger ones would be waited for
                found += piece
                if len(found) > LARGEST or time.monotonic() > until:
                    raise Unstamped("the authority at timestamp.url answered too much or too slowly")
            return bytes(found)
    except requests.RequestException as error:
        raise Unstamped(f"the authority at timestamp.url did not answer: {type(error).__name__}") from None

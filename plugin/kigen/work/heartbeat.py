"""One signed message after each run to an address of the operator: its silence is the alarm."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from typing import Any

import requests
import stamina

# What stamina says of a retry by itself goes to standard output and holds the address, which may carry a token.
stamina.instrumentation.set_on_retry_hooks(())

TIMEOUT_SECONDS = 10
ATTEMPTS = 3


def send(url: str, secret: str, message: dict[str, Any], now: dt.datetime) -> str | None:
    """POST the message as JSON; None when it arrived, else a sentence. Never raises: a run is not undone by this.

    `Kigen-Signature: t=<unix seconds>,v1=<hex>` is HMAC-SHA256 over `<t>.<body>`, present where a secret is set.
    Retried on connection errors and on answers of 500 and above.
    """
    body = json.dumps(message, sort_keys=True).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "kigen"}
    if secret:
        stamp = str(int(now.timestamp()))
        signed = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers["Kigen-Signature"] = f"t={stamp},v1={signed}"
    try:
        for attempt in stamina.retry_context(on=_is_worth_retrying, attempts=ATTEMPTS, wait_initial=0.2, wait_max=2.0):
            with attempt:
                answer = requests.post(
                    url, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True
                )
                answer.close()  # the status says all; a body may have no end
                if answer.status_code >= 500:
                    raise requests.HTTPError(f"it answered {answer.status_code}")
    except requests.RequestException as error:
        return f"the heartbeat did not arrive at heartbeat.url: {_short(error)}"
    if answer.status_code >= 300:
        return f"the heartbeat was refused by heartbeat.url: it answered {answer.status_code}, expected 2xx"
    return None


def _is_worth_retrying(error: Exception) -> bool:
    return isinstance(error, (requests.ConnectionError, requests.Timeout, requests.HTTPError))


def _short(error: Exception) -> str:
    # The address may carry a token in its path or query; only the sort of failure is told.
    return str(error) if isinstance(error, requests.HTTPError) else type(error).__name__

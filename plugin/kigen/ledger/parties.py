"""By which digest a party is found without its name being stored: HMAC-SHA-256 over its folded spelling."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from hashlib import sha256

from kigen.ledger.keys_store import StoreKeys
from kigen.policy.papers import client_word


def digests(keys: StoreKeys, words: Iterable[str]) -> set[str]:
    """The digests of words as `policy.papers` spells them; without the key nobody can try names against them."""
    return {hmac.new(keys.parties, word.encode("utf-8", "surrogatepass"), sha256).hexdigest() for word in words}


def of_client(keys: StoreKeys, client: int) -> str:
    """The digest that stands for a client's number."""
    (found,) = digests(keys, [client_word(client)])
    return found

"""How addresses of the net are spelled: mailboxes with plus parts, hosts in two scripts, IPs in every notation."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from contextlib import suppress

from kigen.policy.identifiers import Identifier, Limits, Person, Strength
from kigen.policy.identifiers_fold import folded
from kigen.policy.identifiers_heads import heads_of
from kigen.policy.identifiers_names import OUR_WORDS
from kigen.policy.identifiers_scans import canonical_ip
from kigen.policy.sorts import Sort

_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()\[\]@]+")
_NOBODYS = frozenset({"0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1"})  # noqa: S104 - these are not bound, but passed over


def of_an_email(person: Person, text: str) -> Iterator[Identifier]:
    """The mailbox with any plus part, its domain in letters and in punycode; several in one field are each one."""
    for address in dict.fromkeys(_ADDRESS.findall(folded(text))):
        local, _, domain = address.rpartition("@")
        domain = domain.strip(".")
        base = local.split("+")[0] or local
        if domain in OUR_WORDS:
            continue
        # The search begins at a letter; signs before it may stay. A local part has 64 octets (RFC 5321, 4.5.3.1.1).
        first = re.sub(r"^[\W_]+", "", base)
        limits = Limits.EMAIL if first == base else Limits.WORD
        for name in _both_scripts(domain) if first else ():
            pattern = rf"{re.escape(first)}(?:\+[^\s@<>,;:\"()]{{0,64}})?@{re.escape(name)}"
            heads = heads_of(first)
            yield Identifier(person.owner, Sort.EMAIL, Strength.ALONE, address, pattern, heads, limits=limits)


def of_a_hostname(person: Person, text: str) -> Iterator[Identifier]:
    """A domain with all hosts below it, in letters and in punycode."""
    for part in re.split(r"[\s,;]+", folded(text)):
        name = part.strip(".").removeprefix("www.")
        if "." not in name or len(name) < 4 or name in OUR_WORDS or canonical_ip(name):
            continue
        for spelled in _both_scripts(name):
            pattern, head = re.escape(spelled), heads_of(spelled)
            yield Identifier(person.owner, Sort.HOSTNAME, Strength.OWN, name, pattern, head, limits=Limits.DOMAIN)


def of_a_url(person: Person, text: str) -> Iterator[Identifier]:
    """A page of one's own, whatever the scheme; only a bare site is also searched as a domain."""
    found = re.match(r"(?:[a-z][a-z0-9+.\-]*:)?(?://)?([^/?#\s]+)(/[^?#\s]*)?", folded(text))
    if not found:
        return
    host, path = found[1].rpartition("@")[2].split(":")[0], (found[2] or "").rstrip("/")
    if not path:
        yield from of_a_hostname(person, host)
    elif "." in host:
        site = host.removeprefix("www.")
        pattern = re.escape(site + path)
        yield Identifier(person.owner, Sort.URL, Strength.OWN, text, pattern, heads_of(site), limits=Limits.DOMAIN)


def of_an_ip(person: Person, text: str) -> Iterator[Identifier]:
    """Each address in the field: any notation of it, its reverse name, and the number some tables store."""
    for part in re.split(r"[\s,;]+", folded(text)):
        address = canonical_ip(part.strip("[]"))
        if address is None or address in _NOBODYS:
            continue
        yield Identifier(person.owner, Sort.IP, Strength.OWN, address, meaning=address)
        if "." in address:
            # Ten digits can be anything, so they count only beside something else.
            number = str(int(ipaddress.IPv4Address(address)))
            yield Identifier(person.owner, Sort.IP, Strength.BESIDE, address, code=number)


def _both_scripts(domain: str) -> tuple[str, ...]:
    """A domain as it is, in punycode and in letters, as far as it can be written so."""
    names = [domain]
    with suppress(UnicodeError):  # what is no domain name is searched as it is
        names.append(domain.encode("idna").decode("ascii"))
        names.append(folded(names[-1].encode("ascii").decode("idna")))
    return tuple(dict.fromkeys(names))

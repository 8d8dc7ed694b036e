"""Which spellings of one account are looked for: the sorts of value that identify, each with what spells it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from kigen.policy import identifiers_names as names
from kigen.policy import identifiers_net as net
from kigen.policy import identifiers_numbers as numbers
from kigen.policy import identifiers_places as places
from kigen.policy.identifiers import Identifier, Person
from kigen.policy.sorts import Sort

SPELLINGS: Mapping[Sort, Callable[[Person, str], Iterator[Identifier]]] = {
    Sort.NAME: names.of_one_field,
    Sort.COMPANY: names.of_a_company,
    Sort.USERNAME: names.of_a_login,
    Sort.ADDRESS: places.of_an_address,
    Sort.CITY: places.of_a_city,
    Sort.POSTCODE: places.of_a_postcode,
    Sort.BIRTHDAY: places.of_a_birthday,
    Sort.PHONE: numbers.of_a_telephone,
    Sort.TAX_ID: partial(numbers.of_a_number, Sort.TAX_ID),
    Sort.BANK_ACCOUNT: partial(numbers.of_a_number, Sort.BANK_ACCOUNT),
    Sort.CARD: partial(numbers.of_a_number, Sort.CARD),
    Sort.IDENTIFIER: partial(numbers.of_a_number, Sort.IDENTIFIER),
    Sort.SECRET: numbers.of_a_secret,
    Sort.TOKEN: numbers.of_a_secret,
    Sort.EMAIL: net.of_an_email,
    Sort.IP: net.of_an_ip,
    Sort.HOSTNAME: net.of_a_hostname,
    Sort.URL: net.of_a_url,
}
"""Countries, regions, subjects, free text, serialized data and user agents name nobody: what is inside them is found by
the other identifiers."""


def identifiers_of(person: Person) -> tuple[Identifier, ...]:
    """All identifiers of a person, each once and in a steady order; of two equal ones the stronger."""
    found: dict[tuple[Sort, str, str, str], Identifier] = {}
    for one in _all(person):
        key = (one.sort, one.pattern, one.code, one.meaning)
        if key not in found or one.strength > found[key].strength:
            found[key] = one
    return tuple(found.values())


def _all(person: Person) -> Iterator[Identifier]:
    for given, family in person.names:
        yield from names.of_a_name(person, given, family)
    for sort, text in person.values:
        if sort in SPELLINGS and text.strip():
            yield from SPELLINGS[sort](person, text.strip())

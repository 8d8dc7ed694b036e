"""Which columns go when one reason ends and others remain."""

from __future__ import annotations

import pytest

from kigen.policy.fates import Fate
from kigen.policy.guards import GUARDS
from kigen.policy.notation import table
from kigen.policy.reasons import SENTENCES
from kigen.policy.subtraction import EVERYTHING, NEEDED, needed_by, unneeded
from kigen.policy.vocabulary import Category

CLIENTS = table(
    "clients", Category.ACCOUNT, Fate.STAYS_MASKED,
    """
    name: name              | for contract billing support law
    email: email            | for contract billing support marketing
    phone: phone            | for contract support
    tax-id: vat             | for billing law
    hostname: domain        | for registration
    ip: ip                  | in technical
    country: country        | for billing law | kept tax
    """,
)  # fmt: skip


@pytest.mark.parametrize(
    ("reasons", "gone"),
    [
        (["unpaid-invoice"], ["phone", "domain", "ip"]),
        (["open-ticket"], ["vat", "domain", "ip"]),
        (["unpaid-invoice", "open-ticket"], ["domain", "ip"]),
        (["active-service"], ["domain"]),
        (["active-domain"], []),
        (["live-estimate"], ["vat", "domain", "ip"]),
        (["floor"], ["name", "email", "phone", "vat", "domain", "ip"]),
        (["floor", "credit-balance"], ["phone", "domain", "ip"]),
        ([], ["name", "email", "phone", "vat", "domain", "ip"]),
    ],
)
def test_only_what_no_remaining_reason_needs_goes(reasons: list[str], gone: list[str]) -> None:
    assert [field.name for field in unneeded(CLIENTS, reasons)] == gone


def test_an_address_of_which_marketing_lost_its_consent_stays_for_the_contract_and_marketings_own_goes() -> None:
    """D8"""
    agreed = table(
        "clients", Category.ACCOUNT, Fate.STAYS_MASKED,
        """
        email: email                | for contract marketing
        free-text: newsletter_topic | for marketing
        """,
    )  # fmt: skip
    assert [field.name for field in unneeded(agreed, ["active-service"])] == ["newsletter_topic"]
    assert [field.name for field in unneeded(agreed, ["unpaid-invoice"])] == ["email", "newsletter_topic"]


@pytest.mark.parametrize("code", ["hold", "open-request", "restricted", "contract", "unknown-state", "shop.loyalty"])
def test_a_reason_of_which_nobody_said_what_it_needs_keeps_everything(code: str) -> None:
    assert unneeded(CLIENTS, [code, "floor"]) == ()
    assert needed_by([code]) == EVERYTHING


def test_every_reason_here_is_one_that_is_given() -> None:
    assert NEEDED.keys() <= SENTENCES.keys()
    assert GUARDS.keys() - NEEDED.keys() <= {
        "foreign-item", "paid-invoice", "hold", "open-request", "restricted", "contract", "settling", "unknown-anchor",
        "unknown-state", "unwarned",
    }  # fmt: skip

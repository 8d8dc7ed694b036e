"""What FOSSBilling holds about people themselves: clients, and what hangs on a client alone; and the staff."""

from __future__ import annotations

from kigen.hosts.fossbilling.datamap_items import TIMES
from kigen.policy.datamap import Link
from kigen.policy.fates import Fate
from kigen.policy.notation import table
from kigen.policy.vocabulary import Category

PEOPLE = (
    table(
        "client_password_reset", Category.ACCOUNT, Fate.GOES,
        f"""
        token: hash             | for contract security
        ip: ip                  | in technical
        reference: id client_id
        {TIMES}
        """,
        Link("client_id", "client"),
    ),
    table(
        "extension_meta", Category.OTHER, Fate.GOES,
        f"""
        free-text: meta_value
        reference: id client_id rel_id rel_type
        configuration: extension meta_key
        {TIMES}
        """,
        Link("client_id", "client"),
    ),
    table(
        "client", Category.ACCOUNT, Fate.STAYS_MASKED,
        f"""
        name: first_name last_name          | for contract billing support registration law
        company: company                    | for contract billing support registration law
        email: email                        | for contract billing support registration marketing | distinct
        email: billing_email                | for billing
        address: address_1 address_2        | for contract billing registration law
        city: city                          | for contract billing registration law
        region: state                       | for contract billing registration law
        postcode: postcode                  | for contract billing registration law
        country: country                    | for contract billing registration law | kept tax
        phone: phone_cc phone               | for contract billing support registration
        tax-id: company_vat company_number  | for billing registration law
        tax-id: document_nr                 | for contract registration law
        birthday: birthday
        trait: gender document_type
        identifier: aid
        identifier: referred_by             | in marketing | for contract
        secret: pass salt                   | for contract security
        token: api_token                    | for contract security
        ip: ip                              | in technical | for security fraud
        free-text: notes                    | for contract support | withheld notes
        free-text: custom_1..20
        reference: id client_group_id
        amount: currency tax_exempt
        state: status email_approved
        choice: auth_type lang timezone type role
        {TIMES}
        """,
        holds="client",
    ),
)  # fmt: skip

STAFF = (
    table(
        "admin", Category.OTHER, Fate.STAFF,
        f"""
        name: name
        email: email
        secret: pass salt
        token: api_token
        free-text: signature
        reference: id admin_group_id
        configuration: permissions protected role status system_name timezone
        {TIMES}
        """,
    ),
    table("admin_password_reset", Category.OTHER, Fate.STAFF,
          f"token: hash\nip: ip\nby-staff: id admin_id\n{TIMES}"),
    table("activity_admin_history", Category.OTHER, Fate.STAFF, f"ip: ip\nby-staff: id admin_id\n{TIMES}"),
)  # fmt: skip

"""What FOSSBilling holds about what a client bought: orders, which are the services as well, and what was set up."""

from __future__ import annotations

from kigen.policy.datamap import Link, Table
from kigen.policy.fates import Fate
from kigen.policy.notation import table
from kigen.policy.vocabulary import Category

TIMES = "date: created_at updated_at"
_LINKS = (Link("client_id", "client"), Link("id", "order", target="service_id"))


def _set_up(name: str, category: Category, columns: str) -> Table:
    """What was set up for an order. It names its client; its order names it, by type and number."""
    return table(name, category, Fate.STAYS_MASKED, f"{columns}\nreference: id client_id\n{TIMES}", *_LINKS)


ITEMS = (
    table(
        "client_order_meta", Category.ACCOUNT, Fate.GOES,
        f"""
        free-text: value
        reference: id client_order_id
        configuration: name
        {TIMES}
        """,
        Link("client_order_id", "order"),
    ),
    table(
        "client_order_status", Category.ACCOUNT, Fate.GOES,
        f"""
        free-text: notes        | withheld notes
        reference: id client_order_id
        state: status
        {TIMES}
        """,
        Link("client_order_id", "order"),
    ),
    table(
        "client_order", Category.ACCOUNT, Fate.STAYS_MASKED,
        """
        subject: title
        json: config            | for contract registration
        free-text: reason
        free-text: notes        | withheld notes
        identifier: referred_by | in marketing | for contract
        reference: id client_id product_id form_id promo_id group_id service_id unpaid_invoice_id
        goods: service_type period quantity unit invoice_option promo_recurring promo_used group_master
        amount: currency price discount
        state: status
        date: activated_at canceled_at expires_at suspended_at unsuspended_at created_at updated_at
        """,
        Link("client_id", "client"),
        holds="order service",
    ),
    _set_up("service_apikey", Category.ACCOUNT, "token: api_key\njson: config"),
    _set_up("service_custom", Category.ACCOUNT, "free-text: f1..10\njson: config plugin_config\nconfiguration: plugin"),
    _set_up(
        "service_domain", Category.DOMAIN,
        """
        hostname: sld                   | for contract support registration
        hostname: ns1..4                | in technical
        secret: transfer_code
        name: contact_first_name contact_last_name
        company: contact_company
        email: contact_email
        address: contact_address1 contact_address2
        city: contact_city
        region: contact_state
        postcode: contact_postcode
        country: contact_country
        phone: contact_phone_cc contact_phone
        serialized: details
        reference: tld_registrar_id
        goods: tld period
        choice: privacy locked
        state: action
        date: expires_at registered_at synced_at
        """,
    ),
    _set_up("service_downloadable", Category.ACCOUNT, "subject: filename stored_filename\ncount: downloads"),
    _set_up(
        "service_hosting", Category.ACCOUNT,
        """
        hostname: sld                   | for contract support registration
        username: username
        secret: pass
        ip: ip                          | in technical
        reference: service_hosting_hp_id service_hosting_server_id
        goods: tld reseller
        """,
    ),
    _set_up(
        "service_license", Category.ACCOUNT,
        """
        token: license_key              | distinct
        ip: ips                         | in technical
        hostname: hosts                 | in technical
        free-text: paths                | in technical
        json: config
        configuration: plugin
        choice: validate_host validate_ip validate_path validate_version versions
        date: checked_at pinged_at
        """,
    ),
    _set_up("service_membership", Category.ACCOUNT, "json: config"),
)  # fmt: skip
"""What staff noted along an order's way bills nothing, so it goes even where a floor keeps the order."""

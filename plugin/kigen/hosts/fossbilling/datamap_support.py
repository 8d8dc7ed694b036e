"""What FOSSBilling holds about conversations and what happened: tickets, mails, logs, sessions and carts."""

from __future__ import annotations

from kigen.hosts.fossbilling.datamap_items import TIMES
from kigen.policy.datamap import Link
from kigen.policy.fates import Fate
from kigen.policy.notation import table
from kigen.policy.vocabulary import Category

_QUEUED = f"""
    email: recipient        | for contract billing support
    name: to_name           | for contract billing support
    subject: subject        | for contract billing support
    free-text: content      | for contract billing support
    reference: id client_id
    by-staff: admin_id
    configuration: sender from_name priority
    state: status tries
    {TIMES}
"""

SUPPORT = (
    table(
        "support_ticket_message_history", Category.SUPPORT, Fate.GOES,
        f"""
        free-text: content
        reference: id support_ticket_message_id
        by-staff: admin_id
        {TIMES}
        """,
        Link("support_ticket_message_id", "message"),
    ),
    table(
        "support_ticket_message", Category.SUPPORT, Fate.GOES,
        f"""
        free-text: content
        subject: attachment
        ip: ip                  | in technical
        reference: id client_id support_ticket_id
        by-staff: admin_id
        {TIMES}
        """,
        Link("support_ticket_id", "ticket"),
        holds="message",
    ),
    table(
        "support_ticket_note", Category.SUPPORT, Fate.GOES,
        f"""
        free-text: note         | withheld notes
        reference: id support_ticket_id
        by-staff: admin_id
        {TIMES}
        """,
        Link("support_ticket_id", "ticket"),
    ),
    table(
        # A visitor's ticket names no client: it is found by the address and the name in it.
        "support_ticket", Category.SUPPORT, Fate.GOES,
        f"""
        name: author_name
        email: author_email
        token: access_hash
        subject: subject
        free-text: rel_new_value
        reference: id client_id rel_id rel_type support_helpdesk_id
        state: status priority rel_status rel_task
        {TIMES}
        """,
        Link("client_id", "client"),
        holds="ticket",
    ),
    table(
        "support_p_ticket_message", Category.SUPPORT, Fate.MASKED,
        f"""
        free-text: content
        ip: ip                  | in technical
        reference: id support_p_ticket_id
        by-staff: admin_id
        {TIMES}
        """,
        Link("support_p_ticket_id", "support_p_ticket"),
    ),
    table(
        "support_p_ticket", Category.SUPPORT, Fate.MASKED,
        f"""
        name: author_name
        email: author_email
        subject: subject
        token: hash
        reference: id
        state: status
        {TIMES}
        """,
    ),
    table(
        "activity_client_email", Category.SUPPORT, Fate.GOES,
        f"""
        email: recipients                       | for contract billing support
        subject: subject attachment_name        | for contract billing support
        free-text: content_html content_text attachment_content | for contract billing support
        reference: id client_id
        configuration: sender attachment_mime
        {TIMES}
        """,
        Link("client_id", "client"),
    ),
    table("mod_email_queue", Category.SUPPORT, Fate.GOES, _QUEUED, Link("client_id", "client")),
    table(
        "email_queue", Category.SUPPORT, Fate.GOES,
        f"""
        {_QUEUED}
        subject: attachment_name                | for contract billing support
        free-text: attachment_content           | for contract billing support
        configuration: attachment_mime
        """,
        Link("client_id", "client"),
    ),
    table(
        "mod_massmailer", Category.MARKETING, Fate.MASKED,
        f"""
        free-text: content
        json: filter
        reference: id
        configuration: from_email from_name subject
        state: status
        date: sent_at
        {TIMES}
        """,
    ),
    table("activity_client_history", Category.TECHNICAL, Fate.GOES,
          f"ip: ip\nreference: id client_id\n{TIMES}", Link("client_id", "client")),
    table(
        "activity_system", Category.TECHNICAL, Fate.GOES,
        f"""
        free-text: message
        ip: ip
        reference: id client_id
        by-staff: admin_id
        state: priority
        {TIMES}
        """,
        Link("client_id", "client"),
    ),
    table(
        "api_request", Category.TECHNICAL, Fate.MASKED,
        """
        ip: ip
        free-text: request
        reference: id
        date: created_at
        """,
    ),
    table(
        "queue_message", Category.TECHNICAL, Fate.MASKED,
        f"""
        serialized: body
        free-text: log
        reference: id queue_id
        configuration: execute_at handle handler hash timeout
        {TIMES}
        """,
    ),
    table("cart_product", Category.ACCOUNT, Fate.FOUND_GOES, "json: config\nreference: id cart_id product_id",
          Link("cart_id", "cart")),
    table(
        "cart", Category.ACCOUNT, Fate.FOUND_GOES,
        f"""
        token: session_id
        reference: id currency_id promo_id
        {TIMES}
        """,
        Link("session_id", "session"),
    ),
    table(
        "session", Category.TECHNICAL, Fate.FOUND_GOES,
        """
        token: id
        free-text: content      | withheld secret
        json: fingerprint       | for security fraud | withheld secret
        date: modified_at created_at
        """,
    ),
)  # fmt: skip
"""A session names its client only inside its content, and a cart only its session."""

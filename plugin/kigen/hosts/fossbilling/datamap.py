"""Which tables and columns FOSSBilling 0.7 and 0.8 have, both versions in one, and which may identify a person.

The first words of a table are personal, those after the bar are not. Free text, whatever a module writes, and secrets
of one person count as personal; links to a client are no more personal than the row that they lead to.
"""

from __future__ import annotations

from kigen.hosts.port import Column

_CUSTOM = " ".join(f"custom_{number}" for number in range(1, 21))

_OF_PEOPLE: dict[str, str] = {
    "activity_admin_history": "ip | id admin_id created_at updated_at",
    "activity_client_email": "sender recipients subject content_html content_text attachment_name"
    " attachment_content | id client_id attachment_mime created_at updated_at",
    "activity_client_history": "ip | id client_id created_at updated_at",
    "activity_system": "message ip | id client_id admin_id priority created_at updated_at",
    "admin": "email pass salt name signature api_token | id admin_group_id permissions protected role status"
    " system_name timezone created_at updated_at",
    "admin_password_reset": "hash ip | id admin_id created_at updated_at",
    "api_request": "ip request | id created_at",
    "cart": "session_id | id currency_id promo_id created_at updated_at",
    "cart_product": "config | id cart_id product_id",
    "client": "aid email billing_email pass salt first_name last_name gender birthday phone_cc phone company"
    " company_vat company_number address_1 address_2 city state postcode country document_type document_nr notes ip"
    f" api_token referred_by {_CUSTOM} | id"
    " auth_type client_group_id currency email_approved lang role status tax_exempt timezone type created_at"
    " updated_at",
    "client_balance": "description | id client_id amount rel_id type created_at updated_at",
    "client_order": "title reason notes config referred_by | id client_id activated_at canceled_at currency"
    " discount expires_at form_id group_id group_master invoice_option period price product_id promo_id"
    " promo_recurring promo_used quantity service_id service_type status suspended_at unit unpaid_invoice_id"
    " unsuspended_at created_at updated_at",
    "client_order_meta": "value | id client_order_id name created_at updated_at",
    "client_order_status": "notes | id client_order_id status created_at updated_at",
    "client_password_reset": "hash ip | id client_id created_at updated_at",
    "extension_meta": "meta_value | id client_id extension meta_key rel_id rel_type created_at updated_at",
    "invoice": "hash notes text_1 text_2 buyer_first_name buyer_last_name buyer_company buyer_company_vat"
    " buyer_company_number buyer_address buyer_city buyer_state buyer_country buyer_zip buyer_phone buyer_phone_cc"
    " buyer_email | id client_id approved base_income base_refund credit currency currency_rate due_at gateway_id"
    " hash_expires_at nr paid_at refund reminded_at seller_address seller_company seller_company_number"
    " seller_company_vat seller_email seller_phone serie status taxname taxrate created_at updated_at",
    "invoice_item": "title | id charged invoice_id period price quantity rel_id status task taxed type unit"
    " created_at updated_at",
    "mod_email_queue": "recipient sender subject content to_name | id client_id admin_id from_name priority"
    " status tries created_at updated_at",
    "mod_massmailer": "content filter | id from_email from_name sent_at status subject created_at updated_at",
    "queue_message": "body log | id execute_at handle handler hash queue_id timeout created_at updated_at",
    "service_apikey": "api_key config | id client_id created_at updated_at",
    "service_custom": "plugin_config config f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 | id client_id plugin created_at updated_at",
    "service_domain": "sld transfer_code details contact_email contact_company contact_first_name"
    " contact_last_name contact_address1 contact_address2 contact_city contact_state contact_postcode contact_country"
    " contact_phone_cc contact_phone | id client_id action expires_at locked ns1 ns2 ns3 ns4 period privacy"
    " registered_at synced_at tld tld_registrar_id created_at updated_at",
    "service_downloadable": "filename stored_filename | id client_id downloads created_at updated_at",
    "service_hosting": "sld username pass ip | id client_id reseller service_hosting_hp_id"
    " service_hosting_server_id tld created_at updated_at",
    "service_license": "license_key ips hosts paths config | id client_id checked_at pinged_at plugin"
    " validate_host validate_ip validate_path validate_version versions created_at updated_at",
    "service_membership": "config | id client_id created_at updated_at",
    "session": "id content fingerprint | modified_at created_at",
    "subscription": "sid | id client_id amount currency pay_gateway_id period rel_id rel_type status created_at"
    " updated_at",
    "support_p_ticket": "hash author_name author_email subject | id status created_at updated_at",
    "support_p_ticket_message": "content ip | id admin_id support_p_ticket_id created_at updated_at",
    "support_ticket": "access_hash author_name author_email subject rel_new_value | id client_id priority rel_id"
    " rel_status rel_task rel_type status support_helpdesk_id created_at updated_at",
    "support_ticket_message": "content attachment ip | id client_id admin_id support_ticket_id created_at updated_at",
    "support_ticket_note": "note | id admin_id support_ticket_id created_at updated_at",
    "transaction": "txn_id s_id ip ipn ipn_hash output note error | id amount currency error_code gateway_id"
    " invoice_id s_period status txn_status type validate_ipn created_at updated_at",
    "email_queue": "recipient sender subject content to_name attachment_name attachment_content | id client_id"
    " admin_id attachment_mime from_name priority status tries created_at updated_at",
    "support_ticket_message_history": "content | id admin_id support_ticket_message_id created_at updated_at",
}

# The platform itself: products, prices, texts, settings. Staff's names in them are the operator's own business.
_OF_THE_PLATFORM: dict[str, str] = {
    "admin_group": "| id name parent_id permissions protected system_name created_at updated_at",
    "client_group": "| id title created_at updated_at",
    "currency": "| id code conversion_rate format is_default price_format title created_at updated_at",
    "email_template": "| id action_code category content description enabled error_checked_at is_custom"
    " is_overridden last_error subject vars",
    "extension": "| id name status type version",
    "form": "| id name style created_at updated_at",
    "form_field": "| id default_value description form_id hidden hide_label is_unique label name options prefix"
    " readonly required show_initial show_middle show_prefix show_suffix suffix text_size type created_at updated_at",
    "pay_gateway": "| id accepted_currencies allow_recurrent allow_single config enabled gateway name test_mode",
    "post": "| id admin_id content description expires_at image publish_at published_at section slug status title"
    " created_at updated_at",
    "product": "| id active addons allow_quantity_select config description form_id hidden icon_url is_addon"
    " plugin plugin_config priority product_category_id product_payment_id quantity_in_stock setup slug status"
    " stock_control title type unit upgrades created_at updated_at",
    "product_category": "| id description icon_url title created_at updated_at",
    "product_payment": "| id a_enabled a_price a_setup_price b_enabled b_price b_setup_price bia_enabled"
    " bia_price bia_setup_price m_enabled m_price m_setup_price once_price once_setup_price q_enabled q_price"
    " q_setup_price tria_enabled tria_price tria_setup_price type w_enabled w_price w_setup_price",
    "promo": "| id active client_groups code description end_at freesetup maxuses once_per_client periods"
    " products recurring start_at type used value created_at updated_at",
    "queue": "| id iteration module name timeout created_at updated_at",
    "service_hosting_hp": "| id bandwidth config max_addon max_ftp max_park max_pop max_sql max_sub name quota"
    " created_at updated_at",
    "service_hosting_server": "| id accesshash active assigned_ips config hostname ip manager max_accounts name"
    " ns1 ns2 ns3 ns4 password password_length port secure status_url username created_at updated_at",
    "setting": "| id category hash param public value created_at updated_at",
    "support_helpdesk": "| id can_reopen close_after email name signature created_at updated_at",
    "support_kb_article": "| id content kb_article_category_id slug status title views created_at updated_at",
    "support_kb_article_category": "| id description slug title created_at updated_at",
    "support_pr": "| id content support_pr_category_id title created_at updated_at",
    "support_pr_category": "| id title created_at updated_at",
    "tax": "| id country level name state taxrate created_at updated_at",
    "tld": "| id active allow_register allow_transfer min_years price_registration price_renew price_transfer tld"
    " tld_registrar_id created_at updated_at",
    "tld_registrar": "| id config name registrar test_mode",
    "admin_group_member": "| id admin_group_id admin_id created_at",
    "email_template_group": "| id admin_group_id email_template_id created_at",
    "promo_redemption": "| id client_id client_order_id committed_at currency discount_amount invoice_id phase"
    " promo_id release_reason released_at status created_at updated_at",
}


def _columns(table: str, words: str) -> list[Column]:
    personal, _, others = words.partition("|")
    return [Column(table, name, part is personal) for part in (personal, others) for name in part.split()]


COLUMNS = tuple(
    column for table, words in {**_OF_PEOPLE, **_OF_THE_PLATFORM}.items() for column in _columns(table, words)
)
KNOWN = frozenset(f"{column.table}.{column.name}" for column in COLUMNS)

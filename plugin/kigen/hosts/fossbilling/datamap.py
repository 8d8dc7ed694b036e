"""The data map of FOSSBilling, 0.7 and 0.8 in one: the files beside this one put together, and the platform itself."""

from __future__ import annotations

from kigen.hosts.fossbilling.datamap_items import ITEMS
from kigen.hosts.fossbilling.datamap_money import MONEY
from kigen.hosts.fossbilling.datamap_people import PEOPLE, STAFF
from kigen.hosts.fossbilling.datamap_support import SUPPORT
from kigen.policy.datamap import DataMap
from kigen.policy.fates import Fate
from kigen.policy.notation import table
from kigen.policy.vocabulary import Category

# Products, prices, texts and settings. Staff's names in them are the operator's own business.
_OF_THE_PLATFORM = {
    "admin_group": "id name parent_id permissions protected system_name created_at updated_at",
    "client_group": "id title created_at updated_at",
    "currency": "id code conversion_rate format is_default price_format title created_at updated_at",
    "email_template": "id action_code category content description enabled error_checked_at is_custom"
    " is_overridden last_error subject vars",
    "extension": "id name status type version",
    "form": "id name style created_at updated_at",
    "form_field": "id default_value description form_id hidden hide_label is_unique label name options prefix"
    " readonly required show_initial show_middle show_prefix show_suffix suffix text_size type created_at updated_at",
    "pay_gateway": "id accepted_currencies allow_recurrent allow_single config enabled gateway name test_mode",
    "post": "id admin_id content description expires_at image publish_at published_at section slug status title"
    " created_at updated_at",
    "product": "id active addons allow_quantity_select config description form_id hidden icon_url is_addon"
    " plugin plugin_config priority product_category_id product_payment_id quantity_in_stock setup slug status"
    " stock_control title type unit upgrades created_at updated_at",
    "product_category": "id description icon_url title created_at updated_at",
    "product_payment": "id a_enabled a_price a_setup_price b_enabled b_price b_setup_price bia_enabled"
    " bia_price bia_setup_price m_enabled m_price m_setup_price once_price once_setup_price q_enabled q_price"
    " q_setup_price tria_enabled tria_price tria_setup_price type w_enabled w_price w_setup_price",
    "promo": "id active client_groups code description end_at freesetup maxuses once_per_client periods"
    " products recurring start_at type used value created_at updated_at",
    "queue": "id iteration module name timeout created_at updated_at",
    "service_hosting_hp": "id bandwidth config max_addon max_ftp max_park max_pop max_sql max_sub name quota"
    " created_at updated_at",
    "service_hosting_server": "id accesshash active assigned_ips config hostname ip manager max_accounts name"
    " ns1 ns2 ns3 ns4 password password_length port secure status_url username created_at updated_at",
    "setting": "id category hash param public value created_at updated_at",
    "support_helpdesk": "id can_reopen close_after email name signature created_at updated_at",
    "support_kb_article": "id content kb_article_category_id slug status title views created_at updated_at",
    "support_kb_article_category": "id description slug title created_at updated_at",
    "support_pr": "id content support_pr_category_id title created_at updated_at",
    "support_pr_category": "id title created_at updated_at",
    "tax": "id country level name state taxrate created_at updated_at",
    "tld": "id active allow_register allow_transfer min_years price_registration price_renew price_transfer tld"
    " tld_registrar_id created_at updated_at",
    "tld_registrar": "id config name registrar test_mode",
    "admin_group_member": "id admin_group_id admin_id created_at",
    "email_template_group": "id admin_group_id email_template_id created_at",
}

PLATFORM = tuple(
    table(name, Category.OTHER, Fate.NOBODY, f"configuration: {columns}") for name, columns in _OF_THE_PLATFORM.items()
)

MAP = DataMap("fossbilling", (*ITEMS, *MONEY, *SUPPORT, *PEOPLE, *STAFF, *PLATFORM))

KNOWN = MAP.known
"""`table.column` of everything in the map."""

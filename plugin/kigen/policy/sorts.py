"""The sorts of value a personal column can hold: a sort decides which mask fits and which word a client reads.

The data maps of the hosts, the masks and the pages all share these names.
"""

from __future__ import annotations

from kigen.policy.vocabulary import Word


class Sort(Word):
    """What a column's value is, to the mask that must replace it."""

    NAME = "name", "pd:Name", "Name", "氏名"
    COMPANY = "company", "pd:Professional", "Company", "会社名"
    ADDRESS = "address", "pd:PhysicalAddress", "Address", "住所"
    CITY = "city", "pd:City", "City", "市区町村"
    REGION = "region", "pd:Region", "State or prefecture", "都道府県・州"
    POSTCODE = "postcode", "pd:PostalCode", "Postcode", "郵便番号"
    COUNTRY = "country", "pd:Country", "Country", "国"
    PHONE = "phone", "pd:TelephoneNumber", "Telephone number", "電話番号"
    EMAIL = "email", "pd:EmailAddress", "Email address", "メールアドレス"
    IP = "ip", "pd:IPAddress", "IP address", "IPアドレス"
    HOSTNAME = "hostname", "pd:Identifier", "Domain or host name", "ドメイン名・ホスト名"
    URL = "url", "pd:Identifier", "Web address", "URL"
    USERNAME = "username", "pd:Username", "User name", "ユーザー名"
    BIRTHDAY = "birthday", "pd:BirthDate", "Date of birth", "生年月日"
    TAX_ID = "tax-id", "pd:OfficialID", "Tax, company or identity document number", "税務番号・法人番号・身分証番号"
    BANK_ACCOUNT = "bank-account", "pd:BankAccount", "Bank account", "銀行口座"
    CARD = "card", "pd:PaymentCard", "Payment card", "支払カード"
    SECRET = "secret", "pd:Password", "Password or other secret", "パスワードその他の秘密情報"
    TOKEN = "token", "pd:Authenticating", "Access token or link key", "アクセストークン・リンクの鍵"
    FREE_TEXT = "free-text", "pd:Communication", "Text", "文章"
    SUBJECT = "subject", "pd:Communication", "Title or description", "件名・摘要"
    SERIALIZED = "serialized", "dpv:PersonalData", "Stored data (PHP)", "保存データ（PHP）"
    JSON = "json", "dpv:PersonalData", "Stored data (JSON)", "保存データ（JSON）"
    IDENTIFIER = "identifier", "pd:Identifier", "Number at an outside service", "外部サービスでの識別番号"
    USER_AGENT = "user-agent", "pd:UserAgent", "Browser", "ブラウザー"
    TRAIT = "trait", "pd:Demographic", "Trait, chosen from a list", "属性（選択項目）"  # such as a gender: emptied

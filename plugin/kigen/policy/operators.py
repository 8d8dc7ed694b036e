"""Who the operator is, as rows of the table of settings: every notice and page takes it from here (Art. 21-23)."""

from __future__ import annotations

from kigen.policy import values
from kigen.policy.setting import Setting

JAPANESE = "_ja"
"""What the name of a setting ends with that holds the same in Japanese; blank: as in English."""

_ROWS: tuple[tuple[str, str, str, str, str], ...] = (
    ("operator.name", "", "Name of the operator, as notices give it.", "通知に記載する事業者名（英語）。",
     "Article 22"),
    ("operator.name_ja", "", "Name of the operator in Japanese. Blank: as in English.",
     "通知に記載する事業者名（日本語）。空欄の場合は英語と同じ。", "Article 22"),
    ("operator.address", "", "Postal address of the operator.", "事業者の所在地（英語）。", "Article 22"),
    ("operator.address_ja", "", "Postal address in Japanese. Blank: as in English.",
     "事業者の所在地（日本語）。空欄の場合は英語と同じ。", "Article 22"),
    ("operator.representative", "", "Who represents the operator, by office and name.",
     "事業者の代表者の役職と氏名（英語）。", "Article 22"),
    ("operator.representative_ja", "", "The same in Japanese. Blank: as in English.",
     "事業者の代表者の役職と氏名（日本語）。空欄の場合は英語と同じ。", "Article 22"),
    ("operator.contact", "", "Mail address to which questions about personal data go.",
     "個人情報に関する問い合わせ先のメールアドレス。", "Article 21"),
    ("operator.hours", "weekdays 10:00-17:00 Japan time, except holidays and year-end",
     "When the contact is staffed.", "問い合わせの受付時間（英語）。", "Article 21"),
    ("operator.hours_ja", "平日10:00～17:00（日本時間、祝日・年末年始を除く）",
     "The same in Japanese. Blank: as in English.", "問い合わせの受付時間（日本語）。空欄の場合は英語と同じ。",
     "Article 21"),
    ("operator.portal", "", "Address of the client portal.", "顧客ポータルの URL。", "Article 14"),
    ("operator.representative_eu", "", "Representative in the EU (GDPR Art. 27). Blank: none is named.",
     "EU 代理人（GDPR 第27条）。空欄の場合は記載しません。", "Article 23"),
    ("operator.representative_uk", "", "Representative in the UK (UK GDPR Art. 27). Blank: none is named.",
     "英国代理人（UK GDPR 第27条）。空欄の場合は記載しません。", "Article 23"),
    ("operator.transfers", "Japan, for which the EU and the United Kingdom decided adequacy",
     "Countries to which data goes, with the safeguard.", "データの移転先の国と保護措置（英語）。", "Article 10"),
    ("operator.transfers_ja", "日本（欧州委員会および英国による十分性認定の対象）",
     "The same in Japanese. Blank: as in English.", "データの移転先の国と保護措置（日本語）。空欄の場合は英語と同じ。",
     "Article 10"),
    ("authorities.jp", "Personal Information Protection Commission, https://www.ppc.go.jp/en/",
     "Supervisory authority for people in Japan.", "日本に居住する方の監督機関（英語）。", "Article 13"),
    ("authorities.jp_ja", "個人情報保護委員会（https://www.ppc.go.jp/）",
     "The same in Japanese. Blank: as in English.", "日本に居住する方の監督機関（日本語）。空欄の場合は英語と同じ。",
     "Article 13"),
    ("authorities.eea", "that of the country of residence, listed at https://www.edpb.europa.eu/",
     "Supervisory authority for people in the EEA.", "EEA に居住する方の監督機関（英語）。", "Article 13"),
    ("authorities.eea_ja", "居住国の監督機関（一覧：https://www.edpb.europa.eu/）",
     "The same in Japanese. Blank: as in English.", "EEA に居住する方の監督機関（日本語）。空欄の場合は英語と同じ。",
     "Article 13"),
    ("authorities.uk", "Information Commissioner, https://ico.org.uk/",
     "Supervisory authority for people in the UK.", "英国に居住する方の監督機関（英語）。", "Article 13"),
    ("authorities.uk_ja", "英国情報コミッショナー（https://ico.org.uk/）",
     "The same in Japanese. Blank: as in English.", "英国に居住する方の監督機関（日本語）。空欄の場合は英語と同じ。",
     "Article 13"),
)  # fmt: skip

OPERATORS: tuple[Setting, ...] = (
    *(Setting(name, values.line, default, (english, japanese), article)
      for name, default, english, japanese, article in _ROWS),
    Setting("notices.binding", values.language, "ja",
            ("Language whose words count where two texts of a notice differ: en or ja.",
             "言語により内容が異なる場合に優先する言語（en または ja）。"), "Article 24"),
    Setting("consents.host_field", values.name, "",
            ("Column of clients that holds yes or no to offers, such as custom_3. Blank: the platform's own mark.",
             "案内の可否（yes / no）を保持する顧客の項目名（例：custom_3）。空欄の場合はシステム標準の項目。"),
            "Article 19"),
    Setting("consents.guardian_ages", values.ages, "",
            ("Ages below which a guardian must consent, such as JP=16, DE=16. Blank: those of the law.",
             "保護者の同意を必要とする年齢（例：JP=16, DE=16）。空欄の場合は法令に基づく既定の年齢。"), "Article 20"),
)  # fmt: skip

NEEDED = ("operator.name", "operator.address", "operator.representative", "operator.contact", "operator.portal")
"""Without these nobody can tell who speaks, so that nothing is published."""

"""Who the invented clients are: the words of their names, companies, towns and addresses, by country.

Names are written as people write them; after a slash stands the Latin spelling that a mail address can use.
Domains and mail addresses end in what is reserved for examples, telephone numbers in what no one can ring.
"""

import unicodedata
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True)
class Country:
    """The words of one country; `share` is its part of a hundred clients, a town is city, state, postcode."""

    code: str
    share: int
    language: str
    currency: int
    phone: str
    given: str
    family: str
    firms: str
    firm: str
    streets: str
    street: str
    towns: str


COUNTRIES = (
    Country(
        "JP", 60, "japanese", 1, "+81.900000{:04d}",
        "陽翔/haruto/ハルト 蒼/aoi/アオイ 大和/yamato/ヤマト 健太/kenta/ケンタ 直樹/naoki/ナオキ "
        "誠/makoto/マコト 隆/takashi/タカシ "
        "浩二/koji/コウジ 和也/kazuya/カズヤ 拓海/takumi/タクミ 結衣/yui/ユイ 葵/aoi/アオイ "
        "美咲/misaki/ミサキ 恵子/keiko/ケイコ "
        "由美/yumi/ユミ 真理/mari/マリ 千尋/chihiro/チヒロ 彩花/ayaka/アヤカ 直子/naoko/ナオコ 七海/nanami/ナナミ",
        "佐藤/sato/サトウ 鈴木/suzuki/スズキ 高橋/takahashi/タカハシ 田中/tanaka/タナカ 伊藤/ito/イトウ "
        "渡辺/watanabe/ワタナベ "
        "山本/yamamoto/ヤマモト 小林/kobayashi/コバヤシ 加藤/kato/カトウ 吉田/yoshida/ヨシダ "
        "佐々木/sasaki/ササキ 松本/matsumoto/マツモト "
        "千葉/chiba/チバ 菅原/sugawara/スガワラ 阿部/abe/アベ 及川/oikawa/オイカワ 早坂/hayasaka/ハヤサカ "
        "遠藤/endo/エンドウ "
        "大友/otomo/オオトモ 三浦/miura/ミウラ",
        "青凪/aonagi 月雫/tsukishizuku 雪笹/yukizasa 星樫/hoshigashi 葦風/ashikaze 朝霞野/asakano 北燈/hokuto "
        "鳴瀬浜/narusehama",
        "株式会社{} {}合同会社 {}工房 {}商店 有限会社{}",
        "中央 本町 駅前通 緑ヶ丘 川原町 桜木", "{street}{number}番地",
        "大崎市,宮城県,989-00 仙台市青葉区,宮城県,980-00 盛岡市,岩手県,020-00 東京都千代田区,東京都,100-00 "
        "横浜市西区,神奈川県,220-00 "
        "名古屋市中区,愛知県,460-00 大阪市北区,大阪府,530-00 福岡市博多区,福岡県,812-00 札幌市中央区,北海道,060-00",
    ),
    Country(
        "DE", 14, "german", 2, "+49.3023125{:03d}",
        "Lukas Jürgen Anke Sabine Matthias Heike Björn Katrin Uwe Lena",
        "Müller Schäfer Vogt Brandt Krüger Lindner Weiß Hoppe Ahrens",
        "Kieselbach Nordhain Silberwiese Tannlicht", "{}-GmbH {}-Systeme-UG {}-Werkstatt",
        "Lindenweg Bahnhofstraße Am-Mühlbach Schulgasse", "{street} {number}",
        "Leipzig,Sachsen,0400 Kassel,Hessen,3400 Lübeck,Schleswig-Holstein,2300 Augsburg,Bayern,8600",
    ),
    Country(
        "FR", 9, "french", 2, "+33.1990000{:02d}",
        "Élodie Mathieu Céline Julien Hélène Benoît Chloé Antoine",
        "Lefèvre Moreau Girard Faure Noël Chevalier Bonnet Perrin",
        "Hautebrise Clairval Boisdoré Rivemont", "SARL-{} Atelier-{} {}-SAS",
        "rue-des-Tilleuls rue-du-Moulin place-de-la-Gare", "{number} {street}",
        "Rennes,Bretagne,3500 Dijon,Bourgogne,2100 Nantes,Loire,4400",
    ),
    Country(
        "NL", 7, "dutch", 2, "+31.200000{:03d}",
        "Sanne Daan Femke Joris Lotte Sander Maaike", "de-Vries Jansen van-Dijk Visser Smit Mulder Bos",
        "Wilgendam Zilvermeer Oosterlicht", "{}-B.V. {}-Media",
        "Kastanjelaan Molenstraat Kade", "{street} {number}",
        "Utrecht,Utrecht,3500 Groningen,Groningen,9700 Delft,Zuid-Holland,2600",
    ),
    Country(
        "GB", 7, "english", 3, "+44.1632960{:03d}",
        "Harriet Oliver Imogen Callum Priya Rhys Eleanor Tom",
        "Ashworth Bennett Clarke Holloway Mistry Pritchard Sutton Walsh",
        "Larkfield Quillmoor Thornbeck", "{}-Ltd {}-Digital-LLP",
        "Mill-Lane Station-Road The-Green", "{number} {street}",
        "York,North_Yorkshire,YO1 Bristol,Avon,BS1 Cardiff,South_Glamorgan,CF1",
    ),
    Country(
        "IT", 3, "italian", 2, "+39.0600000{:03d}",
        "Giulia Marco Francesca Davide Chiara",
        "Rinaldi Ferri Colombo Gallo Marini",
        "Pietralba Montechiaro",
        "{}-S.r.l. Studio-{}",
        "via-dei-Mille via-Garibaldi", "{street} {number}", "Bologna,BO,4010 Torino,TO,1010",
    ),
)  # fmt: skip

ENDINGS = ("example", "example.jp", "example.com", "example.net", "example.org", "example.co.jp")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Person:
    """One invented client; `reading` is the kana of a Japanese name, `label` the first part of its domains."""

    country: Country
    first: str
    last: str
    reading: str
    company: str
    email: str
    label: str
    address: str
    city: str
    state: str
    postcode: str
    phone: str


def latin(text: str) -> str:
    """Lower case, letters a-z and hyphens only."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_GERMAN)).encode("ascii", "ignore").decode()
    return "".join(c for c in plain.replace(" ", "-") if c.isalnum() or c == "-")


@dataclass
class Names:
    """Invents people; no two share a mail address or a domain label."""

    taken: set[str] = field(default_factory=set)

    def person(self, rng: Random) -> Person:
        """A new person, with a company in about half of the cases."""
        country = rng.choices(COUNTRIES, [c.share for c in COUNTRIES])[0]
        given, family = rng.choice(country.given.split()), rng.choice(country.family.split())
        (first, first_latin, first_kana), (last, last_latin, last_kana) = _parts(given), _parts(family)
        firm, firm_latin, _ = _parts(rng.choice(country.firms.split()))
        company = rng.choice(country.firm.split()).replace("-", " ").format(firm) if rng.random() < 0.5 else ""
        label = self.unique(firm_latin if company else f"{last_latin}-{first_latin}")
        mailbox = self.unique(f"{first_latin}.{last_latin}")
        city, state, postcode = rng.choice(country.towns.split()).replace("_", " ").split(",")
        street = rng.choice(country.streets.split()).replace("-", " ")
        return Person(
            country, first, last, f"{last_kana} {first_kana}".strip(), company,
            f"{mailbox}@{label}.example" if company else f"{mailbox}@{rng.choice(ENDINGS[1:])}", label,
            country.street.format(street=street, number=rng.randint(1, 99)), city, state,
            f"{postcode}{rng.randint(1, 9)}{'0' if country.code == 'JP' else ''}",
            country.phone.format(rng.randrange(100)),
        )  # fmt: skip

    def unique(self, wish: str) -> str:
        """The wish, with a number after it when somebody has it already."""
        word, number = wish, 1
        while word in self.taken:
            number += 1
            word = f"{wish}{number}"
        self.taken.add(word)
        return word


def _parts(word: str) -> tuple[str, str, str]:
    """Written form, Latin spelling and reading of a word of the tables."""
    written, *more = word.split("/")
    written = written.replace("-", " ")
    return written, more[0] if more else latin(written), more[1] if len(more) > 1 else ""


def ip(rng: Random) -> str:
    """An address from the ranges reserved for documentation."""
    return f"{rng.choice(('192.0.2', '198.51.100', '203.0.113'))}.{rng.randrange(1, 255)}"

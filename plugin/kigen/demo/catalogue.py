"""What the demo host sells: products, add-ons, domain endings, billing cycles, taxes, ways to pay, estimates."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

YEN, EURO, POUND = 1, 2, 3
GATEWAYS = {
    YEN: ("stripe", "banktransfer", "paypal"),
    EURO: ("stripe", "sepa", "paypal"),
    POUND: ("stripe", "paypal"),
}
CYCLES = {1: "Monthly", 3: "Quarterly", 6: "Semi-Annually", 12: "Annually", 24: "Biennially"}


@dataclass(frozen=True)
class Product:
    """A product with its price a month in yen."""

    id: int
    name: str
    yen: int


PRODUCTS = (
    Product(1, "Cloud VPS 1G", 880),
    Product(2, "Cloud VPS 2G", 1580),
    Product(3, "Cloud VPS 4G", 2980),
    Product(4, "Web Hosting Light", 550),
    Product(5, "Web Hosting Business", 1320),
    Product(6, "SSL Certificate DV", 150),
    Product(7, "SSL Certificate OV", 1200),
)
ADDONS = (Product(1, "Daily Backup", 330), Product(2, "Additional IPv4 Address", 220), Product(3, "Monitoring", 440))
DOMAIN_YEN_A_YEAR = {"example": 1980, "example.jp": 3300, "example.com": 1680, "example.net": 1780, "example.org": 1780}
# Months paid for at once, as often as clients choose them; most pay by the year.
USUAL_CYCLES = (1, 3, 6, 12, 12, 12, 12, 12, 12, 12, 12, 24)
SHORT_CYCLES = (3, 6, 6)


def price(yen: int, currency: int, months: int = 1) -> Decimal:
    """The price of so many months before tax, in the client's currency."""
    if currency == YEN:
        return Decimal(yen * months)
    return (Decimal(yen * months) / (155 if currency == EURO else 185)).quantize(Decimal("0.1"))


def tax_rate(country: str, day: datetime) -> int:
    """Japanese consumption tax of the day, in percent; nothing is charged abroad."""
    if country != "JP":
        return 0
    if day < datetime(2014, 4, 1):
        return 5
    return 8 if day < datetime(2019, 10, 1) else 10


def tax_on(amount: Decimal, rate: int, currency: int) -> Decimal:
    """Tax rounded down, to the yen or the cent."""
    return (amount * rate / 100).quantize(Decimal(1) if currency == YEN else Decimal("0.01"), rounding="ROUND_DOWN")

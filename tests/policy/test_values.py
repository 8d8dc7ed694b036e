"""How the text of a setting is read: each parser's edges, and the whole sentence of each error."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from kigen.policy import settings, values

ADDRESS = "is not one of a MySQL or MariaDB server; expected mysql+pymysql://user:password@host:3306," \
          " in a password %2C for a comma, %40 for an @"  # fmt: skip
TWO = "mysql://one:3306 , mariadb+pymysql://u:p@[::1]:3307/db\nmysql+pymysql://u@two"
READ: list[tuple[str, str, Any]] = [
    ("money", "0", Decimal(0)), ("money", "0.01", Decimal("0.01")), ("money", "12", Decimal(12)),
    *[("flag", word, True) for word in ("on", "yes", "true", "1", "On", " TRUE ")],
    *[("flag", word, False) for word in ("off", "no", "false", "0", "No", " OFF ")],
    ("count", "0", 0), ("count", " 7 ", 7), ("count", "999999999", 999_999_999),
    ("at_least_one", "1", 1), ("at_least_one", "2", 2),
    ("share", "0", Decimal(0)), ("share", "100", Decimal(100)), ("share", " 2.5% ", Decimal("2.5")),
    ("month_day", "", None), ("month_day", "  ", None), ("month_day", " 03-31 ", (3, 31)), ("month_day", "1-1", (1, 1)),
    ("month_day", "12-31", (12, 31)), ("month_day", "02-29", (2, 29)),
    *[("month_day", f"{month}-30", (month, 30)) for month in (4, 6, 9, 11)],
    *[("month_day", f"{month}-31", (month, 31)) for month in (1, 3, 5, 7, 8, 10, 12)],
    ("years", "", frozenset()), ("years", " 1900, 2024  2199,", frozenset({1900, 2024, 2199})),
    ("name", "", None), ("name", "  ", None), ("name", " client.delete-inactive ", "client.delete-inactive"),
    ("url", "", ""), ("url", "  ", ""), ("url", " https://a.example/b ", "https://a.example/b"),
    ("url", "http://a.example", "http://a.example"),
    ("secret", " k e y ", "k e y"),
    ("databases", "", ()), ("databases", " , ", ()),
    ("databases", TWO, ("mysql://one:3306", "mariadb+pymysql://u:p@[::1]:3307/db", "mysql+pymysql://u@two")),
]  # fmt: skip


@pytest.mark.parametrize(("parser", "text", "value"), READ)
def test_a_text_is_read_as_this_value(parser: str, text: str, value: Any) -> None:
    found = getattr(values, parser)(text)
    assert (found, type(found)) == (value, type(value))


REFUSED: list[tuple[str, str, str]] = [
    ("money", "much", "'much' is not an amount; expected a number such as 0.01"),
    ("money", "-0.01", "'-0.01' is not an amount; expected zero or more"),
    ("money", "Infinity", "'Infinity' is not an amount; expected zero or more"),
    ("flag", "perhaps", "'perhaps' is neither on nor off; expected 'on' or 'off'"),
    ("count", "1.5", "'1.5' is not a count; expected a whole number, zero or more"),
    ("count", "1000000000000", "'1000000000000' is not a count; expected a whole number, zero or more"),
    ("at_least_one", "0", "'0' is not enough; expected one or more"),
    ("share", "100.1", "'100.1' is not a share; expected a percentage from 0 to 100"),
    ("share", "5X%", "'5X' is not an amount; expected a number such as 0.01"),
    ("month_day", "31/03", "'31/03' is not a day of the year; expected MM-DD such as 03-31"),
    ("month_day", "x03-31", "'x03-31' is not a day of the year; expected MM-DD such as 03-31"),
    *[("month_day", text, f"'{text}' is not a day of the year; expected MM-DD such as 03-31")
      for text in ("00-10", "13-10", "03-00", "03-32", "003-31", "03-031")],
    *[("month_day", text, f"'{text}' is in no calendar; expected the last day of the fiscal year, such as 02-28")
      for text in ("02-30", "04-31", "06-31", "09-31", "11-31")],
    *[("years", text, f"'{text}' is not a list of years; expected such as 2024, 2025")
      for text in ("24", "1899", "2200", "2024;2025", "2024, 20255")],
    *[("url", text, f"'{text}' is not an address; expected one that begins with https:// or http://")
      for text in ("ftp://x", "https://", "https:///x", "HTTPS//x", "x https://y")],
    ("databases", "mysql://one postgres://two", f"address 2 of 2 {ADDRESS}"),
    ("databases", "one", f"address 1 of 1 {ADDRESS}"),
    ("databases", "mysql://u:p@one@two", f"address 1 of 1 {ADDRESS}"),
]  # fmt: skip


@pytest.mark.parametrize(("parser", "text", "said"), REFUSED)
def test_what_cannot_be_read_is_refused_with_this_sentence(parser: str, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$") as error:
        getattr(values, parser)(text)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None


def test_years_of_a_floor_are_a_number_that_a_law_could_mean() -> None:
    for wrong in ("0", "31", "500"):
        with pytest.raises(ValueError, match="from 1 to 30"):
            settings.read({"floors.years": wrong}, "floors.years")
    assert settings.read({"floors.years": "10"}, "floors.years") == 10

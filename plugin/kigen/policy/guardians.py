"""From which age a person consents alone, by country of residence; below it a parent or guardian must (Art. 20).

GDPR Art. 8(1) leaves the age to each member state between 13 and 16, and says 16 where a state said nothing (Germany,
Hungary, Poland, Romania and others). Set by national law, such as: Austria DSG § 4(4), Belgium Act of 30 July 2018
Art. 7, Czechia Act 110/2019 § 7, Denmark databeskyttelsesloven § 6 (15 since 1 January 2024), France Loi Informatique
et Libertés Art. 45, Ireland Act of 2018 s. 31, Italy Codice Art. 2-quinquies, Slovenia ZVOP-2, Spain LOPDGDD Art. 7.
The United Kingdom: Data Protection Act 2018 s. 9, 13. Norway: 13 in force and 15 before parliament; the higher stands.
Japan: no age in the law; the commission's Q&A 1-62 to its guidelines says 12 to 15 as a rule, by the kind of data and
of business. Contracts of minors can be cancelled until 18 (Civil Code Art. 4, 5), so 18 is taken, the careful reading.
Where a country's age is disputed the higher one stands; the operator's own word goes before the table.
"""

from __future__ import annotations

from collections.abc import Mapping

AGES: Mapping[str, int] = {
    "AT": 14, "BE": 13, "BG": 14, "CY": 14, "CZ": 15, "DE": 16, "DK": 15, "EE": 13, "ES": 14, "FI": 13, "FR": 15,
    "GB": 13, "GR": 15, "HR": 16, "HU": 16, "IE": 16, "IS": 13, "IT": 14, "JP": 18, "LI": 16, "LT": 14, "LU": 16,
    "LV": 13, "MT": 13, "NL": 16, "NO": 15, "PL": 16, "PT": 13, "RO": 16, "SE": 13, "SI": 15, "SK": 16,
}  # fmt: skip

ELSEWHERE = 18
"""Of a country that is not in the table, or that nobody told."""


def is_needed(age: int | None, country: str, own: Mapping[str, int]) -> bool:
    """Whether a guardian must consent; of whom nobody knows the age, none is asked for."""
    country = {"UK": "GB"}.get(country.upper(), country.upper())
    return age is not None and age < own.get(country, AGES.get(country, ELSEWHERE))

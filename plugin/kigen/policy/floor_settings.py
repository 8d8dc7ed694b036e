"""From what the years follow that the law wants documents kept, as rows of the table of settings (Article 11)."""

from __future__ import annotations

from kigen.policy import values
from kigen.policy.setting import Setting

FLOOR_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "floors.fiscal_year_end",
        values.month_day,
        "",
        (
            "Last day of the fiscal year, MM-DD. Blank: not answered, ten years are kept.",
            "事業年度の末日（MM-DD）。空欄の場合は未回答として10年保存します。",
        ),
        "Article 11",
        True,
    ),
    Setting(
        "floors.filing_months",
        values.between(0, 24),
        "2",
        (
            "Months from the year's end to the tax filing deadline: 0 to 24.",
            "事業年度末から申告期限までの月数（0～24）。",
        ),
        "Article 11",
        True,
    ),
    Setting(
        "floors.years",
        values.between(1, 30),
        "7",
        ("Years that the law wants documents kept: 1 to 30.", "法令による書類の保存年数（1～30）。"),
        "Article 11",
        True,
    ),
    Setting(
        "floors.loss_years",
        values.years,
        "",
        (
            "Fiscal years (by the year they end in) with a loss: ten years are kept.",
            "欠損の生じた事業年度（終了する年）。10年保存します。",
        ),
        "Article 11",
        True,
    ),
    Setting(
        "floors.company_books",
        values.flag,
        "off",
        ("Keep all documents ten years, as company books.", "会社の帳簿としてすべて10年保存するかどうか。"),
        "Article 11",
        True,
    ),
)
"""All are part of the schedule: another answer makes another plan."""

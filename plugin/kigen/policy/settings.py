"""Every setting, declared once: name, type, default, words, article; form, parser, docs and errors come from here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kigen.policy.floors import Floors
from kigen.policy.periods import Term, parse_term
from kigen.policy.schedule import RULES, Rule, Schedule


def _term(text: str) -> Term | None:
    return parse_term(text)


def _money(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount; expected a number such as 0.01") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{text!r} is not an amount; expected zero or more")
    return amount


def _flag(text: str) -> bool:
    words = {"on": True, "yes": True, "true": True, "1": True, "off": False, "no": False, "false": False, "0": False}
    if text.strip().lower() not in words:
        raise ValueError(f"{text!r} is neither on nor off; expected 'on' or 'off'")
    return words[text.strip().lower()]


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,12}", text.strip()):
        raise ValueError(f"{text!r} is not a count; expected a whole number, zero or more")
    return int(text)


def _share(text: str) -> Decimal:
    share = _money(text.strip().rstrip("%"))
    if share > 100:
        raise ValueError(f"{text!r} is not a share; expected a percentage from 0 to 100")
    return share


def _month_day(text: str) -> tuple[int, int] | None:
    if not text.strip():
        return None
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text.strip())
    if not match or not 1 <= int(match[1]) <= 12 or not 1 <= int(match[2]) <= 31:
        raise ValueError(f"{text!r} is not a day of the year; expected MM-DD such as 03-31")
    return int(match[1]), int(match[2])


def _years(text: str) -> frozenset[int]:
    parts = [part for part in re.split(r"[,\s]+", text.strip()) if part]
    if not all(re.fullmatch(r"(19|20|21)\d\d", part) for part in parts):
        raise ValueError(f"{text!r} is not a list of years; expected such as 2024, 2025")
    return frozenset(int(part) for part in parts)


def _rule_id(text: str) -> str | None:
    return text.strip() or None


def _url(text: str) -> str:
    if text.strip() and not re.match(r"https?://[^\s/]+", text.strip()):
        raise ValueError(f"{text!r} is not an address; expected one that begins with https:// or http://")
    return text.strip()


def _secret(text: str) -> str:
    return text.strip()


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `parse` reads the stored text and raises ValueError with what was expected."""

    name: str
    parse: Callable[[str], object]
    default: str
    words: tuple[str, str]
    article: str
    is_rule: bool = False  # changing it changes what is due: the next sweep previews first
    is_secret: bool = False


def _rule_setting(rule: Rule) -> Setting:
    verb = {"delete": ("deleted", "削除"), "archive": ("archived", "保管"), "anonymise": ("anonymised", "匿名化")}[
        rule.effect.value
    ]
    return Setting(
        f"schedule.{rule.id}", _term, str(rule.term or ""),
        (f"Term after which a {rule.kind.value} ({rule.state}) is {verb[0]}, counted from: {rule.clock}. Blank: never.",
         f"規則 {rule.id} の期間（経過後に{verb[1]}）。空欄の場合は行いません。"),
        "Appendix 1", is_rule=True,
    )  # fmt: skip


_OTHER: tuple[Setting, ...] = (
    Setting("schedule.prefer", _rule_id, "", ("Rule that acts when several could at once. Blank: the strongest, then earliest.",
            "複数の規則が同時に当たるとき優先する規則。空欄の場合は最も強い効果、次に最も早い期日の規則。"), "Appendix 1", True),
    Setting("schedule.settling", _term, "7 days", ("How long a record is kept after kigen saw its state change.",
            "状態の変化を確認してから記録を保持する期間。"), "Appendix 1", True),
    Setting("guards.smallest_credit", _money, "0.01", ("Smallest credit balance that keeps a client.",
            "顧客を保持する理由となる前払残高の最小額。"), "Appendix 1", True),
    Setting("guards.unpaid_limit", _term, "", ("Longest time after the due date that an unpaid invoice keeps a client. Blank: no limit.",
            "未払い請求書が顧客を保持する、期日からの最長期間。空欄の場合は無期限。"), "Appendix 1", True),
    Setting("deletion.sign_in_moves_date", _flag, "on", ("Whether an own sign-in after a deletion request moves its date.",
            "削除依頼の後に本人がログインしたとき、期日を延ばすかどうか。"), "Appendix 1, 5", True),
    Setting("floors.fiscal_year_end", _month_day, "", ("Last day of the fiscal year, MM-DD. Blank: not answered, ten years are kept.",
            "事業年度の末日（MM-DD）。空欄の場合は未回答として10年保存します。"), "Article 11", True),
    Setting("floors.filing_months", _count, "2", ("Months from the year's end to the tax filing deadline.",
            "事業年度末から申告期限までの月数。"), "Article 11", True),
    Setting("floors.years", _count, "7", ("Years that the law wants documents kept.", "法令による書類の保存年数。"), "Article 11", True),
    Setting("floors.loss_years", _years, "", ("Fiscal years (by the year they end in) with a loss: ten years are kept.",
            "欠損の生じた事業年度（終了する年）。10年保存します。"), "Article 11", True),
    Setting("floors.company_books", _flag, "off", ("Keep all documents ten years, as company books.",
            "会社の帳簿としてすべて10年保存するかどうか。"), "Article 11", True),
    Setting("brakes.records", _count, "10000", ("Most records that one run may act on without a person's confirmation.",
            "確認なしに一度の実行で処理できる記録の上限。"), "Article 17"),
    Setting("brakes.client_share", _share, "1", ("Largest share of the clients, in percent, that one run may act on.",
            "一度の実行で処理できる顧客の割合（％）。"), "Article 17"),
    Setting("brakes.share", _share, "10", ("Largest share of any other table, in percent, that one run may delete.",
            "一度の実行で削除できるその他の表の割合（％）。"), "Article 17"),
    Setting("brakes.median", _count, "10", ("How many times the median of the last 30 runs a run may act on.",
            "過去30回の中央値の何倍まで処理できるか。"), "Article 17"),
    Setting("brakes.minimum", _count, "20", ("A run that acts on no more records than this never trips a share or median.",
            "この件数以下の実行では割合と中央値の制限を適用しません。"), "Article 17"),
    Setting("brakes.clock_back", _count, "600", ("Seconds that the machine's clock may have gone back since the last run.",
            "前回の実行から時計が戻ってよい秒数。"), "Article 17"),
    Setting("brakes.clock_forward", _count, "92", ("Days that may lie between two runs before the clock is doubted.",
            "時計を疑うまでの、前回の実行からの日数。"), "Article 17"),
    Setting("sweep.chunk", _count, "200", ("Records that one transaction handles at most.", "一つのトランザクションで扱う記録の上限。"), "Article 17"),
    Setting("throttle.replica_lag", _count, "30", ("Seconds of replica lag above which a run waits. 0: do not look.",
            "レプリカの遅延がこの秒数を超えると待ちます。0 の場合は確認しません。"), "Article 17"),
    Setting("throttle.replica_unknown", _rule_id, "go", ("What a run does where the lag cannot be read: go or wait.",
            "遅延が分からないときの動作（go または wait）。"), "Article 17"),
    Setting("throttle.history_length", _count, "1000000", ("InnoDB history list length above which a run waits. 0: do not look.",
            "InnoDB の履歴の長さがこれを超えると待ちます。0 の場合は確認しません。"), "Article 17"),
    Setting("throttle.patience", _count, "300", ("Seconds that a run waits for the database to calm down before it stops.",
            "データベースが落ち着くまで待つ秒数。"), "Article 17"),
    Setting("heartbeat.url", _url, "", ("Address that is told of every run; its silence is the alarm.",
            "実行ごとに知らせる先の URL。知らせが途絶えたら警報です。"), "Article 17"),
    Setting("heartbeat.secret", _secret, "", ("Key that signs heartbeats (HMAC-SHA256).", "知らせの署名に使う鍵（HMAC-SHA256）。"), "Article 17",
            is_secret=True),
)  # fmt: skip


def declared(rules: Iterable[Rule] = RULES) -> dict[str, Setting]:
    """All settings by name, those of plugins' rules included."""
    settings = (*(_rule_setting(rule) for rule in rules), *_OTHER)
    return {setting.name: setting for setting in settings}


def read(values: Mapping[str, str], name: str, rules: Iterable[Rule] = RULES) -> object:
    """The parsed value of a setting: the stored one, else the default.

    Raises ValueError that names the setting, the value and what was expected; KeyError for an unknown name.
    """
    setting = declared(rules)[name]
    try:
        return setting.parse(values.get(name, setting.default))
    except ValueError as error:
        raise ValueError(f"setting {name}: {error}") from None


def schedule_from(
    values: Mapping[str, str],
    zone: str,
    rules: tuple[Rule, ...] = RULES,
    guards: Mapping[str, object] | None = None,
    is_working_day: Callable[..., bool] | None = None,
) -> Schedule:
    """The schedule with the operator's settings; raises ValueError as `read` does."""
    import dataclasses

    def value(name: str) -> object:
        return read(values, name, rules)

    floors = Floors(
        fiscal_year_end=value("floors.fiscal_year_end"),  # type: ignore[arg-type]  # each parser fixes its own type
        filing_months=value("floors.filing_months"),  # type: ignore[arg-type]
        years=value("floors.years"),  # type: ignore[arg-type]
        loss_years=value("floors.loss_years"),  # type: ignore[arg-type]
        company_books=value("floors.company_books"),  # type: ignore[arg-type]
    )
    if is_working_day:
        floors = dataclasses.replace(floors, is_working_day=is_working_day)
    schedule = Schedule(
        zone=zone,
        rules=tuple(
            dataclasses.replace(rule, term=value(f"schedule.{rule.id}"))  # type: ignore[arg-type]  # _term's own type
            for rule in rules
        ),
        settling=value("schedule.settling"),  # type: ignore[arg-type]
        smallest_credit=value("guards.smallest_credit"),  # type: ignore[arg-type]
        unpaid_limit=value("guards.unpaid_limit"),  # type: ignore[arg-type]
        sign_in_moves_date=value("deletion.sign_in_moves_date"),  # type: ignore[arg-type]
        prefer=value("schedule.prefer"),  # type: ignore[arg-type]
        floors=floors,
    )
    return dataclasses.replace(schedule, guards={**schedule.guards, **guards}) if guards else schedule  # type: ignore[dict-item]

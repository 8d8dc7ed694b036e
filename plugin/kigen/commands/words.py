"""What commands say to a person, in English and Japanese: the lines about a decision, and what a certificate proves.

Reasons, settings and the plan's page bring their own two languages; `--lang` and the setting kigen.language choose.
"""

from __future__ import annotations

from collections.abc import Mapping

from kigen.commands.words_erasing import ERASING, HEADINGS
from kigen.policy.reasons import NAMES_JA

ACTIONS: Mapping[str, tuple[str, str]] = {
    "keep": ("keep", "保持"), "archive": ("archive", "保管"), "anonymise": ("anonymise", "匿名化"),
    "delete": ("delete", "削除"), "gone": ("gone", "削除済み"),
}  # fmt: skip

SOURCES: Mapping[str, tuple[str, str]] = {
    "observed": ("observed", "通知"), "read": ("read", "読み取り"), "assumed": ("assumed", "推定"),
}  # fmt: skip

WORDS: Mapping[str, tuple[str, str]] = {
    "explained": ("{name}{of}{state}: {action}{by}{due}.", "{name}{of}{state}：{action}{by}{due}。"),
    "of": (" of client {client}", "、顧客 {client}"),
    "by": (" by {rule}", "、規則 {rule}"),
    "due": (", due {due}", "、期日 {due}"),
    "as of": ("As of {at} ({zone}).", "{at}（{zone}）の時点です。"),
    "plan": ("Plan as of {at} ({zone})", "{at}（{zone}）時点の計画"),
    "none": ("{title}: none", "{title}：なし"),
    "more shown": (
        "… and {number:,} more; --json lists them all, --report writes a page.",
        "ほか {number:,} 件。すべては --json で、ページは --report で出力できます。",
    ),
    "more of this sort": (
        "… and {number:,} more of this sort (--json has all).",
        "同様の理由がほか {number:,} 件あります（すべては --json で表示します）。",
    ),
    "counted": ("{action}: {counts}", "{action}：{counts}"),
    "due but kept": ("due, but kept: {counts}", "期限到来、保持：{counts}"),
    "records read": ("{number:,} records read.", "{number:,} 件の記録を読み取りました。"),
    "nothing": ("none", "なし"),
    "good": (
        "{file} is good. It proves: {record} on {host} was {done} on {at}, by the rule {rule}{due}.",
        "{file} は有効な証明書です。{host} の{record}が、規則 {rule} により {at} に{done}されたことを証明します{due}。",
    ),
    "holds together": (
        "{file} holds together. It says: {record} on {host} was {done} on {at}, by the rule {rule}{due}.",
        "{file} の内容に矛盾はありません。{host} の{record}が、規則 {rule} により {at} に{done}されたと記しています"
        "{due}。",
    ),
    "was due": (" (due {due})", "（期日 {due}）"),
    "entry": (
        "Done by {actor}, entry {seq} of a chain of {entries} that was signed on {signed} ({zone}); nothing in it was"
        " changed since.",
        "実行者は {actor}、全 {entries} 項目の連鎖の第 {seq} 項目です。{signed}（{zone}）に署名され、その後の変更は"
        "ありません。",
    ),
    "key": ("Signed by the key {name} ({hex}).", "署名した鍵：{name}（{hex}）。"),
    "no proof": (
        "{file} is not good and proves nothing. At fault: {part}; {problem}.",
        "{file} は無効で、何も証明しません。問題の箇所：{part}（{problem}）。",
    ),
    "which key": (
        "nobody said which key to trust: compare {name} with the one that the operator publishes, or name the"
        " operator's key file with --key",
        "信頼する鍵が指定されていません。{name} を運営者が公開している鍵と照合するか、--key で運営者の鍵のファイルを"
        "指定してください",
    ),
    "bundle": (
        "Bundle {number}: {file}, {size:,} bytes{parts}. SHA-256 {sha256}.",
        "データ一式 {number}：{file}、{size:,} バイト{parts}。SHA-256 {sha256}。",
    ),
    "in parts": (" in {count} parts", "（{count} 分割）"),
    "incomplete": ("the bundle is incomplete: {problem}", "データ一式に欠けている部分があります：{problem}"),
    "file until": (
        "The file is deleted after {until}, or earlier with its client.",
        "ファイルは {until} 以降に削除します。顧客がそれより先に削除された場合は、ともに削除します。",
    ),
    "bundles": ("Bundles", "データ一式"),
    "bundle deleted": ("Bundle {number} is deleted.", "データ一式 {number} を削除しました。"),
    "bundle elsewhere": (
        "Bundle {number} was not where it had been written, or another file is there: nothing was deleted.",
        "データ一式 {number} は作成した場所にないか、別のファイルに置き換わっています。何も削除していません。",
    ),
    "bundle good, signed": (
        "{count} files verified; the key {key} signed them.",
        "{count} 個のファイルを確認しました。変更はなく、鍵 {key} で署名されています。",
    ),
    "bundle good, signature unknown": (
        "{count} files verified by themselves; --key tells whether the operator signed them.",
        "{count} 個のファイルを確認しました。変更はありません。運営者の署名かどうかは --key で確認できます。",
    ),
    "bundle good, unsigned": (
        "{count} files verified by themselves; nobody signed them.",
        "{count} 個のファイルを確認しました。変更はありませんが、署名がありません。",
    ),
    "bundle changed": ("{file} is not as it was made.", "{file} は作成時の内容と異なります。"),
    "past": (
        "this run decided and acted as of {at}, while the machine's clock says {clock} ({zone}); its record and its"
        " evidence bear the instant that was stated",
        "この実行は、マシンの時計が {clock} を示すなか、{at}（{zone}）の時点として判断し、処理しました。実行記録と"
        "証跡には指定された日時が残ります",
    ),
    **ERASING,
}  # fmt: skip

COLUMNS: Mapping[str, str] = {
    "Record": "記録", "Client": "顧客", "Then": "処理", "Rule": "規則", "Due": "期日", "Why": "理由", "Clock": "起算",
    "Started": "起算日時", "Known": "根拠", "Kept by": "保持の理由", "Left as it is": "残した箇所", "Places": "件数",
    "Rows": "行", "Setting": "設定", "Value": "値", "Set": "変更済み", "Means": "意味",
    "Section": "区分", "Bundle": "番号", "Kind": "種類", "State": "状態", "Made": "作成", "By": "実行者",
    "Bytes": "バイト", "Kept until": "保管期限", "Request": "請求",
    **HEADINGS,
}  # fmt: skip
"""The Japanese of the headings of tables."""

DONE: Mapping[str, tuple[str, str]] = {
    "delete": ("deleted", "削除"),
    "anonymise": ("anonymised, but for what a law or a claim needs,", "（法令や請求に必要な部分を除き）匿名化"),
    "archive": ("archived", "保管"),
    "empty": ("emptied of what rested on consent", "同意のみに基づく項目を消去"),
    "unarchive": ("opened again", "保管から復元"), "undo": ("brought back", "復元"),
}  # fmt: skip
"""What evidence calls what was done."""


def say(language: str, what: str, **values: object) -> str:
    """A sentence of WORDS."""
    return WORDS[what][language == "ja"].format(**values)


def named(language: str, kind: str, number: object) -> str:
    """A record by its kind and number."""
    return f"{NAMES_JA.get(kind, kind)} {number}" if language == "ja" else f"{kind} {number}"


def headings(language: str, *columns: str) -> list[str]:
    """The headings of a table."""
    return [COLUMNS.get(one, one) for one in columns] if language == "ja" else list(columns)


def by_name(language: str, counts: Mapping[str, int]) -> dict[str, int]:
    """Counts of records by the name of their kind."""
    return {NAMES_JA.get(kind, kind) if language == "ja" else kind: number for kind, number in counts.items()}

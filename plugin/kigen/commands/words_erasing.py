"""What `erase`, `undo`, `replay` and `hold` say to a person, in English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping

ERASING: Mapping[str, tuple[str, str]] = {
    "would delete": ("Client {client}: would be deleted{by}.", "顧客 {client}：{by}削除します。"),
    "did delete": ("Client {client}: deleted{by}.", "顧客 {client}：{by}削除しました。"),
    "would anonymise": ("Client {client}: would be anonymised{by}.", "顧客 {client}：{by}匿名化します。"),
    "did anonymise": ("Client {client}: anonymised{by}.", "顧客 {client}：{by}匿名化しました。"),
    "would keep": ("Client {client}: would be kept{by}.", "顧客 {client}：{by}保持します。"),
    "did keep": ("Client {client}: kept{by}.", "顧客 {client}：{by}保持しました。"),
    "by an order": (" by an officer's order", "担当者の指示により"),
    "nobody": (
        "there is no client {client} on {host}; what is left of one whose row is gone goes with --orphans",
        "{host} に顧客 {client} は存在しません。顧客の行がすでにない場合、残った記録は --orphans で削除できます",
    ),
    "no orphans": (
        "nothing is left of a client {client} whose row is gone on {host}",
        "{host} に、行のない顧客 {client} の記録は残っていません",
    ),
    "copies would go": (
        "The sealed copies of what kigen had deleted before would be destroyed: {number:,}.",
        "以前に kigen が削除した記録の封印した写しを廃棄します：{number:,} 件。",
    ),
    "copies went": (
        "The sealed copies of what kigen had deleted before are destroyed: {number:,}.",
        "以前に kigen が削除した記録の封印した写しを廃棄しました：{number:,} 件。",
    ),
    "known": (
        "  {name}{status}{since}; services: {services:,}, invoices: {invoices:,}.",
        "  {name}{status}{since}、サービス {services:,} 件、請求書 {invoices:,} 件。",
    ),
    "named": ("{name}: ", "{name}："),
    "since": (", registered {day}", "、登録日 {day}"),
    "no status": ("no status", "状態なし"),
    "unchanged": (
        "It was anonymised before, and there is nothing more to change: nothing was done.",
        "すでに匿名化されており、変更するものはありません。何も行いませんでした。",
    ),
    "run took": ("Run {run}: done in {seconds:.1f} s.", "実行 {run}：{seconds:.1f} 秒で完了しました。"),
    "stopped early": ("stopped before the end: {text}", "途中で停止しました：{text}"),
    "undo what": (
        "what should be undone? expected the number of a RUN, or --list",
        "取り消す実行を指定してください。実行の番号、または --list が必要です",
    ),
    "no such run": ("there is no run {run}", "実行 {run} は存在しません"),
    "can come back": ("What 'kigen undo RUN' can bring back", "'kigen undo 番号' で復元できるもの"),
    "opened again": ("opened again", "保管から復元"),
    "would come back": ("would come back", "復元の予定"),
    "brought back": ("brought back", "復元"),
    "left alone": ("left as they are", "変更なし"),
    "undone": (
        "Run {run}: opened {opened:,} of the clients that run {of} archived.",
        "実行 {run}：実行 {of} が保管した顧客のうち {opened:,} 件を元に戻しました。",
    ),
    "not back": (
        "nothing of client {client} came back: {text}",
        "顧客 {client} の記録は復元されませんでした：{text}",
    ),
    "more not back": (
        "and nothing of {number:,} more clients; --json tells why",
        "ほか {number:,} 件の顧客も復元されませんでした。理由は --json で確認できます",
    ),
    "changed since": (
        "rows of others that were cleared and have changed since stay as they are: {counts}",
        "消去後に変更された他の顧客の行は、そのまま残ります：{counts}",
    ),
    "file not back": (
        "the file {name} does not come back: rows name it, and it was removed",
        "ファイル {name} は復元されません。行には名前がありますが、ファイルは削除済みです",
    ),
    "stays gone": (
        "run {of} deleted {counts}; no copy of it is kept: what did not come back will stay gone",
        "実行 {of} は {counts} を削除しました。写しがないため、戻らなかったものは復元できません",
    ),
    "rest stays gone": (
        "of what run {of} deleted, {counts} stay gone",
        "実行 {of} が削除したもののうち、{counts} は削除されたままです",
    ),
    "nothing archived": (
        "run {of} archived nothing that is archived still",
        "実行 {of} が保管し、現在も保管中のものはありません",
    ),
    "again": ("to {action} again", "再び{action}"),
    "by rule": ("  by {rule}", "  規則 {rule}"),
    "archived": ("archived", "保管"), "deleted": ("deleted", "削除"), "anonymised": ("anonymised", "匿名化"),
    "nothing returned": ("Nothing that was erased is there.", "消去した記録は戻っていません。"),
    "put back": (
        "{number:,} entries of evidence were given back to the database.",
        "証跡 {number:,} 件をデータベースに戻しました。",
    ),
    "lost between": (
        "holds, contracts, requests, settings and consents noted after {since} and before the backup was put back"
        " (now it"
        " is {until}) are not in this database: enter them again before the next sweep",
        "{since} からバックアップを戻すまで（現在 {until}）に登録した保全、契約、請求、設定、同意は、この"
        "データベースにありません。次の実行の前に登録し直してください",
    ),
    "the beginning": ("the beginning", "開始時"),
    "and more": ("… and {number:,} more (--json has all)", "ほか {number:,} 件（すべては --json で表示します）"),
    "hold placed": (
        "Hold {hold} keeps {scope} until {until}.{silence}",
        "保全 {hold} により、{scope} を{until}まで保持します。{silence}",
    ),
    "until released": ("it is released", "解除"),
    "hold silent": (" The client is not told of it.", "この保全は顧客に知らせません。"),
    "hold on nothing": (
        "{host} has no {scope} now; the hold is placed and holds it should it come back",
        "{host} に {scope} は現在ありません。保全は登録し、記録が戻った場合に適用します",
    ),
    "holds": ("Holds", "保全"),
    "hold released": ("Hold {hold} is released.", "保全 {hold} を解除しました。"),
    "no hold": (
        "there is no hold {hold}; 'kigen hold list' shows them",
        "保全 {hold} はありません。一覧は 'kigen hold list' で確認できます",
    ),
    "released before": (
        "hold {hold} was released already, by {by} on {on}",
        "保全 {hold} は {on} に {by} がすでに解除しています",
    ),
    "second person": (
        "hold {hold} was placed by {by}; expected another person to release it (--actor)",
        "保全 {hold} は {by} が登録したものです。解除は別の担当者が行ってください（--actor）",
    ),
    "hold in the past": (
        "--until is {until!r}, which has passed; expected a date to come, or none",
        "--until の {until!r} は過ぎています。今後の日付を指定するか、省略してください",
    ),
    "blank reason": (
        "--reason is blank; expected why, for the record",
        "--reason が空欄です。記録に残す理由を入力してください",
    ),
    "events what": (
        "which events? expected a FILE (- for standard input), or --list",
        "取り込むイベントを指定してください。ファイル（標準入力は -）、または --list が必要です",
    ),
    "events optional": (
        "'event' and these keys are needed; 'id' is that of the record, keys with data. stand inside 'data'. Other keys"
        " are optional: the hooks' specifications (kigen.specs) name them.",
        "'event' と上記の項目が必須です。'id' は記録の番号、data. の付く項目は 'data' の中に記します。そのほかの"
        "項目は任意で、フックの仕様（kigen.specs）に記載しています。",
    ),
    "in force": ("in force", "有効"), "released": ("released", "解除済み"), "ended": ("ended", "終了"),
    "yes": ("yes", "あり"), "never": ("never", "なし"),
}  # fmt: skip
"""Sentences and words by what they say."""

HEADINGS: Mapping[str, str] = {
    "Table": "テーブル", "Rows gone": "削除した行", "Rows masked": "匿名化した行",
    "Rows that would go": "削除する行", "Rows that would be masked": "匿名化する行",
    "Run": "実行", "Deleted on": "削除日", "Records": "記録", "Hold": "保全", "On": "対象", "Until": "期限",
    "Told": "顧客への通知", "Reason": "理由", "Placed": "登録", "Level": "重要度", "Code": "コード", "What": "内容",
    "Findings": "確認が必要な事項", "Event": "イベント", "Family": "分類", "Keys": "必須の項目",
}  # fmt: skip
"""The Japanese of the headings of their tables."""

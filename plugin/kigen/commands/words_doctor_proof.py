"""What `doctor` finds of evidence, keys, backups, stamps, the server and whom rows tell apart, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

OF_PROOF: Mapping[str, tuple[str, str]] = {
    "replay-pending": (
        "A replay has begun and not ended: run 'kigen replay' again.",
        "再適用（replay）が途中で終わっています。もう一度 'kigen replay' を実行してください。",
    ),
    "evidence-owed": (
        "Sealed copies that were destroyed and that evidence does not tell of yet: {number:,}. The next run writes"
        " it, or"
        " 'kigen replay' where a backup was put back.",
        "廃棄済みで、まだ証跡に残していない封印した写しが {number:,} 件あります。次の実行で記録します。バックアップを"
        "戻した場合は 'kigen replay' を実行してください。",
    ),
    "evidence-owed-closed": (
        "{name} cannot be read ({error}): it holds which sealed copies were destroyed without evidence so far. Give"
        " the user that kigen runs as the right to read and write it.",
        "{name} を読み取れません（{error}）。証跡に残していない封印した写しの廃棄が記されています。kigen の実行"
        "ユーザーに読み書きの権限を与えてください。",
    ),
    "evidence-owed-unread": (
        "Lines of {name} that cannot be read: {number:,}. Each was to say which sealed copy was destroyed without"
        " evidence; take them out once you have looked.",
        "{name} に読み取れない行が {number:,} 件あります。証跡なしに廃棄した封印した写しを記す行です。内容を確認した"
        "うえで取り除いてください。",
    ),
    "counters": (
        "New records would get the numbers of erased ones; an administrator may run {statements}.",
        "新しい記録に、消去済みの記録の番号が付く可能性があります。管理者が次を実行してください：{statements}。",
    ),
    "fingerprint-key": (
        "{folder} has no digest.key: what goes leaves no fingerprint, and no replay could erase it again. Expected the"
        " key of this installation: 'kigen keys restore'.",
        "{folder} に digest.key がありません。削除した記録の指紋が残らず、復元後に再び消去できません。"
        "'kigen keys restore' でこの環境の鍵を戻してください。",
    ),
    "evidence-lost": (
        "{text}.",
        "証跡の末尾が、台帳ファイルにもデータベースにもありません。台帳ファイルを控えから戻し、"
        "'kigen replay' を実行して"
        "ください。",
    ),
    "ledger-file-ahead": (
        "{text}",
        "台帳ファイルがデータベースより先に進んでいます。古いデータベースが戻されました。'kigen replay' を実行して"
        "ください。",
    ),
    "ledger-apart": (
        "{text} 'kigen evidence verify' says which is at fault; move the file away if the database is sound.",
        "台帳ファイルとデータベースの内容が食い違っています。'kigen evidence verify' でどちらに問題があるか確認し、"
        "データベースが正しければファイルを移動してください。",
    ),
    "ledger-damaged": (
        "{text} 'kigen evidence verify' looks at the database; move the file away if that is sound.",
        "台帳ファイルが壊れています。'kigen evidence verify' でデータベースを確認し、正しければファイルを移動して"
        "ください。",
    ),
    "ledger-damaged-inside": (
        "The ledger file is not as it was written: {problem}. 'kigen evidence verify' tells whether the database is"
        " sound; then bring the file back from its copy, or move it away, and the next run writes it anew.",
        "台帳ファイルが書き込み時の内容と異なります（{problem}）。'kigen evidence verify' でデータベースを確認し、"
        "ファイルを控えから戻すか移動してください。移動した場合は次の実行が作り直します。",
    ),
    "ledger-missing": (
        "The ledger file is not in {folder}: the next run writes it anew, but until then a restored backup would go"
        " unseen. Look where it went, and bring it back.",
        "台帳ファイルが {folder} にありません。次の実行で作り直しますが、それまではバックアップの復元に気付けません。"
        "行方を確認し、元に戻してください。",
    ),
    "evidence-unsigned": (
        "{number:,} entries of evidence, from {since} on, are not signed; 'kigen evidence head --sign'.",
        "{since} 以降の証跡 {number:,} 件に署名がありません。'kigen evidence head --sign' を実行してください。",
    ),
    "erased-returned": (
        "{number:,} records that were erased are there again ({first} …); 'kigen replay' erases them.",
        "消去した記録 {number:,} 件が戻っています（{first} …）。'kigen replay' で再び消去してください。",
    ),
    "evidence-key": (
        "{error}; 'kigen keys restore' brings it back, 'kigen init' makes one where none was ever in use.",
        "証跡の署名鍵を読み取れません（{error}）。'kigen keys restore' で戻してください。一度も使っていない場合は"
        " 'kigen init' で作成できます。",
    ),
    "evidence other key": (
        "Evidence was signed by the key {signed}, and {folder} holds the key {name}. Expected the same: restore it with"
        " 'kigen keys restore'.",
        "証跡は鍵 {signed} で署名されていますが、{folder} には鍵 {name} があります。'kigen keys restore' で元の鍵を"
        "戻してください。",
    ),
    "key-readable": (
        "{text} Close it to others: 'chmod 600 {path}'.",
        "鍵 {path} を他の利用者が読めます。'chmod 600 {path}' を実行してください。",
    ),
    "store-key": (
        "{error}.",
        "鍵を読み取れません（{error}）。'kigen keys restore' で戻してください。",
    ),
    "keys-backup": (
        "The keys in {folder} are not backed up ({since}): no client with documents that the law keeps is anonymised"
        " before 'kigen keys backup'.",
        "{folder} の鍵のバックアップがありません（{since}）。'kigen keys backup' を行うまで、法令上の保存書類がある"
        "顧客は匿名化できません。",
    ),
    "no backup": ("there is no backup", "一度も作成していません"),
    "old backup": (
        "the last backup, of {at}, has others", "最後のバックアップ（{at}）は別の鍵のものです",
    ),
    "frozen-key": (
        "Frozen documents are locked with another key than {name}: {told}. Restore that one with 'kigen keys restore'.",
        "保存書類の鍵が {name} と異なります：{told}。'kigen keys restore' で元の鍵を戻してください。",
    ),
    "with key": ("{number:,} with {key}", "鍵 {key}：{number:,} 件"),
    "digest-key": (
        "{file} in {folder} is {name}, and {made} was made here: nobody would be found by it. Expected the same:"
        " restore"
        " it with 'kigen keys restore'.",
        "{folder} の {file} は {name} ですが、この環境で作成したのは {made} です。このままでは検索できません。"
        "'kigen keys restore' で元の鍵を戻してください。",
    ),
    "frozen-endless": (
        "Frozen documents without a date that can be read: {number:,}. They stay, for nobody knows until when: mend the"
        " dates on the platform, and the next run counts anew.",
        "日付を読み取れない保存書類が {number:,} 件あります。保存期限が不明なため残します。請求システムの日付を直すと、"
        "次の実行で数え直します。",
    ),
    "frozen-kept-back": (
        "Frozen documents whose floor is over and that a hold or an open request keeps: {number:,}; 'kigen hold list'"
        " and 'kigen request list' name what ends it.",
        "保存期間が終わり、保全または処理中の請求により残っている書類が {number:,} 件あります。'kigen hold list' と"
        " 'kigen request list' で確認してください。",
    ),
    "backups-ahead": (
        "{setting} is {oldest}, which lies ahead; tell it with 'kigen settings set {setting} DATE'.",
        "{setting} が未来の日付（{oldest}）です。'kigen settings set {setting} 日付' で直してください。",
    ),
    "backups-untold": (
        "Nobody has told the date of the oldest backup for {silent:,} days, and a backup is published to be gone after"
        " {cycle:,}; tell it with 'kigen settings set {setting} DATE'.",
        "最も古いバックアップの日付が {silent:,} 日間更新されていません。公表した保存日数は {cycle:,} 日です。"
        "'kigen settings set {setting} 日付' で登録してください。",
    ),
    "backups-tombstones": (
        "Backups last {cycle:,} days and tombstones {lasts:,} ({setting}): of the oldest backups a replay would not"
        " know"
        " who was erased. Raise {setting}.",
        "バックアップの保存は {cycle:,} 日、消去の目印は {lasts:,} 日（{setting}）です。古いバックアップからは、誰を"
        "消去したか判別できません。{setting} を長くしてください。",
    ),
    "frozen-beyond-use": (
        "Frozen documents that were destroyed are {text}: a backup of the database may hold them with their keys;"
        " 'kigen frozen gone' lists them.",
        "廃棄した保存書類が、データベースのバックアップに鍵とともに残っている可能性があります（{text}）。一覧は"
        " 'kigen frozen gone' で確認できます。",
    ),
    "backups-overdue": (
        "The oldest backup is of {oldest}, {age:,} days ago, and a backup is published to be gone after {cycle:,}:"
        " delete what is older; if that was done, tell it with 'kigen settings set {setting} DATE'.",
        "最も古いバックアップは {oldest}（{age:,} 日前）ですが、公表した保存日数は {cycle:,} 日です。古いものを削除し、"
        "'kigen settings set {setting} 日付' で登録してください。",
    ),
    "stamps-off": (
        "Heads of evidence get no time stamp: {why}. Mend that, or blank timestamp.url.",
        "証跡の署名にタイムスタンプが付きません（{why}）。原因を取り除くか、timestamp.url を空欄にしてください。",
    ),
    "stamps-waiting": (
        "{number:,} heads of evidence, from {since} on, wait for a time stamp: timestamp.url gave none. Look at the"
        " authority; the next run asks again.",
        "{since} 以降の証跡の署名 {number:,} 件がタイムスタンプを待っています。timestamp.url から取得できません。"
        "認証局を確認してください。次の実行で再度要求します。",
    ),
    "binlog for ever": (
        "The server's binary log holds what was erased for ever, since it is never deleted: set"
        " binlog_expire_logs_seconds (expire_logs_days).",
        "サーバーのバイナリログは削除されないため、消去した内容が残り続けます。binlog_expire_logs_seconds"
        "（expire_logs_days）を設定してください。",
    ),
    "binlog too long": (
        "The server's binary log holds what was erased for {days:g} days, and a backup is published to be gone after"
        " {cycle:,}: shorten the one (binlog_expire_logs_seconds), or say the other.",
        "サーバーのバイナリログは {days:g} 日残りますが、公表したバックアップの保存日数は {cycle:,} 日です。"
        "binlog_expire_logs_seconds を短くするか、公表する日数を改めてください。",
    ),
    "server-binlog": (
        "The server's binary log holds what was erased for {days:g} days (binlog_expire_logs_seconds).",
        "サーバーのバイナリログには、消去した内容が {days:g} 日残ります（binlog_expire_logs_seconds）。",
    ),
    "server-general-log": (
        "The server writes every statement with its values into {where}, and how long that is kept is unknown to kigen,"
        " for the server deletes nothing from it. Switch general_log off.",
        "サーバーはすべての文を値とともに {where} に書き込みます。サーバーは削除しないため、保存期間は不明です。"
        "general_log を無効にしてください。",
    ),
    "server-slow-log": (
        "The server writes slow statements with their values into {where}, and how long that is kept is unknown to"
        " kigen,"
        " for the server deletes nothing from it. Let it be rotated.",
        "サーバーは遅い文を値とともに {where} に書き込みます。サーバーは削除しないため、保存期間は不明です。"
        "ローテーションを設定してください。",
    ),
    "server-error-log": (
        "The server writes the rows of every deadlock into its error log (innodb_print_all_deadlocks), and how long"
        " that"
        " is kept is unknown to kigen, for the server deletes nothing from it. Let it be rotated.",
        "サーバーはデッドロックの行をエラーログに書き込みます（innodb_print_all_deadlocks）。サーバーは削除しないため、"
        "保存期間は不明です。ローテーションを設定してください。",
    ),
    "history-kept": (
        "{table} is system-versioned: the server keeps every row that is deleted or masked, so nothing is erased. ALTER"
        " TABLE {table} DROP SYSTEM VERSIONING ends that.",
        "{table} はシステムバージョン管理の対象で、削除や匿名化をした行も残ります。ALTER TABLE {table} DROP SYSTEM"
        " VERSIONING で解除してください。",
    ),
    "history-trigger": (
        "The trigger {name} acts when rows of {table} change or go; if it copies them, the copies are not erased. Look"
        " at it, and give its table a term.",
        "トリガー {name} は {table} の行の変更・削除時に動作します。写しを作る場合、その写しは消去されません。内容を"
        "確認し、保存先の期間を定めてください。",
    ),
    "room": (
        "{name} holds {size:,.0f} MiB that rows left which went: a file does not become smaller by itself."
        " '{statement}' gives it back; it rebuilds everything, so off-peak.",
        "{name} には、削除した行の空き領域が {size:,.0f} MiB あります。ファイルは自然には小さくなりません。"
        "'{statement}' で回収できます。全体を作り直すため、負荷の低い時間に行ってください。",
    ),
    "told-apart": (
        "Of {all:,} anonymised clients {number:,} can still be told apart: fewer than {least} clients share the"
        " country, date and amount of a document that is kept of them ({fewest} at least; first clients {first}). Their"
        " rows are personal data until the floor ends: go on treating them so.",
        "匿名化した顧客 {all:,} 件のうち {number:,} 件は、まだ見分けられる可能性があります。残した書類の国、"
        "日付、金額が"
        "同じ顧客が {least} 件未満です（最少 {fewest} 件、最初の顧客 {first}）。保存期間が終わるまで個人データとして"
        "扱ってください。",
    ),
    "blocked-returned": (
        "Clients with an address that is blocked: {number:,}, the first are {first}. A person decides; 'kigen blocked"
        " list' tells the terms.",
        "登録済みの不正利用者と同じ連絡先の顧客が {number:,} 件あります（最初は {first}）。担当者が判断してください。"
        "期間は 'kigen blocked list' で確認できます。",
    ),
    "database file": ("The database file", "データベースのファイル"),
}  # fmt: skip
"""Sentences and their pieces by what they say; most are named as the code of the finding."""

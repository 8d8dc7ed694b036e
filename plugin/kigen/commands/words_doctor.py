"""What `doctor` finds, in English and Japanese: each sentence says what is so, and what a person does about it next.

Notes that only tell how things are (the configuration, the plugins) ask for nothing. What evidence, backups and the
server say stands in words_doctor_proof.py; mail and the bridge have files of their own too.
"""

from __future__ import annotations

from collections.abc import Mapping

from kigen.commands.words_doctor_bridge import OF_BRIDGE
from kigen.commands.words_doctor_mail import OF_MAIL
from kigen.commands.words_doctor_proof import OF_PROOF

FINDINGS: Mapping[str, tuple[str, str]] = {
    **OF_PROOF, **OF_MAIL, **OF_BRIDGE,
    "config": (
        "{path} names {host}; terms are counted in {zone}, the platform's dates are read in {host_zone}.",
        "{path} は {host} を指しています。期間は {zone} で数え、請求システムの日時は {host_zone} として読みます。",
    ),
    "database": ("{database} answers.", "{database} は応答しています。"),
    "config-readable": (
        "{path} holds a password, and others may read it; expected mode 600: 'chmod 600 {path}'.",
        "{path} にはパスワードがあり、他の利用者も読める状態です。'chmod 600 {path}' を実行してください。",
    ),
    "plugins": ("These take part: {names}.", "次のプラグインが有効です：{names}。"),
    "rule-refused": (
        "The rule {rule} does not run: {sentence} Mend that, or switch the rule off with a blank term.",
        "規則 {rule} は実行されません：{sentence} 原因を取り除くか、期間を空欄にして規則を無効にしてください。",
    ),
    "unclassified": (
        "Nobody has said what {name} holds; answer with 'kigen datamap set {name} …'.",
        "{name} の内容が分類されていません。'kigen datamap set {name} …' で分類してください。",
    ),
    "unclassified more": (
        "{number} more columns are unclassified; 'kigen datamap list' names them, 'kigen datamap set' answers.",
        "ほか {number} 列が未分類です。'kigen datamap list' で確認し、'kigen datamap set' で分類してください。",
    ),
    "grants-wide": (
        "The database user may do more on this server than kigen needs; see 'kigen init --print-grants'.",
        "データベースの利用者に、必要以上の権限があります。'kigen init --print-grants' を参照して減らしてください。",
    ),
    "erasure-refused": (
        "Erasures that were begun in steps wait: {number:,}, the first is of client {client}. Run {run} was refused"
        " ({why}), and so will the next be: look at 'kigen plan', then run 'kigen sweep --confirm', which goes on with"
        " them.",
        "段階的な消去が {number:,} 件、途中で待っています（最初は顧客 {client}）。実行 {run} は拒否され（{why}）、次も"
        "拒否されます。'kigen plan' を確認し、'kigen sweep --confirm' を実行すると再開します。",
    ),
    "erasure-begun": (
        "Clients whose erasure was begun in steps and is not over: {number:,}, the first is {client}. 'kigen explain"
        " client {client}' says what keeps the rest.",
        "段階的な消去が完了していない顧客が {number:,} 件あります（最初は顧客 {client}）。残りを保持している理由は"
        " 'kigen explain client {client}' で確認できます。",
    ),
    "erasure-key": (
        "Clients whose erasure was begun or let go under another store.key: {number:,}, the first is client {client}."
        " Each stays as it is, for its traces cannot be found: bring that key back with 'kigen keys restore'.",
        "別の store.key で消去を開始した顧客が {number:,} 件あります（最初は顧客 {client}）。痕跡を探せないため、"
        "そのまま残ります。'kigen keys restore' で元の鍵を戻してください。",
    ),
    "files-waiting": (
        "Files of {number:,} erasures could not be removed yet: {why}.",
        "消去 {number:,} 件のファイルがまだ削除できません。{why}。",
    ),
    "files no folder": (
        "host.attachments names no folder: 'kigen settings set host.attachments FOLDER'",
        "host.attachments にフォルダーがありません。"
        "'kigen settings set host.attachments フォルダー' で設定してください",
    ),
    "files lost folder": (
        "look whether the folder {folder} is there", "フォルダー {folder} があるか確認してください",
    ),
    "quarantine": (
        "Sealed copies of what the schedule deleted: {number:,}; 'kigen undo --list' shows them.",
        "規則により削除した記録の封印した写しが {number:,} 件あります。一覧は 'kigen undo --list' で確認できます。",
    ),
    "quarantine-held": (
        "Records of which a legal hold keeps a sealed copy that was to be destroyed: {number:,}, the first is {record}."
        " It goes with the first run after the hold: 'kigen hold list', and 'kigen hold release' where it is over.",
        "廃棄の時期が来た封印した写しが、法的保全により {number:,} 件残っています（最初は {record}）。"
        "保全の終了後、最初の"
        "実行で廃棄します。'kigen hold list' で確認し、不要なら 'kigen hold release' で解除してください。",
    ),
    "quarantine-overdue": (
        "Sealed copies were to be destroyed on {until}; the next run does it: look why none came ('kigen sweep').",
        "封印した写しは {until} に廃棄する予定でした。次の実行で廃棄します。実行されていない理由を確認してください"
        "（'kigen sweep'）。",
    ),
    "quarantine-key": (
        "Sealed copies have another key than {name}: {told}. 'kigen keys restore' brings that one back; until then"
        " nobody can tell whom they name, and the next erasure on request destroys them.",
        "封印した写しの鍵が {name} と異なります：{told}。'kigen keys restore' で元の鍵を戻してください。それまでは誰の"
        "写しか判別できず、次の請求による消去で廃棄されます。",
    ),
    "attachments": (
        "host.attachments is not set, so files stay when the rows that name them go. Name the folder with 'kigen"
        " settings set host.attachments FOLDER'.",
        "host.attachments が未設定のため、行を削除してもファイルは残ります。'kigen settings set host.attachments"
        " フォルダー' で設定してください。",
    ),
    "fiscal-year": (
        "Nobody has said when the fiscal year ends, so documents are kept for more than ten years; set"
        " floors.fiscal_year_end.",
        "事業年度の末日が未設定のため、書類を10年以上保存します。floors.fiscal_year_end を設定してください。",
    ),
    "rules-off": (
        "These rules are off and keep everything: {rules}. Set their terms ('kigen settings set schedule.RULE') or"
        " leave"
        " it so.",
        "次の規則は無効で、何も削除しません：{rules}。必要なら期間を設定してください（'kigen settings set"
        " schedule.規則'）。",
    ),
    "heartbeat": (
        "Nobody is told when the nightly run stays away; set heartbeat.url.",
        "夜間の実行が止まっても通知されません。heartbeat.url を設定してください。",
    ),
    "unconfirmed": ("{text}", "プログラム、規則、または設定が確認されていません。'kigen plan' を確認し、"
                    "'kigen sweep --confirm' を実行してください。"),
    "stop-file": (
        "{text}", "ファイル {path} があります。削除されるまで、保管も削除も行いません。不要なら取り除いてください。",
    ),
    "reconcile never": (
        "The platform's tables were read last: never; expected 'kigen reconcile' every night.",
        "請求システムの表をまだ読み取っていません。'kigen reconcile' を毎晩実行してください。",
    ),
    "reconcile late": (
        "The platform's tables were read last on {at}, {age} ago; expected 'kigen reconcile' every night.",
        "請求システムの表を最後に読み取ったのは {at}（{age}前）です。'kigen reconcile' を毎晩実行してください。",
    ),
    "run never": (
        "The last run began: never; expected 'kigen sweep' every night.",
        "まだ一度も実行していません。'kigen sweep' を毎晩実行してください。",
    ),
    "run late": (
        "The last run began on {at}, {age} ago; expected 'kigen sweep' every night.",
        "最後の実行は {at}（{age}前）です。'kigen sweep' を毎晩実行してください。",
    ),
    "run ended": (
        "Run {run} of {at} ended as {outcome}{why}{text} Mend what it names; the next run goes on from there.",
        "{at} の実行 {run} は {outcome}{why} で終わりました{text} 原因を取り除けば、次の実行が続きを行います。",
    ),
    "run-died": (
        "Run {run} of {at} did not finish: its process or its connection is gone. Nothing half-done remains; the next"
        " run goes on.",
        "{at} の実行 {run} は完了していません。プロセスまたは接続が失われました。途中の状態は残っておらず、次の実行が"
        "続きを行います。",
    ),
    "run-running": ("Run {run} of {at} has not finished.", "{at} の実行 {run} は処理中です。"),
    "run-finding": (
        "Run {run}: {text}. Look at what it names; the next run tries again.",
        "実行 {run}：{text}。内容を確認してください。次の実行で再度試みます。",
    ),
    "inbox-failed": (
        "{number:,} events could not be understood and count for nothing; mend who sends them, and send them again"
        " ('kigen events --list' names what is taken).",
        "解釈できず、無効になったイベントが {number:,} 件あります。送信元を直し、送り直してください（形式は"
        " 'kigen events --list' で確認できます）。",
    ),
    "inbox one": ("Event {event} ({name}): {why}.", "イベント {event}（{name}）：{why}。"),
    "inbox-pending": (
        "{number:,} events wait in the inbox; 'kigen intake', which cron runs, takes them.",
        "受信箱に {number:,} 件のイベントが待っています。'kigen intake'（cron で定期実行）で取り込みます。",
    ),
    "overdue": (
        "The oldest record that waits to be swept was due on {at}, {age} ago; look at 'kigen plan', then run"
        " 'kigen sweep'.",
        "処理待ちの最も古い記録の期日は {at}（{age}前）です。'kigen plan' を確認し、'kigen sweep' を実行してください。",
    ),
    "duty": (
        "Contract {contract} with {of}, to review on {day}: {duty} (end it with 'kigen contract end {contract}' when it"
        " is done).",
        "{of}との契約 {contract}、見直し日 {day}：{duty}（完了したら 'kigen contract end {contract}' で終了して"
        "ください）。",
    ),
    "duty-soon": (
        "Contract {contract} with {of}, to review on {day}: {duty}. Prepare the review.",
        "{of}との契約 {contract}、見直し日 {day}：{duty}。見直しを準備してください。",
    ),
    "endless": (
        "{number:,} records have been due for more than {long} days and are kept by {code}, which does not end by"
        " itself; the oldest for {days:,} days. Settle it on the platform, or set its limit (guards.*); 'kigen plan"
        " --all' names them.",
        "期日から {long} 日を超え、{code} により保持されている記録が {number:,} 件あります。この理由は自然には解消"
        "しません（最長 {days:,} 日）。請求システムで精算・解決するか、上限（guards.*）を設定してください。一覧は"
        " 'kigen plan --all' で確認できます。",
    ),
    "unknown": (
        "{number:,} records are kept because of {code}; 'kigen reconcile' names them: mend the date or the status on"
        " the"
        " platform.",
        "{code} により保持されている記録が {number:,} 件あります。'kigen reconcile' で確認し、請求システムの日付または"
        "状態を直してください。",
    ),
    "request-authority": (
        "Request {request} was made in client {client}'s place, and no document says by what right: 'kigen request"
        " authority {request}' notes one.",
        "請求 {request} は顧客 {client} の代理によるものですが、代理権を示す書類がありません。'kigen request authority"
        " {request}' で登録してください。",
    ),
    "request-overdue": (
        "{named} had to be answered before {due}: answer now with 'kigen request fulfil', or 'refuse' with the reason.",
        "{named}の回答期限は {due} でした。直ちに 'kigen request fulfil' で回答するか、'refuse' で理由を示して"
        "ください。",
    ),
    "request-soon": (
        "{named} must be answered before {due}: 'kigen request show {request}' says what is to be done.",
        "{named}の回答期限は {due} です。必要な対応は 'kigen request show {request}' で確認できます。",
    ),
    "request-by-hand": (
        "{named} is done by hand before {due}; 'kigen request show {request}' says how.",
        "{named}は {due} までに手作業で行います。方法は 'kigen request show {request}' で確認できます。",
    ),
    "request-holidays": (
        "{named}: no table of holidays reaches its last day, which was not moved; answer before it, to be safe.",
        "{named}：期限日の祝日表がないため、期限を動かしていません。安全のため、期限日までに回答してください。",
    ),
    "request": ("Request {request} of {whose} ({right})", "{whose}の請求 {request}（{right}）"),
    "of client": ("client {client}", "顧客 {client}"),
    "of contact": ("contact {contact} of client {client}", "顧客 {client} の連絡先 {contact}"),
    "of group": ("group {group}", "グループ {group}"),
    "further one": ("1 other person signs", "ほかに 1 名が"),
    "further many": ("{number} other people sign", "ほかに {number} 名が"),
    "further": (
        "{people} in to this account and would lose it. If one of them is to have it, make that one the owner and let"
        " the request be withdrawn; or refuse it, with the reason.",
        "{people}このアカウントを利用しており、削除すると使えなくなります。引き継ぐ場合はその方を所有者に変更して請求を"
        "取り下げてもらうか、理由を示して請求を断ってください。",
    ),
    "deletion-further-users": (
        "Client {client} asked to be deleted, and {further}",
        "顧客 {client} が削除を請求しました。{further}",
    ),
    "deletion planned": (
        "Client {client} asked to be deleted, planned for {due}", "顧客 {client} が削除を請求しました（予定日 {due}）",
    ),
    "no known date": ("no known date", "不明"),
    "deletion-live": (
        "{planned}: {live} Cancel first what is live, or decide what is to become of it.",
        "{planned}：{live} 利用中のものを先に解約するか、その扱いを決めてください。",
    ),
    "deletion-kept": (
        "{planned}, and is kept by {codes}; 'kigen explain client {client}' says what would end that.",
        "{planned}。{codes} により保持されています。解消の方法は 'kigen explain client {client}' で確認できます。",
    ),
    "no-cookie-notice": (
        "cookies.tools names tools for: {purposes}; but no cookie notice is published, so that nobody is asked and none"
        " of them loads: 'kigen notice publish cookies', or take them out of cookies.tools.",
        "cookies.tools に {purposes} のツールがありますが、クッキーに関する通知が公開されていないため、同意を求める"
        "ことができず、ツールは読み込まれません。'kigen notice publish cookies' で公開するか、設定から外してください。",
    ),
    "days": ("{number} days", "{number} 日"),
    "hours": ("{number} hours", "{number} 時間"),
}  # fmt: skip
"""Sentences and their pieces by what they say; most are named as the code of the finding."""

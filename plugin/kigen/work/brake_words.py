"""Why a run did not begin, or ended early, in Japanese; the English comes with the brake or the stop itself."""

from __future__ import annotations

from collections.abc import Mapping

from kigen.work.brakes import Brake
from kigen.work.stops import Stop

BRAKES_JA: Mapping[str, str] = {
    "unconfirmed": "プログラム、規則、設定、またはデータベースが、確認済みの状態と異なります。'kigen plan' を確認し、"
    "'kigen sweep --confirm' を実行してください。",
    "restored": "データベースがバックアップから戻されています（{found}）。'kigen replay --dry-run' を確認し、"
    "'kigen replay' を実行するまで、何も処理しません。",
    "ledger-unreadable": "台帳ファイル {found} を読み取れないため、データベースが戻されたものか判断できません。"
    "読み取れるようにしてください。",
    "ledger-apart": "台帳ファイルとデータベースの内容が食い違っています。'kigen evidence verify' で確認し、"
    "データベースが正しければ台帳ファイルを移動してください。次の実行が作り直します。",
    "ledger-damaged": "台帳ファイルが壊れています。控えから戻し、'kigen evidence verify' で確認してください。",
    "evidence-lost": "前回の実行の証跡が見つかりません（{found}）。台帳ファイルを控えから戻し、'kigen replay' を実行"
    "するまで、何も処理しません。",
    "ahead": "--now が未来の日時です（{found}）。その時点として処理するには --confirm を付けてください。",
    "clock-jump": "マシンの時計が前回の実行から {found} 動いています（許容は {allowed}）。時計を確認してください。"
    "正しい場合は --now に現在の日時を指定して一度実行してください。",
    "records": "計画は {found} 件の記録を処理します。brakes.records の上限は {allowed} 件です。",
    "share": "計画は {found} 件（{kind}）を処理します。上限は {allowed} です（brakes.client_share、brakes.share）。",
    "median": "計画は {found} 件の記録を処理します。これまでの実行からの上限は {allowed} 件です（brakes.median）。",
    "other-plan": "計画が、確認されたものと異なります。もう一度計画を確認し、改めて承認してください。",
    "counters": "新しい記録に消去済みの番号が付く可能性があります。管理者が次を実行してください：{found}。",
    "stop-file": "ファイル {found} があります。取り除かれるまで、保管も削除も行いません。",
}
"""By code; `found` and `allowed` are those of the brake."""

STOPS_JA: Mapping[str, str] = {
    "limit": "--limit の件数（{limit}）まで確認しました。",
    "max-seconds": "--max-seconds の時間（{seconds:g} 秒）が過ぎました。",
    "throttled": "データベースの負荷が {seconds:g} 秒以内に下がりませんでした。",
    "locked": "続けて {records} 件の記録が他の処理によりロックされていました。",
    "failed": "実行に失敗しました：{error}。",
    "failing": "{records} 件の記録を処理できませんでした。'kigen doctor' で原因を確認してください。",
    "interrupted": "処理中に停止されました。",
    "rules-changed": "プログラム、プラグイン、時間帯、規則、または設定が、この実行で確認されたものと異なります。"
    "'kigen plan' を確認し、'kigen sweep --confirm' を実行してください。",
    "ledger": "証跡を台帳ファイルに書き込めませんでした。内容が食い違っています。'kigen evidence verify' で確認して"
    "ください。",
    "coordinator-gone": "作業を割り当てた実行が終了しました。",
    "stop-file": "ファイル {path} があります。取り除かれるまで、保管も削除も行いません。",
}
"""By code, with the values of the stop."""


def said_of_brake(brake: Brake, language: str) -> str:
    """The sentence of a brake."""
    kind, _, rest = brake.code.rpartition("-")
    told = BRAKES_JA.get("share" if rest == "share" else brake.code) if language == "ja" else None
    return told.format(found=brake.found, allowed=brake.allowed, kind=kind) if told else brake.text


def said_of_stop(stop: Stop, language: str) -> str:
    """The sentence of a stop; one that came from a brake says what that says."""
    if language == "ja" and stop.code in STOPS_JA:
        return STOPS_JA[stop.code].format(**stop.values)
    if language == "ja" and {"found", "allowed"} <= stop.values.keys():
        return said_of_brake(Brake(stop.code, stop.values["found"], stop.values["allowed"], stop.text), language)
    return stop.text

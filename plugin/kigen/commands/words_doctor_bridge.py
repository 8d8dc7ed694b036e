"""What `doctor` says about the bridge, the pages behind it and the platform's own marks, in English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping

OF_BRIDGE: Mapping[str, tuple[str, str]] = {
    "bridge-none": (
        "No bridge was installed: events come by 'kigen events' or from the tables alone, and nobody sees kigen's pages"
        " in {host}. 'kigen install {host} PATH' puts it there.",
        "ブリッジは設置されていません。出来事は'kigen events'またはテーブルからのみ取り込まれ、"
        "{host} に kigen のページは"
        "表示されません。'kigen install {host} PATH'で設置してください。",
    ),
    "bridge-missing": (
        "The bridge is not in {folder}, where it was installed. Run 'kigen install {host} {path}' again.",
        "設置したはずのブリッジが {folder} にありません。'kigen install {host} {path}'をもう一度実行してください。",
    ),
    "bridge-version": (
        "The bridge in {folder} is of version {found}, kigen of {version}. Run 'kigen install {host} {path}' again.",
        "{folder} のブリッジは {found}、kigen は {version} です。"
        "'kigen install {host} {path}'をもう一度実行してください。",
    ),
    "bridge-changed": (
        "Files of the bridge in {folder} were changed: {files}. Run 'kigen install {host} {path}' again; copies of them"
        " are kept.",
        "{folder} のブリッジのファイルが変更されています：{files}。"
        "'kigen install {host} {path}'をもう一度実行してください。"
        "変更されたファイルの写しは残ります。",
    ),
    "bridge-inactive": (
        "The bridge is in {folder}, but {host} does not use it. {step}",
        "ブリッジは {folder} にありますが、{host} で有効になっていません。{step}",
    ),
    "bridge-readable": (
        "Others may read {file}, which holds the secret of the bridge. Run 'kigen install {host} {path}' again.",
        "ブリッジの秘密鍵を含む {file} が他のユーザーから読める状態です。"
        "'kigen install {host} {path}'をもう一度実行して"
        "ください。",
    ),
    "bridge-errors": (
        "The bridge counted errors since {first}, the last on {last}: {counts}. Look at the cause, then delete {file}.",
        "ブリッジで {first} 以降にエラーが記録されています（最後は {last}）：{counts}。原因を確認したうえで、"
        "{file} を削除して"
        "ください。",
    ),
    "bridge-waiting": (
        "Events that found no place in the database: {number}. 'kigen events {file}' takes them in; then delete it.",
        "データベースに書き込めなかった出来事が {number} 件あります。'kigen events {file}'で取り込み、"
        "その後ファイルを削除して"
        "ください。",
    ),
    "bridge-lost": (
        "Events that found no place at all: {number}. 'kigen reconcile --full' finds from the tables what they said.",
        "どこにも書き込めなかった出来事が {number} 件あります。"
        "'kigen reconcile --full'でテーブルから内容を補ってください。",
    ),
    "bridge-unknown": (
        "{host} tells of events that this bridge does not know: {names}. An upgrade may have renamed some; 'kigen"
        " reconcile' finds what changed, and a newer kigen may know them.",
        "このブリッジの知らない出来事が {host} から届いています：{names}。更新で名称が変わった可能性があります。変更は"
        "'kigen reconcile'で検出されます。新しい版の kigen もご確認ください。",
    ),
    "bridge-unread": (
        "What the bridge counted in {folder} cannot be read by this user. Run 'kigen install {host} {path}' again "
        "as root.",
        "{folder} にあるブリッジの記録を、このユーザーでは読めません。"
        "root で'kigen install {host} {path}'をもう一度実行して"
        "ください。",
    ),
    "bridge-silent": (
        "The last event from {host} is of {last}. Its cron tells one every day: look whether the bridge is active and"
        " whether the cron runs.",
        "{host} からの最後の出来事は {last} です。cron により毎日 1 件は届くはずです。ブリッジが有効か、"
        "cron が動いているかを"
        "確認してください。",
    ),
    "bridge-mute": (
        "No event ever came from {host}. Activate the bridge, and look whether its cron runs.",
        "{host} から出来事が一度も届いていません。ブリッジを有効にし、cron が動いているかを確認してください。",
    ),
    "bridge": (
        "The bridge {version} is in {folder}; the last event is of {last}.",
        "ブリッジ {version} は {folder} にあります。最後の出来事は {last} です。",
    ),
    "bridge-clock": (
        "At {at} the platform asked for a page with a clock {seconds} s {which} this machine's, and was refused: set"
        " both by the same time server.",
        "{at} に、システムの時計がこの機械より {seconds} 秒{which}いたため、ページの要求を拒否しました。"
        "両方を同じ時刻サーバーに合わせてください。",
    ),
    "clock behind": ("behind", "遅れて"),
    "clock ahead": ("ahead of", "進んで"),
    "bridge-secret": (
        "Others may read {path}, which holds the secret of the bridge; expected mode 600: 'chmod 600 {path}'.",
        "ブリッジの秘密鍵を含む {path} が他のユーザーから読める状態です。'chmod 600 {path}' を実行してください。",
    ),
    "consent-field": (
        "{name} is {field!r}, which is no column of clients on {host}; the mark there is not read. Run 'kigen settings"
        " set {name} COLUMN'.",
        "設定 {name} の {field!r} は {host} の顧客の列ではないため、配信希望の印を読み取れません。"
        "'kigen settings set {name} 列名' で修正してください。",
    ),
    "marked-without-consent": (
        "{number:,} clients are marked on {host} as wanting offers, and kigen knows no consent of theirs. The marks"
        " stay; kigen sends them nothing of that purpose until they agree. 'kigen consent list' shows both.",
        "{host} で案内の配信を希望する印があるものの、同意の記録がない顧客が {number:,} 件あります。印は残りますが、"
        "同意があるまで kigen はこの目的の送信をしません。'kigen consent list' で確認できます。",
    ),
}  # fmt: skip

"""What `install`, `uninstall` and `doctor` say about the bridge, in English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "installed": (
        "The bridge {version} is in {folder}, for {host} {platform}.",
        "{host} {platform} 用のブリッジ {version} を {folder} に設置しました。",
    ),
    "same": (
        "The bridge {version} in {folder} is up to date; nothing was changed.",
        "{folder} のブリッジ {version} は最新です。変更はありません。",
    ),
    "would": (
        "{host} {platform} in {path}: the bridge {version} can be put into {folder}.",
        "{path} の {host} {platform}：ブリッジ {version} を {folder} に設置できます。",
    ),
    "kept": (
        "A file had been changed by hand; the copy is {file}.",
        "手で変更されたファイルがありました。写しは {file} です。",
    ),
    "next": ("What to click next:", "次に行う操作："),
    "unit": (
        "To start kigen with the server, put this into {place}, then run 'systemctl enable --now kigen':",
        "サーバーとともに kigen を起動するには、次の内容を {place} に保存し、「systemctl enable --now kigen」を実行して"
        "ください：",
    ),
    "cron": (
        "Or, without a service, put this into {place} ('kigen serve' then shows the pages alone):",
        "サービスを使わない場合は、次の内容を {place} に保存してください（ページの表示だけなら「kigen serve」を使い"
        "ます）：",
    ),
    "written": ("{place} is written.", "{place} を保存しました。"),
    "there": (
        "{place} is there already with other content and was left as it is.",
        "{place} には別の内容がすでにあるため、変更していません。",
    ),
    "removed": (
        "The bridge is gone from {folder}. Deactivate kigen in {host} if its pages still name it.",
        "{folder} のブリッジを取り除きました。{host} の画面に残っている場合は、kigen を無効化してください。",
    ),
    "none": ("There is no bridge in {folder}.", "{folder} にブリッジはありません。"),
    "remains": (
        "What kigen remembers stays: its tables (kigen_*) in {database}, with evidence and frozen documents, and keys"
        " and files in {state}. Without the keys the documents are lost.",
        "kigen の記録は残ります。証跡と凍結した文書を含むテーブル（kigen_*）は {database} に、鍵とファイルは {state} に"
        "あります。鍵を失うと文書は読めなくなります。",
    ),
    "waiting": (
        "Events that waited are in {file}; 'kigen events {file}' takes them in.",
        "保留中の出来事は {file} にあります。「kigen events {file}」で取り込んでください。",
    ),
    # What doctor says.
    "bridge-none": (
        "No bridge was installed: events come by 'kigen events' or from the tables alone, and nobody sees kigen's pages"
        " in {host}. 'kigen install {host} PATH' puts it there.",
        "ブリッジは設置されていません。出来事は「kigen events」またはテーブルからのみ取り込まれ、"
        "{host} に kigen のページは"
        "表示されません。「kigen install {host} PATH」で設置してください。",
    ),
    "bridge-missing": (
        "The bridge is not in {folder}, where it was installed. Run 'kigen install {host} {path}' again.",
        "設置したはずのブリッジが {folder} にありません。「kigen install {host} {path}」をもう一度実行してください。",
    ),
    "bridge-version": (
        "The bridge in {folder} is of version {found}, kigen of {version}. Run 'kigen install {host} {path}' again.",
        "{folder} のブリッジは {found}、kigen は {version} です。"
        "「kigen install {host} {path}」をもう一度実行してください。",
    ),
    "bridge-changed": (
        "Files of the bridge in {folder} were changed: {files}. Run 'kigen install {host} {path}' again; copies of them"
        " are kept.",
        "{folder} のブリッジのファイルが変更されています：{files}。"
        "「kigen install {host} {path}」をもう一度実行してください。"
        "変更されたファイルの写しは残ります。",
    ),
    "bridge-inactive": (
        "The bridge is in {folder}, but {host} does not use it. {step}",
        "ブリッジは {folder} にありますが、{host} で有効になっていません。{step}",
    ),
    "bridge-readable": (
        "Others may read {file}, which holds the secret of the bridge. Run 'kigen install {host} {path}' again.",
        "ブリッジの秘密鍵を含む {file} が他のユーザーから読める状態です。"
        "「kigen install {host} {path}」をもう一度実行して"
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
        "データベースに書き込めなかった出来事が {number} 件あります。「kigen events {file}」で取り込み、"
        "その後ファイルを削除して"
        "ください。",
    ),
    "bridge-lost": (
        "Events that found no place at all: {number}. 'kigen reconcile --full' finds from the tables what they said.",
        "どこにも書き込めなかった出来事が {number} 件あります。"
        "「kigen reconcile --full」でテーブルから内容を補ってください。",
    ),
    "bridge-unknown": (
        "{host} tells of events that this bridge does not know: {names}. An upgrade may have renamed some; 'kigen"
        " reconcile' finds what changed, and a newer kigen may know them.",
        "このブリッジの知らない出来事が {host} から届いています：{names}。更新で名称が変わった可能性があります。変更は"
        "「kigen reconcile」で検出されます。新しい版の kigen もご確認ください。",
    ),
    "bridge-unread": (
        "What the bridge counted in {folder} cannot be read by this user. Run 'kigen install {host} {path}' again "
        "as root.",
        "{folder} にあるブリッジの記録を、このユーザーでは読めません。"
        "root で「kigen install {host} {path}」をもう一度実行して"
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
}  # fmt: skip


def say(language: str, what: str, **values: object) -> str:
    """A sentence of WORDS."""
    return WORDS[what][language == "ja"].format(**values)

"""What `install` and `uninstall` say about the bridge, in English and Japanese."""

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
}  # fmt: skip


def say(language: str, what: str, **values: object) -> str:
    """A sentence of WORDS."""
    return WORDS[what][language == "ja"].format(**values)

"""Every word of the panel that asks about cookies, English and Japanese; purposes bring their own."""

from __future__ import annotations

from collections.abc import Mapping

from kigen.policy.purposes import Words

WORDS: Mapping[str, Words] = {
    "title": ("Your choice about cookies", "クッキーに関する選択"),
    "lead": (
        "The portal works with necessary cookies alone. Only if you agree do we use others, and tools of other"
        " providers, for: {purposes}. You can change your choice at any time.",
        "ポータルは必要なクッキーだけで動作します。同意をいただいた場合に限り、次の目的でその他のクッキーと他社のツールを"
        "使います：{purposes}。選択はいつでも変更できます。",
    ),
    "changed": (
        "What we ask about has changed since your choice. Until you choose again, nothing that needs consent runs.",
        "前回の選択の後、内容が変わりました。あらためて選択されるまで、同意が必要なものは動作しません。",
    ),
    "old": (
        "You chose more than {months} months ago. Until you choose again, nothing that needs consent runs.",
        "前回の選択から{months}か月が過ぎました。あらためて選択されるまで、同意が必要なものは動作しません。",
    ),
    "conflict": (
        "Your browser sends the signal Global Privacy Control, which we treat as a refusal. You agreed on this site"
        " before; nothing runs unless you agree again.",
        "ブラウザから Global Privacy Control の信号が届いており、これを拒否として扱います。以前に同意をいただいて"
        "いますが、あらためて同意されない限り何も動作しません。",
    ),
    "signal": (
        "Your browser sends the signal Global Privacy Control, which we treat as a refusal. What you agree to here"
        " counts all the same.",
        "ブラウザから Global Privacy Control の信号が届いており、これを拒否として扱います。ここで同意された内容は、"
        "信号にかかわらず有効です。",
    ),
    "necessary": (
        "Necessary cookies keep you signed in, protect forms against misuse and remember this choice. They need no"
        " consent.",
        "必要なクッキーは、ログイン状態の維持、フォームの不正利用の防止、この選択の記憶に使います。同意は必要ありません。",
    ),
    "purposes": ("Purposes", "目的"),
    "refuse": ("Refuse all", "すべて拒否する"),
    "accept": ("Accept all", "すべて同意する"),
    "choose": ("Choose by purpose", "目的別に選ぶ"),
    "save": ("Save my choice", "選択を保存する"),
    "saved": ("Your choice is saved.", "選択を保存しました。"),
    "asked": ("You are asked about cookies.", "クッキーについてお尋ねしています。"),
    "notice": ("Cookie notice", "クッキーに関する通知"),
    "tools": ("Tools and opt-outs", "ツールとオプトアウト"),
    "by": ("Tools: {tools}", "ツール：{tools}"),
}


def said(language: str, **values: object) -> dict[str, str]:
    """All of them in a language; `values` fill the places that stand in braces, where they are given."""
    column = int(language == "ja")
    return {key: _filled(words[column], values) for key, words in WORDS.items()}


def _filled(text: str, values: Mapping[str, object]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text

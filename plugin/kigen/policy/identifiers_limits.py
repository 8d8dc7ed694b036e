"""Where a hit may begin and end, so that 山 is not found in 山田 and `Mark` not in `bookmark` (cases.md L10)."""

from __future__ import annotations

from kigen.policy.identifiers import Limits
from kigen.policy.identifiers_fold import Folded, folded

_AFTER_A_NAME = tuple(map(folded, """
様 さま サマ さん 氏 殿 どの 君 くん ちゃん 先生 御中 社長 会長 専務 常務 取締役 部長 課長 係長 主任 店長 夫妻 家
宅 宛 行 本人 名義 他 及 代表 代理 株式 有限 合同 合資 合名
""".split()))  # fmt: skip
_BEFORE_A_NAME = tuple("""
担当 氏名 名前 宛名 代表 代表者 取締役 社長 会長 部長 課長 店長 名義 名義人 会社 法人 顧客 会員 申請者 契約者 連絡先
住所 県 府 都 道 市 区 町 村 郡 番地 号 号室 階 者 様 殿 氏
""".split())  # fmt: skip
_POLITE = tuple(map(folded, ("です", "でございます", "と申し", "と言い", "より", "から")))


def stands_alone(text: Folded, start: int, end: int, limits: Limits) -> bool:
    """Whether what is found is no part of a longer word, number, mailbox or domain."""
    plain = text.plain
    before, after = plain[start - 1 : start] if start else "", plain[end : end + 1]
    if limits is Limits.EMAIL:
        return not _goes_on_left(plain, start) and not _goes_on_right(plain, end)
    if limits is Limits.DOMAIN:
        return not (_is_word(before) or before in {"-", "_"}) and not _goes_on_right(plain, end)
    first, last = _script(plain[start]), _script(plain[end - 1])
    if before and first and _script(before) == first and not _may_precede(text, start, first, limits):
        return False
    return not (after and last and _script(after) == last and not _may_follow(text, end, last, limits))


def _may_precede(text: Folded, start: int, script: str, limits: Limits) -> bool:
    if script == "latin":
        return False
    if limits is Limits.LONG and script != "katakana":
        return True
    return text.text.endswith(_BEFORE_A_NAME, 0, start)


def _may_follow(text: Folded, end: int, script: str, limits: Limits) -> bool:
    if script == "latin":
        return False
    if limits is Limits.LONG and script != "katakana":
        return True
    return text.text.startswith(_AFTER_A_NAME, end) or (script == "hiragana" and text.text.startswith(_POLITE, end))


def _goes_on_left(plain: str, start: int) -> bool:
    before = plain[start - 1] if start else ""
    if before == "." and start > 1:
        return _is_word(plain[start - 2])
    return _is_word(before) or before in {"_", "%", "+", "-", "'"}


def _goes_on_right(plain: str, end: int) -> bool:
    after = plain[end : end + 1]
    if after == "." and end + 1 < len(plain):
        return _is_word(plain[end + 1])
    return _is_word(after) or after in {"-", "_", "@"}


def _is_word(char: str) -> bool:
    return _script(char) == "latin" if char else False


def _script(char: str) -> str:
    """What a character's word is made of; blank where it is no part of a word. Letters of all alphabets are one."""
    code = ord(char)
    if code < 0x80:
        return "latin" if char.isalnum() else ""
    if 0x3041 <= code <= 0x309F:
        return "hiragana"
    if 0x30A1 <= code <= 0x30FA or 0x30FC <= code <= 0x30FF:
        return "katakana"
    if code in (0x3005, 0x3006, 0x3007) or 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or code >= 0x20000:
        return "kanji" if char.isalnum() or code == 0x3005 else ""
    return "latin" if char.isalnum() else ""

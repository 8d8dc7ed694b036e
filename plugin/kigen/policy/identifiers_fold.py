"""How two spellings become one: the folded form in which identifiers are compared, and where it came from.

NFKC (width, ligatures, ㈱), case, kana (hiragana and small kana as large katakana, because payers' names of banks know
no others), accents of Latin letters, dashes, invisible characters and the variant kanji of names. The stored text is
never changed by folding: every folded character knows the stretch of the original it stands for.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Soft hyphen, joiners, direction marks, word joiner, byte order mark, variation selectors.
_UNSEEN = (
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef"
)
_ACCENTS = "\u0300-\u036f"
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_LEFT_OVER = re.compile(f"[{_ACCENTS}]")
# One character with all that composes with it: accents, sound marks (also of half width), vowels of Hangul; in the
# group without the marks of direction and the joiners behind it, which belong to the text around.
_COMPOSES = rf"{_ACCENTS}\u1160-\u11ff\u3099\u309a\uff9e\uff9f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_CLUSTER = re.compile(rf"([\s\S](?:[{_UNSEEN}]*[{_COMPOSES}])*)[{_UNSEEN}]*")

# Variant kanji of names, the usual form last; those that Unicode itself unifies need no row.
_VARIANTS = """
髙高 﨑崎 嵜崎 碕崎 𠮷吉 邊辺 邉辺 齋斎 齊斉 濵浜 濱浜 澤沢 廣広 嶋島 嶌島 櫻桜 國国 眞真 惠恵 德徳 黑黒 瀨瀬 淺浅 榮栄
壽寿 龍竜 瀧滝 條条 實実 圓円 會会 學学 髮髪 萬万 與与 彥彦 靜静 豐豊 將将 縣県 關関 渕淵 槇槙 曾曽
禮礼 冨富 藪薮 籠篭 舘館 檜桧 蘆芦 鷗鴎 晉晋 增増 橫横 鄕郷 吳呉 亞亜 莊荘 應応 樂楽 澁渋
顯顕 戶戸 步歩 每毎 淸清 槗橋 桒桑 栁柳
"""
_SMALL = dict(zip("ァィゥェォヵヶッャュョヮ", "アイウエオカケツヤユヨワ", strict=True))
_DASHES = "‐‑‒–—―−⁃﹘﹣－"


def _table() -> dict[int, str]:
    table = {code: chr(code + 0x60) for code in range(0x3041, 0x3097)}
    table |= {ord(pair[0]): pair[1] for pair in _VARIANTS.split()}
    for code in range(0xC0, 0x250):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base.isalpha():
            table[code] = base.lower()
    table |= {ord(a): b for a, b in zip("øłđħŧ", "oldht", strict=True)}
    table |= dict.fromkeys(map(ord, _DASHES), "-") | dict.fromkeys(map(ord, "‘’ʼ′`´"), "'")
    return {code: _SMALL.get(char, char) for code, char in table.items()} | {ord(a): b for a, b in _SMALL.items()}


_FOLD = _table()


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as it is compared.

    `plain` is normal width and lower case, `text` is also folded in script; both have one length, because where a word
    ends is seen in the script as written. Without `starts` and `ends` each character stands where it stood.
    """

    plain: str
    text: str
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original behind a stretch of the folded text that is not empty."""
        return (self.starts[start], self.ends[end - 1]) if self.starts else (start, end)


def fold(text: str) -> Folded:
    """Fold a text quickly, without its places unless it is ASCII, where they never move."""
    if text.isascii():
        lower = text.lower()
        return Folded(lower, lower)
    plain = _plain(text)
    return Folded(plain, plain.translate(_FOLD))


def folded(text: str) -> str:
    """Only the folded text, for a short one that is to be looked for."""
    return fold(text).text


def fold_in_place(text: str) -> Folded:
    """Fold a text and remember where each character came from; slower, so only where something was found.

    Folded cluster by cluster. In a few scripts of South Asia that can differ from folding the whole; what is searched
    is then this form.
    """
    if text.isascii():
        return fold(text)
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _CLUSTER.finditer(text):
        part = _plain(found.group())
        parts.append(part)
        starts += [found.start()] * len(part)
        ends += [found.end(1)] * len(part)
    plain = "".join(parts)
    return Folded(plain, plain.translate(_FOLD), tuple(starts), tuple(ends))


def _plain(text: str) -> str:
    # Twice, because case folding can undo what the first pass composed.
    lower = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    return _LEFT_OVER.sub("", unicodedata.normalize("NFKC", lower))

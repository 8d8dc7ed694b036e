"""How far a rights request has come, in words for whoever asked: never done before it is done, never silent.

It is told from what kigen remembers, so that it can also be shown to somebody who cannot sign in any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kigen.policy import desk
from kigen.policy.periods import to_local


class Stage(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    PLANNED = "planned"
    KEPT = "kept"
    DELAYED = "delayed"
    BEGUN = "begun"
    IN_PART = "partly-done"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    PASSED_ON = "passed-on"


CLOSED: Mapping[str, Stage] = {
    desk.WITHDRAWN: Stage.WITHDRAWN, desk.FULFILLED: Stage.DONE, desk.PARTLY_FULFILLED: Stage.IN_PART,
    desk.REFUSED: Stage.REFUSED, desk.PASSED_ON: Stage.PASSED_ON,
}  # fmt: skip
"""Where a closed request stands, by its state."""

SENTENCES: Mapping[Stage, tuple[str, str]] = {
    Stage.OPEN: (
        "The request was received and is to be answered before {at}.",
        "請求を受け付けました。{at} までに回答します。",
    ),
    Stage.PLANNED: ("The deletion is planned for {at}.", "削除の予定：{at}。"),
    Stage.KEPT: (
        "The deletion was planned for {at}; something still keeps the account, and every day it is looked at again.",
        "削除は {at} に予定されていましたが、まだアカウントを保持する理由があります。毎日あらためて確認します。",
    ),
    Stage.DELAYED: (
        "The deletion could not be finished; it is tried again from {at} on.",
        "削除を完了できませんでした。{at} 以降にもう一度行います。",
    ),
    Stage.BEGUN: (
        "The deletion began on {at} and is partly done; the rest follows.",
        "削除は {at} に始まり、一部が完了しています。残りも続けて削除します。",
    ),
    Stage.IN_PART: (
        "The deletion is partly done: what has to stay is masked and goes after {at}.",
        "削除は一部完了しています。残す必要のある情報は匿名化してあり、次の日時を過ぎると削除します：{at}。",
    ),
    Stage.DONE: ("The request was carried out on {at}.", "請求への対応は {at} に完了しました。"),
    Stage.WITHDRAWN: ("The request was taken back on {at}.", "請求は {at} に取り下げられました。"),
    Stage.REFUSED: (
        "The request was refused on {at}; the answer says why and where to complain.",
        "請求は {at} にお断りしました。理由と不服の申立先は回答に記載しています。",
    ),
    Stage.PASSED_ON: (
        "The request was passed on {at} to the client that stores the data and answers it.",
        "請求は {at} に、データを保管し回答する立場の顧客へ引き継ぎました。",
    ),
}
"""One sentence for each, in English and Japanese."""

_UNKNOWN = ("a day that nobody knows yet", "未定")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a request stands, and the instant of which its sentence speaks; None: nobody knows."""

    stage: Stage
    at: dt.datetime | None

    def text(self, zone: str, language: str = "en") -> str:
        """The sentence, with a local date and time."""
        column = 1 if language == "ja" else 0
        at = to_local(self.at, zone).strftime("%Y-%m-%d %H:%M") if self.at else _UNKNOWN[column]
        return SENTENCES[self.stage][column].format(at=at)

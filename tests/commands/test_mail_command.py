"""`kigen mail` as an operator and a mail server call it: no address is shown, and what came back comes by a pipe."""

from __future__ import annotations

from pathlib import Path

from tests.cases.post import OPERATOR
from tests.commands.installation import Installation
from tests.support.mailbox import PASSWORD, Mailbox

ASK = ("request", "open", "--client", "1", "--right", "access", "--regime", "eu")


def test_mail_is_set_up_sent_listed_and_what_comes_back_is_heard(here: Installation, tmp_path: Path) -> None:
    assert here.run("mail", "send").sentence == (
        "kigen: mail is not set up: kigen settings set mail.server NAME, then kigen settings set mail.way smtp"
    )
    here.run(*ASK, "--json")
    assert here.run("mail", "list", "--json").document[0]["state"] == "waiting"
    found = {one["code"] for one in here.run("doctor", "--quick", "--json").document["findings"]}
    assert "mail-off" in found
    with Mailbox(tmp_path / "mail").open() as box:
        for name, value in {**OPERATOR, **box.settings}.items():
            assert here.run("settings", "set", name, value, "--no-preview").status == 0
        assert PASSWORD not in here.run("settings", "list").out + here.run("settings", "history").out
        sent = here.run("mail", "send", "--lang", "ja")
    assert (sent.status, sent.out) == (0, "送信: 1、延期: 0、断念: 0、不要: 0、不明: 0\n")
    assert here.run("mail", "list", "--json").document == []
    listed = here.run("mail", "list", "--all", "--json")
    assert "one@example.jp" not in listed.out + here.run("mail", "list", "--all").out
    (one,) = listed.document
    assert (one["state"], one["answer"], one["message_id"]) == ("sent", "250 2.0.0", str(box.mails[0]["Message-ID"]))
    other = here.run("mail", "bounce", "--json", input=b"Subject: I am on holiday\r\n\r\nBack soon.\r\n")
    assert (other.status, other.document) == (0, {"heard": "unknown", "message": None})
    assert here.run("mail", "again", "1").sentence == (
        "kigen: message 1 is sent; expected one that is unsure, given up or bounced"
    )


def test_an_announcement_says_what_is_missing(here: Installation) -> None:
    change = ("mail", "announce", "recipient-change", "--about", "registrar-2")
    said = here.run(*change, "--word", "name.fr=x")
    assert said.status == 2 and "expected NAME=TEXT" in said.sentence
    given = [f"--word={one}" for one in ("name=Acme", "service.en=Domains", "service.ja=ドメイン", "country=US")]
    assert "effective is missing" in here.run(*change, *given).sentence
    dates = ("--word", "effective=2024-06-01", "--word", "until=2024-05-15")
    assert here.run(*change, *given, *dates, "--json").document["new"] == 3
    assert here.run("mail", "announce", "breach-notice", "--about", "b").sentence.startswith(
        "kigen: --clients is missing"
    )

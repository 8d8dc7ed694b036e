"""Notices on the command line: what is published says what runs, in both languages, or is not published."""

from __future__ import annotations

from pathlib import Path

import pytest

from kigen.policy.notice_catalogue import NOTICES, names
from kigen.policy.vocabulary import LANGUAGES
from kigen.work.publishing import template
from kigen.work.typesetting import html, outline, plain
from kigen.work.wording import BadTemplate, faults, render
from tests.commands.installation import Installation

OPERATOR = {
    "operator.name": "BESTNET LLC", "operator.name_ja": "BESTNET合同会社", "operator.address": "Osaki, Miyagi, Japan",
    "operator.representative": "A. Someone", "operator.contact": "privacy@example.jp",
    "operator.portal": "https://portal.example.jp/",
}  # fmt: skip


@pytest.fixture
def answered(here: Installation) -> Installation:
    for name, value in OPERATOR.items():
        assert here.run("settings", "set", name, value).status == 0
    return here


def test_the_policy_is_published_with_the_terms_that_run_at_that_moment(answered: Installation) -> None:
    answered.run("settings", "set", "schedule.order.delete-draft", "45 days")
    assert answered.run("notice", "publish", "privacy-policy", "--json").document["version"] == 1
    texts = answered.run("notice", "show", "privacy-policy", "--json").document["texts"]
    assert "| Order | draft | creation | 45 days | delete |" in texts["en"]["text"]
    assert "| 注文 | 下書き | 作成 | 45日 | 削除 |" in texts["ja"]["text"]
    assert "BESTNET合同会社" in texts["ja"]["text"]
    assert "The Japanese text is binding" in texts["en"]["text"]
    assert texts["en"]["html"].count("<h2>") == texts["ja"]["html"].count("<h2>") == 25


def test_m13_a_policy_that_promises_another_term_is_refused_and_the_rule_is_named(
    answered: Installation, tmp_path: Path
) -> None:  # fmt: skip
    own = template(NOTICES["privacy-policy"], "en").replace(
        "Appendix 1 is made", "Draft orders are deleted after 60 days. Appendix 1 is made"
    )
    (tmp_path / "en.md").write_text(own)
    said = answered.run("notice", "publish", "privacy-policy", "--text", f"en={tmp_path / 'en.md'}")
    assert said.status == 2
    assert said.sentence.endswith("(en): it states 60 days for order.delete-draft, which is 30 days")
    (tmp_path / "en.md").write_text(own.split("## Appendix 1")[0].replace("Draft orders", "Old drafts"))
    said = answered.run("notice", "publish", "privacy-policy", "--text", f"en={tmp_path / 'en.md'}")
    assert "it does not state client.archive-inactive (18 months)" in said.sentence
    assert answered.run("notice", "list", "--json").document == []


def test_k8_a_bad_template_names_line_and_variable_and_nothing_is_published(
    answered: Installation, tmp_path: Path
) -> None:  # fmt: skip
    (tmp_path / "ja.md").write_text("# 件名\n\n{{ recieved }} {{ range(10**9) }}\n{{ received.__class__ }}\n")
    said = answered.run("notice", "publish", "deletion-reminder", "--text", f"ja={tmp_path / 'ja.md'}")
    assert said.status == 2
    assert "line 3: 'recieved' is no variable of this notice" in said.sentence
    assert "line 3: the call of 'range' is not allowed" in said.sentence
    assert "line 4: the attribute '__class__' is not allowed" in said.sentence
    assert answered.run("notice", "list", "--json").document == []


def test_without_an_operator_nothing_is_published(here: Installation) -> None:
    said = here.run("notice", "publish", "cookies")
    assert said.status == 2 and "operator.name, operator.address" in said.sentence


def test_every_notice_can_be_previewed_in_both_languages_and_publishes_nothing(answered: Installation) -> None:
    assert answered.run("notice", "publish", "deletion-blocked", "--preview").status == 0
    assert answered.run("notice", "publish", "consent-marketing", "--preview").status == 0
    assert answered.run("notice", "list", "--json").document == []


def test_two_versions_are_compared_and_a_date_in_the_past_needs_its_word(answered: Installation) -> None:
    assert answered.run("notice", "publish", "privacy-policy").status == 0
    assert answered.run("settings", "set", "operator.contact", "dpo@example.jp").status == 0
    late = ["notice", "publish", "privacy-policy", "--effective", "2024-03-01"]
    said = answered.run(*late).sentence
    assert "take effect at 2024-03-01T00:00:00+09:00, before it is published" in said and "--posting-date" in said
    assert answered.run(*late, "--posting-date").status == 0
    lines = answered.run("notice", "diff", "privacy-policy", "--from", "1", "--to", "2", "--json").document["lines"]
    assert [line[:12] for line in lines if line.startswith(("-p", "+d"))] == ["-privacy@exa", "+dpo@example"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_kigens_own_words_use_only_the_variables_of_their_notice(language: str) -> None:
    assert {key: faults(template(one, language), names(one)) for key, one in NOTICES.items()} == {
        key: [] for key in NOTICES
    }


def test_both_languages_of_every_notice_have_the_same_headings() -> None:
    for one in NOTICES.values():
        assert outline(template(one, "en")) == outline(template(one, "ja")), one.key


@pytest.mark.parametrize(
    "source",
    [
        "{% include 'x' %}", "{{ x|attr('y') }}", "{{ x.format }}", "{{ 'a' * 10 }}", "{{ x[0] }}", "{% set a = x %}",
        "{{ x|join(attribute='a') }}", "{{ loop }}", "{{ self }}", "{% macro m() %}{% endmacro %}", "{{ x ~ x }}",
        "{% for a in x %}{% for b in x %}{% for c in x %}{% endfor %}{% endfor %}{% endfor %}", "{{ x",
    ],
)  # fmt: skip
def test_what_is_no_variable_condition_or_loop_is_refused_before_it_is_evaluated(source: str) -> None:
    with pytest.raises(BadTemplate, match="line 1: "):
        render(source, {"x": "value"})


def test_what_a_person_wrote_is_shown_letter_by_letter() -> None:
    shown = render("Dear {{ x }}", {"x": "<script>alert(1)</script> [a](javascript:b)\n# {{ 7 * 7 }} \u202eevil"})
    assert html(shown) == "<p>Dear &lt;script&gt;alert(1)&lt;/script&gt; [a](javascript:b) # {{ 7 * 7 }}  evil</p>\n"
    assert html("[a](javascript:b) <img src=x> [c](https://e.jp)") == (
        '<p>[a](javascript:b) &lt;img src=x&gt; <a href="https://e.jp" rel="noopener noreferrer">c</a></p>\n'
    )


def test_a_mail_without_markup_keeps_lists_rows_and_addresses() -> None:
    text = "Dear client\n\n- one\n- two\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n1. [here](https://e.jp/x)\n"
    assert plain(text) == "Dear client\n\n- one\n- two\n\nA | B\n1 | 2\n\n1. here (https://e.jp/x)"

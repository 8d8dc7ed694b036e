"""What an operator's own template cannot do: run long, fill the memory, or fail without its line."""

from __future__ import annotations

import pytest

from kigen.work.wording import BadTemplate, faults, render

GIVEN = {"name": "Taro", "rows": [{"a": "b" * 1000}] * 300, "words": ["one", "two"]}


def refused(source: str) -> str:
    with pytest.raises(BadTemplate) as wrong:
        render(source, GIVEN)
    return str(wrong.value)


def test_k8_letters_joined_with_letters_again_and_again_fill_no_memory() -> None:
    thousand = "y" * 1000
    bomb = f"{{{{ '{thousand}'|join('{thousand}')|join('{thousand}')|join('{thousand}') }}}}"
    assert refused(f"Title\n{bomb}") == "line 2: 'join' takes a list of words"
    assert render("{{ words|join(', ') }}; {{ words|join }}", GIVEN) == "one, two; onetwo"


def test_k8_filters_within_loops_that_write_nothing_end_after_a_set_amount_of_reading() -> None:
    walk = (
        "{% for x in rows %}{% for y in rows %}{% if x.a|upper|lower|trim == name %}{% endif %}{% endfor %}{% endfor %}"
    )
    assert refused(walk) == "line 1: the filters read more than 20000000 characters"
    assert render("{{ name|upper|lower|trim }}", GIVEN) == "taro"  # and the next text begins anew


def test_k8_whatever_a_template_holds_it_is_a_fault_with_a_line_and_no_other_error() -> None:
    assert refused("{{ " + " or ".join(["name"] * 20_000) + " }}") == "line 1: it is nested too deeply"
    assert refused("{{ " + "9" * 5000 + " }}") == "line 1: a number is too long"
    two = faults("{% autoescape false %}{% endautoescape %}{% set x = 1 %}", GIVEN)
    assert [str(one) for one in two] == ["line 1: 'assign' is not allowed", "line 1: 'scope' is not allowed"]
    assert render('{{ "a\\ud800b" }}', GIVEN) == "a b"

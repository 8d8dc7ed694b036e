"""The search for cycles rests during a piece of work, whatever becomes of it, and only then."""

from __future__ import annotations

import gc

import pytest

from kigen.work.uncollected import uncollected


def test_the_search_for_cycles_rests_and_goes_on_after_an_error_too() -> None:
    assert gc.isenabled()
    with pytest.raises(KeyError), uncollected():
        assert not gc.isenabled()
        raise KeyError
    assert gc.isenabled()


def test_who_has_switched_it_off_finds_it_off_afterwards() -> None:
    gc.disable()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()

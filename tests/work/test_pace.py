"""How many records go into the next chunk: more little by little, fewer at once, never beyond what was allowed."""

from __future__ import annotations

from random import Random

import pytest

from kigen.policy.records import Kind
from kigen.work.pace import FASTEST, FEWEST, FEWEST_CLIENTS, Pace, pace_of


def test_the_first_chunk_is_of_the_fewest_records_that_are_worth_a_transaction() -> None:
    assert Pace(1000, 0.5).next() == FEWEST
    assert Pace(7, 0.5).next() == 7


def test_clients_go_by_fewer_than_orders_for_each_has_many_rows() -> None:
    assert pace_of(Kind.ORDER, 1000, 25) == Pace(1000, 0.025, FEWEST)
    assert pace_of(Kind.CLIENT, 1000, 25) == Pace(1000, 0.025, FEWEST_CLIENTS)
    assert FEWEST_CLIENTS < FEWEST


def test_sizes_grow_by_a_quarter_at_most_however_quick_a_chunk_was() -> None:
    pace = Pace(120, 0.5, fewest=40)
    sizes = []
    for _ in range(8):
        sizes.append(pace.next())
        pace.took(pace.next(), 0.0)
    assert sizes == [40, 50, 62, 77, 96, 120, 120, 120]


def test_sizes_shrink_at_once_by_half_at_most_however_slow_a_chunk_was() -> None:
    pace = Pace(1000, 0.5, fewest=40, size=1000)
    sizes = []
    for _ in range(6):
        pace.took(pace.next(), 60.0)
        sizes.append(pace.next())
    assert sizes == [500, 250, 125, 62, 40, 40]


@pytest.mark.parametrize(("seconds", "expected"), [(0.25, 125), (0.4, 125), (0.5, 100), (0.8, 62), (1.0, 50)])
def test_the_next_size_is_what_the_last_one_says_would_have_fitted(seconds: float, expected: int) -> None:
    pace = Pace(1000, 0.5, fewest=40, size=100)
    pace.took(100, seconds)
    assert pace.next() == expected


def test_a_chunk_of_the_fewest_records_is_not_made_smaller_by_any_delay() -> None:
    pace = Pace(1000, 0.5, size=FEWEST + 1)
    pace.took(FEWEST + 1, 3600.0)
    assert pace.next() == FEWEST
    pace.took(FEWEST, 3600.0)
    assert pace.next() == FEWEST


def test_an_operator_who_allows_fewer_than_the_fewest_gets_what_he_allows() -> None:
    pace = Pace(3, 0.5)
    for seconds in (0.0, 60.0, 0.01):
        assert pace.next() == 3
        pace.took(3, seconds)
    assert Pace(0, 0.5).next() == 1  # a chunk of nothing would never end


@pytest.mark.parametrize("seconds", [0.0, 0.01, 60.0])
def test_a_chunk_that_was_cut_short_teaches_nothing(seconds: float) -> None:
    pace = Pace(1000, 0.5)
    pace.took(FEWEST - 1, seconds)
    assert pace.next() == FEWEST
    pace.took(1, seconds)
    assert pace.next() == FEWEST


@pytest.mark.parametrize("seed", range(20))
def test_whatever_was_measured_a_size_stays_between_its_bounds(seed: int) -> None:
    rng = Random(seed)
    most = rng.choice([1, 100, 120, 500, 5000])
    pace = Pace(most, rng.choice([0.01, 0.5, 5]))
    for _ in range(200):
        size = pace.next()
        assert min(FEWEST, most) <= size <= most
        taken = rng.choice([size, size, rng.randint(0, size)])
        pace.took(taken, rng.choice([0.0, 1e-9, 0.02, 0.5, 7.0, 1e6]))
        assert pace.next() <= max(FEWEST, int(size * FASTEST))
        assert taken == size or pace.next() == size

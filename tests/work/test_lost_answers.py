"""A commit that came through although nobody heard so: what was done is proved once, and is not done again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pymysql
import pytest
from sqlalchemy.exc import DBAPIError

from kigen.ledger import evidence_read, keys, ledger_file, ledger_standing
from kigen.ledger.evidence_verify import verify
from kigen.ledger.ledger_standing import State
from kigen.work import attempt
from tests.work.billing import Billing


@pytest.mark.parametrize("lost", [1, 2, 4])
def test_a_commit_whose_answer_was_lost_leaves_each_record_with_one_proof(
    lost: int, due: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F3: the chunk is decided anew, its records are gone, and nothing is told twice."""
    dialect, acting, chunks = due.site.engine.dialect, [False], [0]
    commit, act = dialect.do_commit, attempt.act

    def noting(*given: Any) -> Any:
        acting[0] = True
        return act(*given)

    def losing(connection: Any) -> None:
        commit(connection)
        if acting[0]:
            acting[0], chunks[0] = False, chunks[0] + 1
            if chunks[0] == lost:
                connection.close()
                raise pymysql.err.OperationalError(2013, "Lost connection to MySQL server during query")

    monkeypatch.setattr(attempt, "act", noting)
    monkeypatch.setattr(dialect, "do_commit", losing)
    with pytest.raises(DBAPIError):
        due.sweep()
    assert chunks[0] == lost
    assert len(due.ids("tblorders")) == 10 - lost
    while due.sweep().acted:
        pass
    folder, key = due.site.state_dir, keys.public(due.site.state_dir)
    with due.site.reading() as connection:
        parts = [part for told in evidence_read.told(connection) for part in told.parts]
        assert verify(connection, key).ok
    told = Counter((part.kind, item[0]) for part in parts for item in part.items if item)
    assert told == {("order", number): 1 for number in range(10, 20)}
    assert Counter((act.kind.value, act.id) for act in due.acts()) == told
    with due.site.reading() as connection:
        assert ledger_standing.standing(folder, connection).state is State.AGREE
    assert ledger_file.verify(folder, key).records == 10
    assert due.ids("tblclients") == [1]

"""Two at once: one works, the other is refused, and the next one finds everything as it should be."""

from __future__ import annotations

import json

import pytest

from kigen.work.lease import lease
from kigen.work.site import Site
from tests.commands.installation import NOW, Installation


@pytest.fixture
def site(anywhere: Installation) -> Site:
    """The installation as another runner sees it."""
    from kigen.commands.call import Call

    return Call(config=str(anywhere.config)).site()


def test_while_one_works_the_others_are_refused(anywhere: Installation, site: Site) -> None:
    anywhere.run("events", "-", input=b'{"event":"day_started","at":"2024-01-01T00:00Z"}')
    with lease(site):
        for asked in (["sweep", "--confirm"], ["reconcile"], ["intake"]):
            said = anywhere.run(*asked)
            assert said.status == 3
            assert "another kigen run is working" in said.sentence
        assert anywhere.run("plan").status == 0
        assert anywhere.run("reconcile", "--dry-run").status == 0
    assert anywhere.run("sweep", "--confirm").status == 0


def test_of_two_processes_at_once_every_record_is_handled_once(anywhere: Installation) -> None:
    asked = ["--now", NOW, "--json", "sweep", "--confirm"]
    both = [anywhere.start(*asked) for _ in range(2)]
    ended = [(process.communicate(timeout=60), process.returncode) for process in both]
    assert {status for _, status in ended} <= {0, 3}, [err for (_, err), _ in ended]
    deleted = [json.loads(out)["deleted"] for (out, _), status in ended if status == 0]
    assert [one for one in deleted if one] == [{"client": 1, "order": 1}]


def test_a_runner_that_is_killed_frees_the_lease(anywhere: Installation) -> None:
    follower = anywhere.start("--now", NOW, "sweep", "--confirm")
    follower.kill()
    follower.communicate(timeout=30)
    assert anywhere.run("sweep", "--confirm").status == 0

"""The file that stops runs, as a person meets it: the sweep's sentence and exit status, and the doctor's warning."""

from __future__ import annotations

from tests.commands.installation import Installation


def test_a_sweep_that_finds_the_stop_file_acts_on_nothing_and_ends_with_one(anywhere: Installation) -> None:
    path = anywhere.folder / "kigen-state" / "stop"
    path.parent.mkdir(exist_ok=True)
    path.touch()
    said = anywhere.run("sweep", "--confirm", "--json")
    assert (said.status, said.document["stopped"], said.document["remaining"]) == (1, "stop-file", 2)
    assert said.document["deleted"] == {}
    assert str(path) in said.sentence and "until somebody removes it" in said.sentence
    assert anywhere.run("explain", "order", "5", "--json").document["action"] == "delete"
    path.unlink()
    assert anywhere.run("sweep", "--json").document["deleted"] == {"client": 1, "order": 1}


def test_the_doctor_warns_of_the_stop_file_and_of_the_run_that_it_stopped(here: Installation) -> None:
    path = here.folder / "kigen-state" / "stop"
    path.parent.mkdir(exist_ok=True)
    path.touch()
    here.run("sweep", "--confirm")
    found = {one["code"]: one for one in here.run("doctor", "--quick", "--json").document["findings"]}
    assert found["stop-file"]["level"] == "warning" and str(path) in found["stop-file"]["text"]
    assert found["run-stopped"]["level"] == "warning" and "(stop-file)" in found["run-stopped"]["text"]
    path.unlink()
    here.run("sweep", "--limit", "1")
    found = {one["code"]: one for one in here.run("doctor", "--quick", "--json").document["findings"]}
    assert not found.keys() & {"stop-file", "run-stopped"}  # a run that ends where it was told to needs nobody


def test_an_officers_order_is_refused_while_the_stop_file_is_there_and_its_preview_is_not(
    anywhere: Installation,
) -> None:
    path = anywhere.folder / "kigen-state" / "stop"
    path.parent.mkdir(exist_ok=True)
    path.touch()
    said = anywhere.run("erase", "2")
    assert said.status == 3 and str(path) in said.err and "until somebody removes it" in said.err
    assert anywhere.run("explain", "client", "2", "--json").status == 0
    assert anywhere.run("erase", "2", "--preview").status == 0
    path.unlink()
    assert anywhere.run("erase", "2", "--json").document["done"] == {"delete": {"client": 1}}


def test_a_replay_is_refused_before_its_first_chunk_while_the_stop_file_is_there(here: Installation) -> None:
    path = here.folder / "kigen-state" / "stop"
    path.parent.mkdir(exist_ok=True)
    path.touch()
    said = here.run("replay")
    assert said.status == 3 and str(path) in said.sentence and "until somebody removes it" in said.sentence
    assert here.run("replay", "--dry-run").status == 0

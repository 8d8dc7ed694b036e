"""What every test may ask for: databases of both engines, each test its own; the shared dumps; is this the deep run?"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.support import sql
from tests.support.mariadb import MariaDB, install

ROOT = Path(__file__).parent.parent
DUMPS = ("fossbilling-0.7.2", "fossbilling-0.8.5")

# A configuration of the machine's own must not be found by a test, and a loaded machine is no failure.
os.environ.pop("KIGEN_CONFIG", None)
hypothesis.settings.register_profile("kigen", deadline=None, print_blob=True)
hypothesis.settings.load_profile("kigen")


@pytest.fixture(scope="session")
def deep() -> bool:
    """Is this the long run (`./tests/run --deep`)? Tests then search further; they never check something else."""
    return os.environ.get("KIGEN_DEEP") == "1"


@pytest.fixture(scope="session")
def mariadb_template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The data folder of a server that never ran, made once for all processes of this test run."""
    base = tmp_path_factory.getbasetemp()
    # Each process of xdist has a base folder below the one of the run.
    shared = base if worker_id == "master" else base.parent
    template, done = shared / "mariadb-template", shared / "mariadb-template.done"
    with (shared / "mariadb-template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            install(template)
            done.touch()
    return template


@pytest.fixture(scope="session")
def mariadb_server(mariadb_template: Path) -> Iterator[MariaDB]:
    """A MariaDB of this process's own, so that a test may restart or kill it; mariadb_url starts it again."""
    server = MariaDB(mariadb_template)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def mariadb_url(mariadb_server: MariaDB) -> Iterator[str]:
    """The URL of an empty MariaDB database, dropped after the test."""
    mariadb_server.start()  # the test before may have killed it
    name = mariadb_server.create_database()
    yield mariadb_server.url(name)
    mariadb_server.start()
    mariadb_server.drop_database(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'billing.sqlite'}"


@pytest.fixture(params=["sqlite", "mariadb"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once of each engine: what holds on one must hold on the other."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def whmcs_url(mariadb_url: str) -> str:
    """A MariaDB database with the tables of WHMCS, and nothing in them but its statuses and configuration."""
    sql.load_sql(mariadb_url, sql.WHMCS)
    return mariadb_url


@pytest.fixture(scope="session")
def whmcs_sql() -> Path:
    """The tables of WHMCS as a script for MariaDB."""
    return sql.WHMCS


@pytest.fixture(scope="session")
def load_sql() -> Callable[[str, Path | str], None]:
    """`load_sql(url, path_or_text)` runs a script of many statements."""
    return sql.load_sql


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real dumps and recorded events, beside the project and not in it; KIGEN_SHARED names another."""
    folder = Path(os.environ.get("KIGEN_SHARED") or ROOT.parent / "shared") / "data"
    if not folder.is_dir():
        pytest.skip("The real dumps and recorded events are not here: KIGEN_SHARED may name the folder with data/.")
    return folder


@pytest.fixture(scope="session")
def load_dump(shared_data: Path) -> Callable[[str, str], None]:
    """`load_dump(url, "fossbilling-0.8.5")` loads one of the real dumps."""
    return lambda url, name: sql.load_dump(url, shared_data / f"{name}.sql.gz")


@pytest.fixture(params=DUMPS)
def fossbilling_dump(request: pytest.FixtureRequest) -> str:
    """Each real dump by name, for tests that hold on both versions of FOSSBilling."""
    return str(request.param)


@pytest.fixture
def fossbilling_url(mariadb_url: str, load_dump: Callable[[str, str], None], fossbilling_dump: str) -> str:
    """A MariaDB database with a real FOSSBilling in it, once of each version."""
    load_dump(mariadb_url, fossbilling_dump)
    return mariadb_url

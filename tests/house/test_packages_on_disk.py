"""setup.cfg and the disk say the same: a forgotten line would drop a package from the wheel without a word."""

from __future__ import annotations

import configparser
import importlib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.support import tree

OUTSIDE = {"kigen.hooks": tree.ROOT / "hooks", "kigen.templates": tree.ROOT / "templates"}


def setup() -> configparser.ConfigParser:
    config = configparser.ConfigParser()
    config.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their capitals
    config.read(tree.ROOT / "setup.cfg", encoding="utf-8")
    return config


def listed(section: str, option: str) -> list[str]:
    return setup()[section][option].split("\n")[1:]


def declared(group: str) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in listed("options.entry_points", group))
    return {name.strip(): target.strip() for name, target in pairs}


def folder(package: str) -> Path:
    """Where a package's files are."""
    for outside, path in OUTSIDE.items():
        if package == outside or package.startswith(outside + "."):
            return path.joinpath(*package.split(".")[2:])
    return tree.ROOT.joinpath("plugin", *package.split("."))


def test_the_packages_of_setup_cfg_are_the_folders_with_an_init() -> None:
    inits = [path for path in tree.modules("plugin", "hooks", "templates") if path.name == "__init__.py"]
    assert sorted(listed("options", "packages")) == sorted(tree.module_name(path) for path in inits)


def test_every_folder_with_python_is_a_package() -> None:
    folders = {path.parent for path in tree.modules("plugin/kigen", "hooks", "templates")}
    assert [tree.short(one) for one in sorted(folders) if not (one / "__init__.py").is_file()] == []


def test_every_other_file_is_package_data_and_so_part_of_the_wheel() -> None:
    shipped: set[Path] = set()
    for package in setup()["options.package_data"]:
        for pattern in listed("options.package_data", package):
            shipped.update(folder(package).glob(pattern))
    others = [path for path in tree.files("plugin/kigen", "hooks", "templates") if path.suffix != ".py"]
    assert [tree.short(path) for path in others if path not in shipped] == []


def test_the_installed_entry_points_are_those_of_setup_cfg() -> None:
    installed = {one.name: one.value for one in entry_points(group="kigen") if one.dist and one.dist.name == "kigen"}
    assert installed == declared("kigen"), "Run ./tests/run: it installs again when setup.cfg changed."


@pytest.mark.parametrize("target", [*declared("kigen").values(), *declared("console_scripts").values()])
def test_an_entry_point_leads_somewhere(target: str) -> None:
    module, _, name = target.partition(":")
    found = importlib.import_module(module)
    assert not name or callable(getattr(found, name))


def test_every_built_in_hook_and_host_is_found_through_an_entry_point() -> None:
    hooks = {tree.module_name(path) for path in tree.modules("hooks") if path.parent.name == "hooks"} - {"kigen.hooks"}
    hosts = {tree.module_name(path.parent / "__init__.py") for path in tree.modules("plugin/kigen/hosts")}
    hosts.discard("kigen.hosts")
    assert hooks | hosts == set(declared("kigen").values())


def test_pyproject_names_the_build_system_and_nothing_else() -> None:
    lines = (tree.ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    assert [line.split(" ")[0] for line in lines] == ["[build-system]", "requires", "build-backend"]


def test_no_value_of_setup_cfg_carries_a_comment() -> None:
    # configparser would take it for a part of the value.
    lines = (tree.ROOT / "setup.cfg").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if " #" in line or " ;" in line] == []


def test_the_top_of_the_tree_is_the_one_of_the_design() -> None:
    caches = {"__pycache__", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
    made = caches | {".git", ".venv", "build", "dist"}
    assert {path.name for path in tree.ROOT.iterdir()} - made == set(tree.TOP)


def test_what_is_started_by_hand_may_be_executed() -> None:
    for name in ("tests/run", ".ci/run", "plugin/demo"):
        path = tree.ROOT / name
        assert path.is_file(), f"{name} is missing."
        assert path.stat().st_mode & 0o111, f"{name} is not executable."

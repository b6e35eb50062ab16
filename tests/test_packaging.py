"""The wheel holds the tree, all of it and nothing else, and lives beside other people's agents."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = {
    "nightshoot": "nightshoot",
    "agents": "nightshoot/agents",
    "tools": "nightshoot/tools",
    "graphs": "nightshoot/graphs",
    "prompts": "nightshoot/prompts",
}
LINKS = ("agents", "tools", "graphs", "prompts")
_SETUPTOOLS = 77
"""As pyproject's build-system asks."""

NOT_SHIPPED = (".pyc",)


def tree() -> set[str]:
    """The files of the packages, under the names that they have when installed."""
    files = set()
    for folder, home in PARTS.items():
        for parent, folders, names in os.walk(ROOT / folder, followlinks=False):
            folders[:] = [name for name in folders if name != "__pycache__"]
            below = Path(parent).relative_to(ROOT / folder)
            files |= {
                str(Path(home) / below / name)
                for name in names
                if not name.endswith(NOT_SHIPPED) and not name.startswith(".")
            }
    return files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy, so that the checkout stays as it is."""
    if find_spec("setuptools") is None or int(version("setuptools").split(".")[0]) < _SETUPTOOLS:
        pytest.skip(f"building needs setuptools {_SETUPTOOLS}")
    copy = tmp_path_factory.mktemp("source") / "nightshoot"
    copy.mkdir()
    for name in (*PARTS, "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, copy / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(source, copy / name)
    built = tmp_path_factory.mktemp("wheel")
    script = "import setuptools.build_meta as b, sys; b.build_wheel(sys.argv[1])"
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(built)],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2_000:]
    return next(built.glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_tree_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {name for name in names if ".dist-info/" not in name}
    assert tree() - shipped == set(), "missing from the wheel: add it to package-data or packages"
    assert shipped - tree() == set(), "in the wheel, but not in the tree"
    licences = {Path(name).name for name in names if ".dist-info/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE"}


def test_everything_in_the_wheel_lies_below_nightshoot(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"nightshoot"}


def test_it_is_installed_beside_a_distribution_with_agents_of_its_own(
    wheel: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    for package in ("agents", "tools"):
        (site / package).mkdir(parents=True)
        (site / package / "__init__.py").write_text("OWNER = 'somebody else'\n")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    for package in ("agents", "tools"):
        assert (site / package / "__init__.py").read_text() == "OWNER = 'somebody else'\n"
    script = (
        "import agents, nightshoot, nightshoot.agents.critic, nightshoot.prompts as p\n"
        "from nightshoot.domain.vocabulary import Locale\n"
        "assert agents.OWNER == 'somebody else'\n"
        "assert p.Prompts().front_matter('critic/advise', Locale.ZH).version\n"
        "print(nightshoot.__file__)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(site)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == str(site / "nightshoot" / "__init__.py")


@pytest.mark.parametrize("name", LINKS)
def test_the_links_point_to_the_folders(name: str) -> None:
    link = ROOT / "nightshoot" / name
    assert link.is_symlink()
    assert link.readlink() == Path("..") / name
    assert link.resolve() == ROOT / name


def test_every_package_of_the_tree_is_declared() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    packages = {
        str(Path(name).parent).replace("/", ".")
        for name in tree()
        if Path(name).name == "__init__.py"
    }
    assert set(declared["packages"]) == packages


def test_plain_agents_is_banned_from_imports(tmp_path: Path) -> None:
    if find_spec("ruff") is None:
        pytest.skip("ruff is not installed")
    for name in LINKS:
        code = tmp_path / f"{name}.py"
        code.write_text(f'"""Doc."""\n\nimport {name}.thing\n\nprint({name})\n')
        ran = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"),
             "--select", "TID251", "--no-cache", str(code)],
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        assert "TID251" in ran.stdout


def test_core_is_installed_without_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert not [one for one in project["dependencies"] if one.startswith(("torch", "diffusers"))]
    assert {"gpu", "offline", "test"} <= set(project["optional-dependencies"])
    assert project["license"] == "Apache-2.0"

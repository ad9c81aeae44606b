"""The house keeps its shape."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BESIDE = {"tenants", "branding", "search", "catalog", "cms"}
ROOT_ENTRIES = BESIDE | {
    ".ci",
    ".editorconfig",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "NOTICE",
    "README.md",
    "README.zh.md",
    "SECURITY.md",
    "deploy",
    "docs",
    "locale",
    "manage.py",
    "platform",
    "pyproject.toml",
    "requirements.lock",
    "tests",
}


def committed(folder: str = ".") -> list[Path]:
    """Files git knows or would take; a folder without git (a release) is walked."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", folder]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git work tree")
    return [path for name in done.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def rooms() -> set[str]:
    inside = {path.name for path in (ROOT / "platform").iterdir() if (path / "__init__.py").is_file()}
    return inside | {name for name in BESIDE if (ROOT / name / "__init__.py").is_file()}


def test_platform_is_no_package_and_holds_no_loose_module():
    loose = [path.name for path in (ROOT / "platform").iterdir() if path.suffix == ".py"]
    assert loose == []


def test_the_standard_librarys_platform_still_wins():
    code = "import platform; platform.python_version(); import kernel, config"
    places = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'platform')!r}]; "
    assert subprocess.run([sys.executable, "-c", places + code], check=False).returncode == 0


def test_no_test_lives_inside_a_room():
    inside = [path for room in ("platform", *sorted(BESIDE)) for path in committed(room)]
    assert [path for path in inside if path.name == "conftest.py" or path.name.startswith("test_")] == []


def test_every_room_stands_in_the_import_contract_and_in_the_wheel():
    contract = PROJECT["tool"]["importlinter"]
    layers = {name.strip() for layer in contract["contracts"][0]["layers"] for name in layer.split("|")}
    packages = {Path(path).name for path in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]}
    assert rooms() <= set(contract["root_packages"])
    assert rooms() <= layers
    assert rooms() <= packages


def test_no_room_stands_empty():
    empty = []
    for name in rooms():
        folder = ROOT / name if name in BESIDE else ROOT / "platform" / name
        if not [path for path in folder.rglob("*.py") if path.name != "__init__.py"]:
            empty.append(name)
    assert empty == []


def test_only_known_things_stand_at_the_root():
    assert {path.relative_to(ROOT).parts[0] for path in committed()} - ROOT_ENTRIES == set()


def test_every_folder_of_tests_is_a_package():
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_lock_file_names_no_registry_and_every_line_has_a_hash():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    wanted = [block for block in text.split("\n") if "==" in block]
    assert text.count("--hash=sha256:") >= len(wanted) > 50

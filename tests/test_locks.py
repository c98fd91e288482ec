"""The locks: every file hashed, no index named, one version for every supported machine."""

import re
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("runtime", "dev")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}


@dataclass(frozen=True)
class Pin:
    """One entry of a lock."""

    name: str
    version: str
    marker: Marker | None
    hashes: tuple[str, ...]

    def applies(self, system: str, python: str) -> bool:
        """Whether this entry is installed on a system by a Python."""
        machine = {
            "sys_platform": system,
            "platform_system": SYSTEMS[system],
            "python_version": python,
            "python_full_version": f"{python}.4",
            "platform_python_implementation": "CPython",
            "implementation_name": "cpython",
        }
        return self.marker is None or self.marker.evaluate(machine)


@cache
def pins(lock: str) -> dict[str, Pin]:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    entries = re.sub(r"\\\n\s*", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    found = {}
    for entry in entries:
        match = re.fullmatch(
            r"([a-z0-9-]+)==([^\s;]+)(?: ; (.*?))?((?: +--hash=sha256:[0-9a-f]{64})+)\s*", entry
        )
        assert match, f"{lock}: {entry[:80]!r} is not `name==version --hash=sha256:...`"
        name, number, marker, hashes = match.groups()
        assert name not in found, f"{lock}: {name} is pinned twice"
        found[name] = Pin(name, number, Marker(marker) if marker else None, tuple(hashes.split()))
    return found


@cache
def project() -> dict[str, list[Requirement]]:
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = tables["dependency-groups"]
    direct = tables["project"]["dependencies"]
    dev = [line for line in groups["dev"] if isinstance(line, str)] + groups["build"]
    return {
        "runtime": [Requirement(line) for line in direct + groups["build"]],
        "dev": [Requirement(line) for line in direct + dev],
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_every_direct_dependency_is_locked_within_its_range(lock: str) -> None:
    for requirement in project()[lock]:
        pin = pins(lock)[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(pin.version), f"{pin.name} {pin.version}"
        assert pin.hashes


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert re.findall(r"https?:|index-url|find-links|trusted-host|file:", text) == []


def test_the_development_lock_holds_the_runtime_lock() -> None:
    dev = pins("dev")
    assert {name: pin.version for name, pin in pins("runtime").items()} == {
        name: dev[name].version for name in pins("runtime")
    }
    assert {name: set(pin.hashes) for name, pin in pins("runtime").items()} == {
        name: set(dev[name].hashes) for name in pins("runtime")
    }


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_each_machine_gets_what_it_needs(system: str, python: str) -> None:
    names = {name for name, pin in pins("runtime").items() if pin.applies(system, python)}
    assert {"tzdata", "sqlcipher3", "pyside6-essentials", "pyside6-addons", "psycopg-binary"} <= names
    assert ("backports-zstd" in names) == (python != "3.14")
    assert ("secretstorage" in names) == (system == "linux")
    assert ("pywin32-ctypes" in names) == (system == "win32")
    assert ("uvloop" in names) == (system != "win32")


def test_what_must_not_stand_beside_the_rest_does_not() -> None:
    # The meta package brings a browser of 673 MB; the second SQLCipher would replace the first one's files.
    assert {"pyside6", "sqlcipher3-wheels", "sqlcipher3-binary"} & set(pins("dev")) == set()


def test_this_environment_is_the_lock() -> None:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    expected = {name: pin.version for name, pin in pins("dev").items() if pin.applies(sys.platform, python)}
    installed: dict[str, str] = {}
    for name in expected:
        try:
            installed[name] = version(name)
        except PackageNotFoundError:
            installed[name] = "missing"
    assert installed == expected

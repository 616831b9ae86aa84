"""The browser is found, or installed, or said to be missing: never passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.find_browser import (
    NAMES,
    VARIABLE,
    NoBrowserError,
    find_browser,
    launch_arguments,
)

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n'
UBUNTU = 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n'
FEDORA = 'NAME="Fedora Linux"\nID=fedora\n'
STUB = "echo 'requires the chromium snap to be installed'; exit 1"


class Machine:
    """A machine of which the PATH is one folder of small shell scripts."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.os_release = folder / "os-release"
        self.log = folder / "log"
        self.log.touch()
        self.environment = {"PATH": str(self.programs)}

    def add(self, name: str, script: str = "exit 0") -> str:
        path = self.programs / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> "{self.log}"\n{script}\n')
        path.chmod(0o755)
        return str(path)

    def add_apt(self, browser: str = "exit 0", status: int = 0) -> None:
        """An apt-get that installs a browser which does that."""
        made = self.programs / "chromium"
        self.add(
            "apt-get",
            f"[ {status} = 0 ] || {{ echo 'E: no such luck'; exit {status}; }}\n"
            f'[ "$1" = install ] || exit 0\n'
            f"printf '#!/bin/sh\\n%s\\n' '{browser.replace(chr(39), '')}' > '{made}'\n"
            f"/bin/chmod +x '{made}'",
        )

    def find(self, *, root: bool = False) -> str:
        return find_browser(self.environment, os_release=self.os_release, root=root)

    def installed(self) -> list[str]:
        return [line for line in self.log.read_text().splitlines() if "apt-get " in line]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    found = Machine(tmp_path)
    found.os_release.write_text(DEBIAN)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_browser_on_the_path_is_found_by_any_of_its_names(machine: Machine, name: str) -> None:
    path = machine.add(name)
    assert machine.find() == path


def test_a_browser_that_does_not_start_is_passed_over_for_one_that_does(machine: Machine) -> None:
    machine.add("chromium-browser", STUB)
    chrome = machine.add("google-chrome")
    assert machine.find() == chrome


def test_the_environment_names_the_browser_before_all_others(machine: Machine) -> None:
    machine.add("chromium")
    mine = machine.add("my-browser")
    machine.environment[VARIABLE] = mine
    assert machine.find() == mine


def test_a_named_browser_that_does_not_start_is_an_error_and_no_other_is_taken(
    machine: Machine,
) -> None:
    machine.add("chromium")
    machine.environment[VARIABLE] = "/nowhere/browser"
    with pytest.raises(NoBrowserError, match=f"{VARIABLE} names /nowhere/browser.*Install"):
        machine.find()


@pytest.mark.parametrize("system", [DEBIAN, UBUNTU])
def test_the_superuser_of_a_debian_has_it_installed(machine: Machine, system: str) -> None:
    machine.os_release.write_text(system)
    machine.add_apt()
    assert machine.find(root=True) == str(machine.programs / "chromium")
    assert machine.installed() == [
        "apt-get update",
        "apt-get install -y --no-install-recommends chromium",
    ]


def test_a_user_with_sudo_and_no_password_has_it_installed(machine: Machine) -> None:
    machine.add_apt()
    machine.add("sudo", '[ "$2" = true ] && exit 0\nshift\nexec "$@"')
    assert machine.find() == str(machine.programs / "chromium")
    assert machine.installed()[-1] == "apt-get install -y --no-install-recommends chromium"


def test_a_user_whose_sudo_asks_for_a_password_is_told_what_to_install(machine: Machine) -> None:
    machine.add_apt()
    machine.add("sudo", "exit 1")
    with pytest.raises(NoBrowserError, match=r"may not install one.*apt-get install chromium"):
        machine.find()
    assert machine.installed() == []


def test_what_apt_said_is_in_the_message(machine: Machine) -> None:
    machine.add_apt(status=100)
    with pytest.raises(NoBrowserError, match=r"failed: E: no such luck.*Install Chromium"):
        machine.find(root=True)


def test_an_installed_stand_in_that_does_not_start_is_an_error(machine: Machine) -> None:
    machine.os_release.write_text(UBUNTU)
    machine.add_apt(browser=STUB)
    with pytest.raises(NoBrowserError, match=r"no browser that starts.*Install Chromium"):
        machine.find(root=True)
    assert len(machine.installed()) == 2


@pytest.mark.parametrize("system", [FEDORA, None])
def test_another_system_is_left_alone_and_told_what_to_install(
    machine: Machine, system: str | None
) -> None:
    machine.add_apt()
    machine.os_release.unlink()
    if system:
        machine.os_release.write_text(system)
    with pytest.raises(NoBrowserError, match=f"Install Chromium.*{VARIABLE}"):
        machine.find(root=True)
    assert machine.installed() == []


def test_only_the_superuser_runs_a_browser_without_its_sandbox() -> None:
    assert "--no-sandbox" in launch_arguments(root=True)
    assert "--no-sandbox" not in launch_arguments(root=False)

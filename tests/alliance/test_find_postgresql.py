"""PostgreSQL is found, or installed, or said to be missing: never passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.alliance.find_postgresql import VARIABLE, NoPostgresqlError, find_programs

DEBIAN = "ID=debian\n"


class Machine:
    """A machine with a folder of programs, and perhaps Debian's package manager."""

    def __init__(self, folder: Path) -> None:
        self.path, self.debian = folder / "bin", folder / "postgresql"
        self.path.mkdir()
        self.os_release = folder / "os-release"
        self.log = folder / "log"

    def add_programs(self, folder: Path, *names: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name in names or ("initdb", "postgres"):
            (folder / name).write_text("#!/bin/sh\n")
            (folder / name).chmod(0o755)
        return folder

    def add_apt(self, script: str) -> None:
        apt = self.path / "apt-get"
        apt.write_text(f'#!/bin/sh\necho "$*" >> "{self.log}"\n{script}\n')
        apt.chmod(0o755)
        self.os_release.write_text(DEBIAN)

    def find(self, *, root: bool = True, **environment: str) -> Path:
        return find_programs(
            {"PATH": str(self.path), **environment},
            debian=self.debian, os_release=self.os_release, root=root,
        )  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_newest_of_debians_is_taken(machine: Machine) -> None:
    for version in ("9.6", "15", "13"):
        machine.add_programs(machine.debian / version / "bin")
    machine.add_programs(machine.debian / "17" / "bin", "psql")
    assert machine.find() == machine.debian / "15" / "bin"


def test_one_on_the_path_is_taken_where_debian_has_none(machine: Machine) -> None:
    machine.add_programs(machine.path)
    assert machine.find() == machine.path


def test_the_one_that_is_named_stands_before_all(machine: Machine, tmp_path: Path) -> None:
    machine.add_programs(machine.debian / "15" / "bin")
    named = machine.add_programs(tmp_path / "mine")
    assert machine.find(**{VARIABLE: str(named)}) == named
    with pytest.raises(NoPostgresqlError, match=rf"{VARIABLE} names /nowhere"):
        machine.find(**{VARIABLE: "/nowhere"})


def test_debians_is_installed_where_that_may_be_done(machine: Machine) -> None:
    made = machine.debian / "15" / "bin"
    lines = [f"/bin/mkdir -p {made}"]
    for name in ("initdb", "postgres"):
        lines += [f"echo '#!/bin/sh' > {made}/{name}", f"/bin/chmod +x {made}/{name}"]
    machine.add_apt('[ "$1" = install ] || exit 0\n' + "\n".join(lines))
    assert machine.find() == made
    assert machine.log.read_text().splitlines() == [
        "update",
        "install -y --no-install-recommends postgresql",
    ]


def test_where_it_cannot_be_installed_it_says_what_to_do(machine: Machine) -> None:
    with pytest.raises(NoPostgresqlError, match="sudo apt-get install postgresql"):
        machine.find()
    machine.add_apt("echo 'E: no such luck'; exit 100")
    with pytest.raises(NoPostgresqlError, match="no such luck"):
        machine.find()
    with pytest.raises(NoPostgresqlError, match="This user may not install"):
        machine.find(root=False)

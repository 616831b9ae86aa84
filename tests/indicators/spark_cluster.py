"""A standalone Apache Spark cluster on loopback: a master and workers, each a process of its own.

Finds Java, and has Debian's installed where that may be done; never leaves a test without one
unseen.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from indicators.spark_comparison import LEAST_JAVA, find_java, java_version
from tests.browser.find_browser import OS_RELEASE, install_package

PACKAGE = "default-jre-headless"
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
SECONDS_TO_START = 90
DEFAULTS = {
    "spark.sql.shuffle.partitions": "4",
    "spark.driver.memory": "1g",
    "spark.executor.memory": "1g",
}
"""What a file of settings would say of a cluster as small as this one."""


class NoJavaError(Exception):
    """There is no Java that Spark runs on; the message says what to do."""


def ensure_java(environment: Mapping[str, str]) -> None:
    """Raises `NoJavaError` where there is none and none can be installed."""
    trouble = ""
    if not _has_java(environment):
        root = os.geteuid() == 0
        trouble = install_package(PACKAGE, environment, OS_RELEASE, root=root)
    if not _has_java(environment):
        raise NoJavaError(
            f"There is no Java {LEAST_JAVA} or later. {trouble}Install one (on Debian: sudo "
            f"apt-get install {PACKAGE}), or name it in the environment variable JAVA_HOME."
        )


def _spark() -> Path:
    """Where pyspark keeps the whole of Spark; looked up, as importing it takes seconds."""
    spec = importlib.util.find_spec("pyspark")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _has_java(environment: Mapping[str, str]) -> bool:
    path = find_java(environment)
    return path is not None and (java_version(path) or 0) >= LEAST_JAVA


@dataclass
class Cluster:
    """A running master; `environment` is what its processes and its clients are started with."""

    folder: Path
    environment: dict[str, str]
    master: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_worker(self) -> None:
        """Start one with a core and a gigabyte, and wait until the master has it."""
        number = len(self.processes)
        words = ["--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0"]
        work = ["--work-dir", str(self.folder / f"work-{number}"), self.master]
        self.start(WORKER, *words, *work)
        self.wait_for(number, "Successfully registered with master")

    def start(self, name: str, *words: str) -> None:
        log = self.folder / f"{len(self.processes)}.log"
        program = _spark() / "bin" / "spark-class"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [program, name, *words], env=self.environment, cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.processes.append(process)

    def wait_for(self, number: int, words: str) -> str:
        """The line of a process's log in which these words stand."""
        for _ in range(SECONDS_TO_START * 5):
            text = (self.folder / f"{number}.log").read_text(encoding="utf-8", errors="replace")
            if found := re.search(f".*{words}.*", text):
                return found[0]
            assert self.processes[number].poll() is None, text
            time.sleep(0.2)
        raise AssertionError(f"“{words}” is not in the log:\n{text}")

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait(timeout=30)


@contextmanager
def run_cluster(environment: Mapping[str, str], folder: Path) -> Iterator[Cluster]:
    """A master without workers, until the block ends. Only this machine reaches it."""
    ensure_java(environment)
    lines = [f"{name} {value}\n" for name, value in DEFAULTS.items()]
    (folder / "spark-defaults.conf").write_text("".join(lines), encoding="utf-8")
    own = {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_CONF_DIR": str(folder),
        "SPARK_DAEMON_MEMORY": "256m",
    }
    cluster = Cluster(folder, {**environment, **own})
    cluster.start(MASTER, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
    try:
        line = cluster.wait_for(0, "Starting Spark master at spark://")
        cluster.master = re.findall(r"spark://\S+", line)[0]
        cluster.wait_for(0, "New state: ALIVE")
        yield cluster
    finally:
        cluster.stop()

"""The process that talks to an Apache Spark cluster: Parquet in, the comparison's SQL, Parquet out.

Started by `indicators.spark_comparison`, which alone knows of releases and of what to tell people.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from indicators.comparison import COMPARISON_SQL, FIGURE_SQL

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NOT_CONNECTED, NO_WORKER, FAILED = "not connected", "no worker", "failed"


def main(arguments: Sequence[str]) -> int:
    """FOLDER MASTER SECONDS: fills `FOLDER/comparison` from `FOLDER/in`; 1 where that failed, with
    what failed in `FOLDER/failure.json`. Workers have so many seconds to take the first task."""
    folder, master, patience = Path(arguments[0]), arguments[1], float(arguments[2])
    from py4j.protocol import Py4JError  # noqa: PLC0415 - the extra is not always installed
    from pyspark.errors import PySparkException  # noqa: PLC0415

    kind = NOT_CONNECTED
    try:
        spark = connect(master)
        try:
            kind = NO_WORKER
            await_workers(spark, folder, patience)
            kind = FAILED
            compare(spark, folder)
        finally:
            spark.stop()
    except TimeoutError:
        return _fail(folder, kind, "")
    except (PySparkException, Py4JError) as error:
        return _fail(folder, FAILED if kind == NO_WORKER else kind, _first_line(error))
    return 0


def connect(master: str) -> SparkSession:
    """A session on the cluster. It serves no pages: what Spark's own files of settings say stands
    but for that."""
    from pyspark.sql import SparkSession  # noqa: PLC0415

    builder = SparkSession.builder.master(master).appName("alliance refresh")
    return builder.config("spark.ui.enabled", "false").getOrCreate()


def await_workers(spark: SparkSession, folder: Path, patience: float) -> None:
    """Have a worker read a table of one row. A cluster without a free worker would keep the
    refresh waiting without end. Raises `TimeoutError`."""
    trial: Future[None] = Future()

    def read() -> None:
        try:
            _read(spark, folder / "in" / "constant.parquet").collect()
        except Exception as error:  # noqa: BLE001 - raised below, in the thread that waits
            trial.set_exception(error)
        else:
            trial.set_result(None)

    # Nobody waits for this thread: a task that waits for a worker cannot be called off for certain.
    Thread(target=read, daemon=True).start()
    trial.result(timeout=patience)


def compare(spark: SparkSession, folder: Path) -> None:
    """The two texts, as they are. `figure` is written out, or each of its readers would work it
    out again."""
    for path in sorted((folder / "in").glob("*.parquet")):
        _read(spark, path).createOrReplaceTempView(path.stem)
    spark.sql(FIGURE_SQL).write.parquet((folder / "figure").as_uri())
    _read(spark, folder / "figure").createOrReplaceTempView("figure")
    spark.sql(COMPARISON_SQL).write.parquet((folder / "comparison").as_uri())


def _read(spark: SparkSession, path: Path):  # type: ignore[no-untyped-def]
    return spark.read.parquet(path.as_uri())


def _fail(folder: Path, kind: str, detail: str) -> int:
    told = json.dumps({"kind": kind, "detail": detail}, ensure_ascii=False)
    (folder / "failure.json").write_text(told, encoding="utf-8")
    return 1


def _first_line(error: Exception) -> str:
    """The cause in one line; Java's traces go to the log."""
    java = getattr(error, "java_exception", None)
    text = str(java.toString() if java is not None else error)
    return next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

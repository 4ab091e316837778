"""The command, as a user types it: what it prints, what it says when something is wrong, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows import schemas
from tests.conftest import EXAMPLE, Command, latest

HEAVY = ("prefect", "great_expectations", "pandas")


def rows(printed: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in printed.splitlines()]


def test_extract_prints_the_published_columns_in_order(baogao: Command) -> None:
    done = baogao("extract", EXAMPLE)
    columns = [column.name for column in schemas.table("observations").columns]
    assert done.returncode == 0, done.stderr
    assert len(rows(done.stdout)) > 80
    assert all(list(row) == columns for row in rows(done.stdout))


def test_extract_reads_standard_input(baogao: Command) -> None:
    assert baogao("extract", "-", data=EXAMPLE.read_bytes()).stdout == baogao("extract", EXAMPLE).stdout


def test_read_prints_the_text_to_which_offsets_refer(baogao: Command) -> None:
    text = baogao("read", EXAMPLE).stdout
    for row in rows(baogao("extract", EXAMPLE).stdout):
        assert text[row["char_start"] : row["char_end"]] == row["number_text"]  # type: ignore[misc]


def test_extract_takes_region_and_year_from_the_user(baogao: Command) -> None:
    given = rows(baogao("extract", EXAMPLE, "--region", "410900", "--year", "2017").stdout)
    assert {row["report_id"] for row in given} == {"410900-2017"}


def test_extract_loads_nothing_heavy() -> None:
    script = (
        "import sys; from flows.cli import main; main(['extract', sys.argv[1]], standalone_mode=False);"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(EXAMPLE)], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "[]"
    assert done.stdout


def test_read_of_several_reports_asks_which(baogao: Command, tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8")
    lines = [json.dumps({"text": text.replace("2016年", f"{year}年"), "year": year}) for year in (2016, 2017)]
    (tmp_path / "two.jsonl").write_text("\n".join(lines), "utf-8")
    asked = baogao("read", "two.jsonl")
    assert asked.returncode == 2
    assert "410800-2016, 410800-2017" in asked.stderr
    assert baogao("read", "two.jsonl", "--report", "410800-2016").stdout == text


def test_indicators_lists_them_all(baogao: Command) -> None:
    printed = baogao("indicators").stdout
    codes = [row["code"] for row in schemas.rows("indicators.csv")]
    assert [line.split()[0] for line in printed.splitlines()] == codes
    assert [row["code"] for row in json.loads(baogao("indicators", "--json").stdout)] == codes


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "--year", "3000"], "1949<=x<=2100"),
        (["run", "--nonsense"], "--nonsense"),
        (["run", "--source", "nowhere"], "known: example, inbox"),
        (["extract"], "FILE"),
        (["nothing"], "nothing"),
    ],
)
def test_wrong_usage_ends_with_2(baogao: Command, arguments: list[str], says: str) -> None:
    done = baogao(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_named(baogao: Command) -> None:
    done = baogao("run", EXAMPLE, BAOGAO_TASK_RUNNER="ships")
    assert done.returncode == 2
    assert "BAOGAO_TASK_RUNNER" in done.stderr
    assert "'processes', 'threads' or 'dask'" in done.stderr


BAD = {
    "empty.txt": (b"", "no text"),
    "binary.txt": (bytes(range(256)) * 40, "binary"),
    "broken.docx": ("政府工作报告".encode(), "Word"),
    "columns.csv": ("name,value\n焦作市,8.5\n".encode(), "text"),
    "encoding.txt": (b"\x81\xff\xfe\x90\x82\xff" * 300, "UTF-8"),
    "nowhere.txt": ("政府工作报告\n一、去年工作回顾\n生产总值增长8.5%。\n".encode() * 5, "--"),
}


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    folder = tmp_path / "bad"
    folder.mkdir()
    for name, (data, _) in BAD.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize("name", BAD)
def test_extract_says_what_is_wrong_with_a_file(baogao: Command, bad: Path, name: str) -> None:
    done = baogao("extract", bad / name)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert name in done.stderr
    assert BAD[name][1] in done.stderr


def test_extract_of_a_missing_file(baogao: Command) -> None:
    done = baogao("extract", "missing.txt")
    assert done.returncode == 1
    assert done.stderr == "Error: missing.txt: No such file or directory. Check the path.\n"


@pytest.mark.slow
def test_run_lists_bad_input_and_publishes_the_rest(
    baogao: Command, bad: Path, tmp_path: Path, prefect_server: str
) -> None:
    (bad / "report.txt").write_bytes(EXAMPLE.read_bytes())
    done = baogao("run", "bad", "missing.txt", "--json", PREFECT_API_URL=prefect_server)
    summary = json.loads(done.stdout)
    said = {one["origin"].rsplit("/")[-1]: one["message"] for one in summary["rejected"]}
    assert done.returncode == 1
    assert summary["reports"] == ["410800-2016"]
    assert latest(tmp_path / "output")["version"] == "1.0.0"
    assert set(said) == {*BAD, "missing.txt"}
    for name, (_, part) in BAD.items():
        assert part in said[name]
        assert "\n" not in said[name]


@pytest.mark.slow
def test_run_with_a_wrong_region(baogao: Command, tmp_path: Path, prefect_server: str) -> None:
    done = baogao("run", EXAMPLE, "--region", "999999", PREFECT_API_URL=prefect_server)
    assert done.returncode == 1
    assert "999999" in done.stdout
    assert "schemas/regions.csv" in done.stdout
    assert not (tmp_path / "output" / "public").exists()


@pytest.mark.slow
def test_run_where_nothing_can_be_written(baogao: Command, tmp_path: Path, prefect_server: str) -> None:
    (tmp_path / "output").write_text("a file")
    done = baogao("run", EXAMPLE, PREFECT_API_URL=prefect_server)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "a file stands where a folder should be" in done.stderr


@pytest.mark.slow
def test_run_with_nothing_to_do(baogao: Command, prefect_server: str) -> None:
    done = baogao("run", PREFECT_API_URL=prefect_server)
    assert done.returncode == 1
    assert "Nothing was published" in done.stdout


def test_run_without_the_server_that_it_was_told_to_use(baogao: Command) -> None:
    done = baogao("run", EXAMPLE, PREFECT_API_URL="http://127.0.0.1:9/api")
    assert done.returncode == 1
    assert "http://127.0.0.1:9/api" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_run_of_its_own_leaves_no_server_behind(baogao: Command, tmp_path: Path) -> None:
    mark = f"baogao-test-{os.getpid()}"
    without = {"PREFECT_API_URL": "", "BAOGAO_TEST_MARK": mark}
    assert baogao("run", EXAMPLE, **without).returncode == 0
    end = time.monotonic() + 15
    while left := _processes_with(mark):
        assert time.monotonic() < end, left
        time.sleep(0.2)


def _processes_with(mark: str) -> list[str]:
    """Processes that have MARK in their environment (empty where there is no /proc)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in entry.read_bytes():
                found.append(entry.parent.name)
        except OSError:
            continue
    return found

"""Errors planted in real reports: a small, seeded version of tests/benchmarks/planted_errors.py."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from flows.check import expected

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "planted_errors.py"
ERRORS = 100


@pytest.fixture
def benchmark(corpus: Path) -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("planted_errors", BENCHMARK)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    kept = expected.kept
    yield module
    expected.kept = kept


@pytest.mark.slow
def test_nine_in_ten_errors_of_headline_indicators_are_caught(benchmark: ModuleType, tmp_path: Path) -> None:
    dice = random.Random(7)
    corpus = benchmark.Corpus(str(tmp_path))
    kinds = [kind for kind in benchmark.KINDS if not kind.startswith("text: ")]
    benchmark.KINDS[:] = kinds
    planted = benchmark.planted_in(corpus, ERRORS, dice)
    headlines = [one for one in planted if one.headline]
    missed = [f"{one.kind}: {one.what}" for one in headlines if not one.caught]
    assert {one.kind for one in planted} == set(kinds) and len(headlines) > ERRORS / 2
    assert len(missed) <= len(headlines) / 10, missed

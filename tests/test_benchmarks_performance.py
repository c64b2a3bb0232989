"""The performance benchmark runs; no test judges its times."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_short_benchmark_finds_the_same_scores() -> None:
    command = [sys.executable, "tests/benchmarks/performance.py", "--short"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "| Tocsin |" in done.stdout
    assert "## Start and memory" in done.stdout

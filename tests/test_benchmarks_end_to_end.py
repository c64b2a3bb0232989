"""The benchmark of the whole pipeline runs, and stores what it should; no test judges its times."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_a_short_stream_is_stored_once_and_told_as_expected() -> None:
    command = [sys.executable, "tests/benchmarks/end_to_end.py", "--posts", "3000"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "3,000 posts, 50 rules" in done.stdout
    assert "| group |" in done.stdout

"""The whole way, as make simulate-check goes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]


@pytest.mark.slow
def test_a_registry_is_as_published() -> None:
    command = [sys.executable, "manage.py", "simulate", "--check", "--patients", "150", "--seed", "4711"]
    done = subprocess.run(
        command, cwd=CHECKOUT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "OUTSIDE" not in done.stdout
    assert "INCREASED_BP_OLD" in done.stdout
    assert "every row stands as it was written" in done.stdout

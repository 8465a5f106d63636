"""The whole way, as make simulate-check goes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
AS_PUBLISHED = ""
OTHERWISE = """
figures = check.FIGURES
check.FIGURES = {**figures, Measure.SEDATION: replace(figures[Measure.SEDATION], share=0.6)}
"""
CHECK = """
from dataclasses import replace
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
import django
django.setup()
from django.core.management import execute_from_command_line
from sessions_app.rules.published import Measure
from sessions_app.simulate import check
{figures}
execute_from_command_line(["manage.py", "simulate", "--check", "--patients", "40", "--seed", "4711"])
"""


@pytest.mark.slow
@pytest.mark.parametrize(("figures", "outside"), [(AS_PUBLISHED, []), (OTHERWISE, ["SEDATION"])])
def test_a_registry_is_compared_with_what_was_published(figures: str, outside: list[str]) -> None:
    command = [sys.executable, "-c", CHECK.format(figures=figures)]
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    assert [line.split()[0] for line in done.stdout.splitlines() if line.endswith("OUTSIDE")] == outside, done.stderr
    assert bool(done.returncode) == bool(outside), done.stdout + done.stderr
    assert "INCREASED_BP_OLD" in done.stdout
    assert "every row stands as it was written" in done.stdout

"""Run by itself, as the owner: a made-up registry of so many patients (``manage.py simulate``). ``--sessions``: of each
one, where not as they come; ``--of-a-clinic``: how many of the patients come to one."""

import os
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from unittest import mock

import django

SEED, YESTERDAY = 4711, (datetime.now(UTC) - timedelta(days=1)).date()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()

    from django.core.management import call_command

    from sessions_app.simulate import courses, writing

    parser = ArgumentParser()
    parser.add_argument("patients", type=int)
    parser.add_argument("--sessions", type=int)
    parser.add_argument("--of-a-clinic", type=int, default=writing.PATIENTS_OF_CLINIC)
    asked = parser.parse_args()
    how_many = (lambda _random: asked.sessions) if asked.sessions else courses.how_many_sessions
    with (
        mock.patch.object(courses, "how_many_sessions", how_many),
        mock.patch.object(writing, "PATIENTS_OF_CLINIC", asked.of_a_clinic),
    ):
        call_command("simulate", patients=asked.patients, seed=SEED, until=YESTERDAY)


if __name__ == "__main__":
    main()

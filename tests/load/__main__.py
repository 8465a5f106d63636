"""Django first, then everything else."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()

from tests.load.run import main  # noqa: E402

main()

"""Run by itself, as the application: a clinic with patients under watch, bookings to cancel and, if asked, one
patient ready to leave. Prints their keys."""

import json
import os
import sys
from functools import cache
from unittest import mock

import django

WATCHED, BOOKED = 3, 12
TABLET_SECRET = "what-only-this-tablet-knows"


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "clinic.settings", "VIGIL_TRUE_WALKS": "1"}
    django.setup()

    from django.contrib.auth.hashers import make_password
    from django.db import transaction

    from tests.factories import booked, give_pin, in_monitoring, make_cast, make_tablet, ready_to_leave
    from tests.scene import as_next_request

    # One password, hashed once.
    with transaction.atomic(), mock.patch("django.contrib.auth.models.make_password", cache(make_password)):
        cast = as_next_request(make_cast())
        give_pin(cast.nora)
        make_tablet(cast, secret=TABLET_SECRET)
        made = {
            "watched": [str(in_monitoring(cast).dosing_session.pk) for _ in range(WATCHED)],
            "booked": [str(booked(cast).dosing_session.pk) for _ in range(BOOKED)],
        }
        if "ready" in sys.argv:
            made["ready"] = [str(ready_to_leave(cast).dosing_session.pk)]
    json.dump(made, sys.stdout)


if __name__ == "__main__":
    main()

"""Run by itself, as the application: clinics with their chairs under watch, a nurse signed in at each. Prints keys.

``seed.py 4 30``: the clinics 4, 5, ... 33."""

import json
import os
import sys
from datetime import timedelta
from functools import cache
from unittest import mock

import django

CHAIRS = 4


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "clinic.settings", "VIGIL_TRUE_WALKS": "1"}
    django.setup()

    from django.conf import settings
    from django.contrib.auth.hashers import make_password
    from django.db import transaction
    from django.test import Client

    from clinic import clock
    from tests.bench.seed import where_it_is_afternoon
    from tests.factories import in_monitoring, make_cast, minutes
    from tests.scene import as_next_request

    first, many = int(sys.argv[1]), int(sys.argv[2])
    settings.SESSION_COOKIE_NAME = "vigil_session"
    now = clock.now()
    arrived = now - timedelta(minutes=100)
    made = []
    with mock.patch("django.contrib.auth.models.make_password", cache(make_password)):
        for number in range(first, first + many):
            zone = where_it_is_afternoon(now)
            said = {"facility_name": f"Clinic {number}", "suffix": f".{number}", "time_zone": zone}
            cast = as_next_request(make_cast(**said, now=arrived - minutes(120)))
            with transaction.atomic():
                watched = [str(in_monitoring(cast, now=arrived).dosing_session.pk) for _ in range(CHAIRS)]
            browser = Client()
            browser.force_login(cast.nora)
            made.append({"sign_in": browser.cookies["vigil_session"].value, "watched": watched})
    json.dump(made, sys.stdout)


if __name__ == "__main__":
    main()

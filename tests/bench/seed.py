"""Run by itself, as the application: a clinic with its chairs under watch and patients ready to leave. Prints keys."""

import json
import os
import sys
from datetime import datetime, timedelta
from functools import cache
from unittest import mock

import django

CHAIRS, CHECKS, READY = 50, 40, 40


def where_it_is_afternoon(now: datetime) -> str:
    """A clinic's day is not over while it is measured, whenever that is. (The sign of these zones is the other way.)"""
    ahead = (15 - now.hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "clinic.settings", "VIGIL_TRUE_WALKS": "1"}
    django.setup()

    from django.contrib.auth.hashers import make_password
    from django.db import transaction

    from clinic import clock
    from tests.factories import Walk, in_monitoring, make_cast, minutes
    from tests.scene import as_next_request

    now = clock.now()
    arrived = now - timedelta(minutes=160)  # the last device at + 35, the minimum stay over five minutes ago

    def ready(walk: Walk) -> str:
        walk.check(arrived + minutes(75))
        walk.instruct(arrived + minutes(95))
        walk.check(arrived + minutes(156))
        walk.assess(arrived + minutes(157))
        return str(walk.dosing_session.pk)

    with transaction.atomic(), mock.patch("django.contrib.auth.models.make_password", cache(make_password)):
        cast = as_next_request(make_cast(time_zone=where_it_is_afternoon(now), now=arrived - minutes(120)))
        watched = [in_monitoring(cast, now=arrived) for _ in range(CHAIRS)]
        for number in range(CHECKS - 1):
            watched[0].check(arrived + minutes(36 + 3 * number))
        made = {
            "facility": str(cast.facility.pk),
            "patient": str(watched[0].dosing_session.patient_id),
            "watched": [str(walk.dosing_session.pk) for walk in watched],
            "ready": [ready(in_monitoring(cast, now=arrived)) for _ in range(READY)],
        }
    json.dump(made, sys.stdout)


if __name__ == "__main__":
    main()

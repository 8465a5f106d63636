"""Patients: the list, one patient's page, registering and enrolling."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Enrolment, Patient, User
from clinic.rules.roles import Role
from sessions_app.models import DosingSession
from tests.factories import (
    NINE,
    STAY_ENDS,
    Cast,
    discharged,
    entry,
    in_monitoring,
    make_cast,
    make_course,
    make_patient,
    minutes,
)
from tests.sessions_app.views.pages import Page, at, page, signed_in

pytestmark = pytest.mark.django_db
PATIENTS = reverse("sessions_app:patients")
REGISTER = reverse("sessions_app:register-patient")


def url_of(patient: Patient) -> str:
    return reverse("sessions_app:patient-page", args=[patient.pk])


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def other() -> Cast:
    return make_cast(facility_name="Harbour Clinic", suffix="2")


@pytest.fixture(autouse=True)
def clock() -> Iterator[mock.Mock]:
    with at(NINE) as moved:
        yield moved

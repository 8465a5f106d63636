"""Organisations and their facilities."""

from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.constraints import ProtectedForeignKey, state_known
from clinic.identifiers import new_id
from clinic.rules.enrolment import Setting


class Organisation(models.Model):
    """Who runs the facilities and keeps the patients' numbers."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name


class Facility(models.Model):
    """A certified place where patients are dosed. Its zone dates every due day and every printed time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = ProtectedForeignKey(Organisation, related_name="facilities")
    name = models.CharField(max_length=120)
    setting = models.CharField(max_length=10, choices=[(value.value, value.value) for value in Setting])
    time_zone = models.CharField(max_length=40)
    address = models.TextField(_("address"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)

    class Meta:
        verbose_name_plural = "facilities"
        constraints = [
            state_known("setting", list(Setting), name="facility_setting_known"),
            models.UniqueConstraint(fields=("organisation", "name"), name="facility_name_in_organisation"),
            models.UniqueConstraint(fields=("id", "organisation"), name="facility_of_organisation"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

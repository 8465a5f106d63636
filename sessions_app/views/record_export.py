"""A whole record is taken away as one archive."""

import hashlib
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinic.actions.record_access import demand_export, export_record
from clinic.limits import limited
from clinic.models import Facility, Patient
from clinic.presenters.time import calendar_day
from clinic.rules.roles import Permission
from sessions_app.forms.dosing import ReasonForm
from sessions_app.models import DosingSession
from sessions_app.models.program import programs_by_code
from sessions_app.models.whole_record import WholeRecord
from sessions_app.presenters.archive import Made, name_of_archive, write_archive
from sessions_app.presenters.steps import STEPS
from sessions_app.views.entry import run_entry
from sessions_app.views.opened import roles_here
from sessions_app.views.patient_history import patient_url
from sessions_app.views.scope import of_patient, of_session
from sessions_app.views.step import Step, session_url


@of_session(STEPS["export-session"])
@limited("export")
def export_session(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    patient, facility, began = dosing_session.patient, dosing_session.facility, dosing_session.scheduled_at
    day = calendar_day((dosing_session.checked_in_at or began).astimezone(facility.zone).date())
    what, back = _("Session of %(day)s") % {"day": day}, session_url(dosing_session)
    return _export(request, patient, facility, what=what, back=back, dosing_session=dosing_session)


@of_patient(Permission.EXPORT)
@limited("export")
def export_patient(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    return _export(request, patient, facility, what=_("All that is here"), back=patient_url(patient))


def _export(
    request: HttpRequest,
    patient: Patient,
    facility: Facility,
    *,
    what: str,
    back: str,
    dosing_session: DosingSession | None = None,
) -> HttpResponse:
    def take(form: ReasonForm, *, by: Any, now: Any, **_said: Any) -> FileResponse:
        reason = form.cleaned_data["reason"]
        demand_export(patient=patient, facility=facility, reason=reason, by=by, now=now)
        file = TemporaryFile()  # noqa: SIM115  (the answer closes it)
        record = WholeRecord(patient, facility, dosing_session=dosing_session)
        write_archive(file, record, Made(now, by), programs=programs_by_code())
        session_id = dosing_session.pk if dosing_session else None
        roles, digest = roles_here(request, facility.pk, at=now), _digest(file)
        said: dict[str, Any] = {"what": what, "digest": digest, "reason": reason, "roles": roles}
        export_record(patient=patient, facility=facility, session_id=session_id, **said, by=by, now=now)
        headers = {"Cache-Control": "private, no-store"}
        return FileResponse(file, as_attachment=True, filename=name_of_archive(record, now), headers=headers)

    step = Step(
        title=_("Take the record away"),
        submit_label=_("Download"),
        intro=_(
            "One archive: to be read as PDF, and to be checked without Vigil. "
            "That you took it, when and why, is written down and reviewed."
        ),
        act=take,
        answer=lambda made: made,
        context={"aside_title": _("What is in it"), "aside_rows": _inside(what, facility)},
    )
    return run_entry(request, facility, ReasonForm, step, back_url=back, patient=patient)


def _inside(what: str, facility: Facility) -> list[dict[str, str]]:
    return [
        {"label": _("Record"), "value": what},
        {"label": _("Of"), "value": facility.name},
        {"label": _("PDF"), "value": _("to be read")},
        {"label": _("Rows"), "value": _("every row, with its signatures")},
        {"label": _("Events"), "value": _("the audit that covers them")},
        {"label": _("Script"), "value": _("tells whether all of it is as it was written")},
    ]


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return found

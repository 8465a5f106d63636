"""What somebody showed is entered: a licence, a DEA registration, REMS training."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinic.actions.credential import record_credential
from clinic.models import Facility, User
from clinic.rules.roles import Permission
from sessions_app.forms.staff import CredentialForm
from sessions_app.presenters.staff import person_url
from sessions_app.views.entry import run_entry
from sessions_app.views.scope import of_person
from sessions_app.views.step import Step


@of_person(Permission.MANAGE_FACILITY)
def record(request: HttpRequest, person: User, facility: Facility) -> HttpResponse:
    own = _("Your own: it is shown as entered by yourself.") if person == request.user else ""
    step = Step(
        title=_("Credential of %(name)s") % {"name": person.printed_name},
        submit_label=_("Record"),
        intro=own or _("As it stands on the paper. A wrong entry is put right by a new one; both stay to be read."),
        saved=_("Credential"),
        act=lambda form, **said: record_credential(holder=person, facility=facility, **form.credential(), **said),
    )
    asked = {"kind": request.GET.get("kind", "")}
    return run_entry(request, facility, CredentialForm, step, back_url=person_url(person), initial=asked)

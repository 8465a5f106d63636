"""Pages of the people of a facility. Included by ``sessions_app/urls.py``."""

from django.urls import path

from sessions_app.views import as_of, credential, forms_here, person, role, staff

ONE = "people/<uuid:person_id>"

urlpatterns = [
    path("facility/as-of/", as_of.as_of, name="as-of"),
    path("people/", staff.people, name="people"),
    path("people/invite/", role.invite, name="invite-person"),
    path("people/give-role/", role.give_role_to_known, name="give-role-to-known"),
    path(f"{ONE}/", staff.person, name="person"),
    path(f"{ONE}/welcome-link/", staff.welcome_link, name="welcome-link"),
    path(f"{ONE}/give-role/", role.give_role, name="give-role"),
    path(f"{ONE}/end-role/<uuid:assignment_id>/", role.end_role, name="end-role"),
    path(f"{ONE}/record-contact/", forms_here.record_person_contact, name="record-person-contact"),
    path(f"{ONE}/record-credential/", credential.record, name="record-credential"),
    path(f"{ONE}/close-out/", person.close_out, name="close-out-person"),
    path(f"{ONE}/bring-back/", person.bring_back, name="bring-back-person"),
    path(f"{ONE}/reset-password/", person.reset_password, name="reset-password"),
    path(f"{ONE}/reset-second-factor/", person.reset_second_factor, name="reset-second-factor"),
    path(f"{ONE}/end-sign-ins/", person.end_sign_ins, name="end-sign-ins"),
]

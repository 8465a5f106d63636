"""Who may do what, for whoever answers for it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.matrix import addresses
from clinic.models import Facility
from clinic.rules.roles import Permission
from sessions_app.presenters.permissions import addresses_table, role_heads, roles_table
from sessions_app.views.entry import place
from sessions_app.views.scope import of_facility


@of_facility(Permission.REVIEW)
def permissions(request: HttpRequest, facility: Facility) -> HttpResponse:
    context = {
        "roles": role_heads(),
        "permissions": roles_table(),
        "groups": addresses_table(addresses()),
        "at_facility": place(facility),
    }
    return render(request, "clinic/permissions.html", context)

"""Pages of the cabinet. Included by ``sessions_app/urls.py``."""

from django.urls import path

from sessions_app.views import cabinet

urlpatterns = [
    path("cabinet/", cabinet.cabinet, name="cabinet"),
    path("cabinet/devices/<uuid:device_id>/", cabinet.device, name="device"),
    path("cabinet/devices/<uuid:device_id>/correct/", cabinet.correct, name="correct-movement"),
    path("cabinet/move/", cabinet.move, name="move-devices"),
    path("cabinet/waste/", cabinet.waste, name="waste-devices"),
    path("cabinet/return/", cabinet.send_back, name="return-devices"),
    path("cabinet/report-lost/", cabinet.lost, name="report-lost"),
    path("cabinet/report-found/", cabinet.found, name="report-found"),
    path("cabinet/record-supplier/", cabinet.record_supplier, name="record-supplier"),
    path("cabinet/add/", cabinet.add, name="add-cabinet"),
    path("cabinet/set-policy/", cabinet.set_policy, name="set-cabinet-policy"),
]

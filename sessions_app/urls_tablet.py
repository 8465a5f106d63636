"""Where people come in at a shared tablet, and one's own PIN. Included by ``clinic/urls.py``."""

from django.urls import path

from sessions_app.views import switch_in

app_name = "tablet"

urlpatterns = [
    path("tablet/", switch_in.switch_in, name="switch-in"),
    path("tablet/lock/", switch_in.lock, name="lock"),
    path("accounts/pin/", switch_in.set_pin, name="set-pin"),
]

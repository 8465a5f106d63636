from django.urls import include, path

from clinic.health import healthz

urlpatterns = [
    path("", include("sessions_app.urls")),
    path("", include("sessions_app.urls_tablet")),
    path("accounts/", include("clinic.urls_accounts")),
    path("healthz", healthz, name="healthz"),
]

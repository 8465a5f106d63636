from django.urls import include, path

from clinic.health import healthz
from clinic.views import installed

urlpatterns = [
    path("", include("sessions_app.urls")),
    path("", include("sessions_app.urls_tablet")),
    path("accounts/", include("clinic.urls_accounts")),
    path("healthz", healthz, name="healthz"),
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    path("worker.js", installed.worker, name="worker"),
    path("offline/", installed.offline, name="offline"),
]

handler500 = "clinic.views.failure.not_done"

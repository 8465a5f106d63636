from django.urls import include, path

from clinic.health import healthz

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("healthz", healthz, name="healthz"),
]

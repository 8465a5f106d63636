from django.apps import AppConfig


class SessionsAppConfig(AppConfig):
    name = "sessions_app"
    # Not "sessions": Django's own session app has that label.
    label = "sessions_app"
    verbose_name = "Dosing sessions"
    default_auto_field = "django.db.models.BigAutoField"

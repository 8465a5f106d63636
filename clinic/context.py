"""What every page knows without its view saying so."""

from django.conf import settings
from django.http import HttpRequest


def vigil(request: HttpRequest) -> dict[str, bool]:
    return {"is_demo": settings.VIGIL_DEMO}

"""What no page should have to think of."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from clinic import clock


def refuse_null_bytes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """PostgreSQL holds no null byte in a text, and nobody types one: a query string with one is no question. Form
    fields refuse it by themselves."""

    def respond(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or any("\x00" in value for values in request.GET.lists() for value in values[1]):
            return HttpResponseBadRequest("This address cannot be read.", content_type="text/plain")
        return get_response(request)

    return respond


def say_server_time(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Every answer says when it was given, an unchanged one too: pages count by this clock and never by a tablet's."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["X-Server-Now"] = clock.now().isoformat()
        return response

    return respond

"""Logs: one line per event with its request id, and no patient data in any of them."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

SECRET_LINK = re.compile(r"(/accounts/welcome/).+")
# PostgreSQL repeats the offending row in these lines of its messages.
ROW_CONTENTS = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)


class RequestLogMiddleware(RequestMiddleware):
    """Gives each request its id. Logs the path alone, as a query string may hold a searched name, and of a link that
    signs somebody in not even that."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        path = SECRET_LINK.sub(r"\1...", request.path)
        return f"{request.method} {path}"


def current_request_id() -> str:
    """The id of the request being answered; empty outside one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def without_row_contents(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and ("DETAIL:" in value or "CONTEXT:" in value):
            event[key] = ROW_CONTENTS.sub(r"\1: left out of the log", value)
    return event


SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
LAST_PROCESSORS: list[Any] = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    structlog.processors.format_exc_info,
    without_row_contents,
]


def configuration(*, level: str, form: str) -> dict[str, Any]:
    """Django's LOGGING; also tells structlog to hand its events to the same handler."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = structlog.processors.JSONRenderer()
    if form == "text":
        renderer = structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED_PROCESSORS,
                "processors": [*LAST_PROCESSORS, renderer],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Django's own handlers are taken off: the root handler above has them all.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # Would log SQL with its values.
            "django.db.backends": {"level": "WARNING"},
            # RequestLogMiddleware already says these, with the request id and without a traceback.
            "django.request": {"level": "CRITICAL"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }

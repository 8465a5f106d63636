"""Take a paper, and read what stands on it."""

import re
from io import BytesIO
from typing import Any

from django.test import Client
from django.urls import reverse
from pypdf import PdfReader


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def said_in(text: str) -> str:
    """As one word: a long one is broken in its cell."""
    return re.sub(r"\s", "", text)


def taken(client: Client, name: str, *args: Any, **asked: Any) -> Any:
    return client.get(reverse(f"sessions_app:{name}", args=args), asked)


def pages_in(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))

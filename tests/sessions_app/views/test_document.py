"""The papers of a facility over http: sent, refused, listed, and handed out as files."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import reverse
from pytest_django.fixtures import Settings

from clinic.actions.document import document_rows, keep_document
from clinic.actions.entry import write
from clinic.models import AuditEvent, Document, User
from clinic.rules.document import FileProblem
from sessions_app.presenters.sentences.at_field import PROBLEMS
from tests.clock import clock_at
from tests.expect import audited, nothing_written
from tests.factories import NINE, Cast, entry, make_patient
from tests.files import a_file, a_jpeg, a_pdf, raw_pdf
from tests.scene import cast, clinic, otto

__all__ = ["cast", "clinic", "otto"]
pytestmark = pytest.mark.django_db


def send(client: Client, content: bytes, name: str = "Licence.pdf", **fields: Any) -> HttpResponse:
    file = SimpleUploadedFile(name, content, fields.pop("declared", "application/pdf"))
    with clock_at(NINE):
        return client.post(
            reverse("sessions_app:keep-document"), {"entry_id": str(entry().entry_id), "document": file, **fields}
        )


class Body:
    """What a browser sends; it knows whether anybody looked."""

    was_read = False

    def read(self, *size: int) -> bytes:
        self.was_read = True
        return b""

    readline = read


@pytest.fixture
def as_ada(client: Client, cast: Cast) -> Client:
    client.force_login(cast.ada)
    return client


@pytest.fixture
def document(cast: Cast) -> Document:
    file = a_file("Licence “Ñ”; x=1.pdf")
    return keep_document(facility=cast.facility, file=file, entry=entry(), by=cast.ada, now=NINE)


def address(document: Document) -> str:
    return reverse("sessions_app:document", args=[document.pk])


class TestSending:
    def test_it_is_kept_and_listed(self, as_ada: Client) -> None:
        assert send(as_ada, a_pdf()).status_code == 302

        text = as_ada.get(reverse("sessions_app:papers")).content.decode()
        assert "Licence.pdf" in text
        assert address(Document.objects.get(name="Licence.pdf")) in text
        assert "Ada Alder" in text

    def test_a_patients_paper_stands_with_the_patient_alone(self, cast: Cast, as_ada: Client) -> None:
        said: dict[str, Any] = {"facility": cast.facility, "entry": entry(), "by": cast.ada, "now": NINE}
        patient = make_patient(cast)
        with transaction.atomic():
            rows = document_rows(file=a_file("Tamarack.pdf"), **said)
            write(action="keep_consent", subject=patient, rows=rows, **said)
        text = as_ada.get(reverse("sessions_app:papers")).content.decode()
        assert "Confirmation.pdf" in text
        assert "Tamarack" not in text
        assert as_ada.get(address(rows[0])).status_code == 200

    @pytest.mark.parametrize(
        ("content", "name", "problem"),
        [
            (b"", "a.pdf", FileProblem.EMPTY),
            (b"GIF89a;", "a.gif", FileProblem.KIND),
            (a_jpeg(), "a.pdf", FileProblem.DISGUISED),
            (a_pdf() + b"PK\x03\x04", "a.pdf", FileProblem.AFTER_END),
            (raw_pdf(b"<< /S /#4a#53 /JS (1) >>"), "a.pdf", FileProblem.ACTIVE),
        ],
    )
    def test_it_is_refused_at_its_field(self, as_ada: Client, content: bytes, name: str, problem: str) -> None:
        with nothing_written():
            answer = send(as_ada, content, name)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert re.search(rf'id="id_document_error"[^>]*>.*?{re.escape(str(PROBLEMS[problem])[:14])}', text, re.DOTALL)

    def test_it_is_asked_for(self, as_ada: Client) -> None:
        answer = as_ada.post(reverse("sessions_app:keep-document"), {"entry_id": str(entry().entry_id)})
        assert answer.status_code == 422
        assert "Choose a file." in answer.content.decode()

    def test_it_is_asked_for_again_by_a_page_that_comes_back(self, as_ada: Client) -> None:
        answer = send(as_ada, a_pdf(), entry_id="none")
        assert answer.status_code == 422
        assert "Choose “Licence.pdf” again" in answer.content.decode()

    def test_it_is_too_large_for_its_field(self, as_ada: Client, settings: Settings) -> None:
        settings.DOCUMENT_MEGABYTES = 1
        answer = send(as_ada, raw_pdf() + b" " * 1024 * 1024)
        assert answer.status_code == 422
        assert "Larger than 1 MB." in answer.content.decode()

    @pytest.mark.parametrize(
        ("times", "more", "status", "read"),
        [(1, 0, 403, True), (1, 1, 413, True), (10, 0, 413, True), (10, 1, 413, False)],
    )
    def test_it_is_refused_by_its_length_alone_where_its_body_is_too_long(
        self, client: Client, settings: Settings, times: int, more: int, status: int, read: bool
    ) -> None:
        """Whoever sends it, signed in or not; heard out, unless it goes on for too long."""
        body = Body()
        said = {"CONTENT_LENGTH": str(settings.LONGEST_BODY * times + more), "wsgi.input": body}
        client.cookies["csrftoken"] = "x" * 32
        client.handler.enforce_csrf_checks = True
        answer = client.generic("POST", reverse("account_login"), CONTENT_TYPE=MULTIPART_CONTENT, **said)
        assert (answer.status_code, body.was_read) == (status, read)
        assert ("A file is at most 10 MB." in answer.content.decode()) == (status == 413)

    def test_it_stays_in_memory(self, settings: Settings) -> None:
        assert settings.FILE_UPLOAD_HANDLERS == ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
        assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE == settings.LONGEST_BODY > settings.DOCUMENT_MEGABYTES * 1024**2


class TestHandingOut:
    def test_it_is_a_file_and_never_a_page(self, client: Client, cast: Cast, document: Document) -> None:
        client.force_login(cast.nora)
        answer = client.get(address(document))

        assert (answer.status_code, answer.content) == (200, a_pdf())
        assert {name: answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")} == {
            "Content-Type": "application/pdf",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Content-Disposition"] == (
            "attachment; filename*=utf-8''Licence%20%E2%80%9C%C3%91%E2%80%9D%3B%20x%3D1.pdf"
        )

    def test_it_is_written_down_who_opened_it(self, client: Client, cast: Cast, document: Document) -> None:
        client.force_login(cast.ines)
        with clock_at(NINE):
            client.get(address(document))
        (event,) = AuditEvent.objects.filter(action="open_document")
        assert (event.actor, event.subject_id) == (cast.ines, document.pk)

    def test_it_is_not_there_for_another_place(self, client: Client, otto: User, document: Document) -> None:
        client.force_login(otto)
        assert client.get(address(document)).status_code == 404
        assert "Licence" not in client.get(reverse("sessions_app:papers")).content.decode()
        assert audited("open_document") == 0

    def test_it_is_not_there_for_nobody(self, client: Client, document: Document) -> None:
        assert client.get(address(document)).status_code == 302
        assert audited("open_document") == 0

    @pytest.mark.parametrize("method", ["post", "put", "delete", "head"])
    def test_it_is_only_got(self, client: Client, cast: Cast, document: Document, method: str) -> None:
        client.force_login(cast.nora)
        assert getattr(client, method)(address(document)).status_code == 405

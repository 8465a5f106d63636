"""What is kept of a file, and who had it."""

import hashlib
import json

import pytest

from clinic.actions.document import document_rows, keep_document, open_document
from clinic.models import AuditEvent, Document, DocumentContent, User
from clinic.models.document import documents_of
from clinic.rules.roles import Permission
from tests.by_hand import change, forge, without_privilege
from tests.expect import denied, held_by
from tests.factories import NINE, Cast, entry
from tests.files import a_file, a_pdf


@pytest.fixture
def document(cast: Cast) -> Document:
    return keep_document(facility=cast.facility, file=a_file(), entry=entry(), by=cast.ada, now=NINE)


def audit_of(document: Document, action: str) -> list[AuditEvent]:
    return [event for event in AuditEvent.objects.filter(action=action) if str(document.pk) in event.payload]


class TestADocument:
    def test_it_is_kept_with_its_bytes_under_their_digest(self, document: Document) -> None:
        kept = Document.objects.get(pk=document.pk)
        assert (kept.name, kept.media_type, kept.size_bytes) == ("Certificate.pdf", "application/pdf", len(a_pdf()))
        assert kept.digest == hashlib.sha256(a_pdf()).hexdigest()
        assert bytes(kept.content.content) == a_pdf()

    def test_it_has_its_digest_in_the_audit_and_never_its_bytes(self, document: Document) -> None:
        (event,) = audit_of(document, "keep_document")
        told = {row["table"]: row["fields"] for row in json.loads(event.payload)["rows"]}
        assert told["clinic.Document"]["digest"] == told["clinic.DocumentContent"]["digest"] == document.digest
        assert "content" not in told["clinic.DocumentContent"]

    def test_it_is_listed_without_reading_its_bytes(
        self, cast: Cast, document: Document, django_assert_num_queries: object
    ) -> None:
        with django_assert_num_queries(1) as asked:  # type: ignore[operator]
            listed = documents_of(cast.facility, opened_with=[Permission.VIEW])[0]
        assert "clinic_documentcontent" not in asked[0]["sql"]
        assert listed == document
        assert not documents_of(cast.facility, opened_with=[Permission.MANAGE_FACILITY])


class TestTheDatabase:
    def test_it_holds_the_bytes_to_their_digest_and_size(self, cast: Cast, document: Document) -> None:
        content = DocumentContent.objects.get(pk=document.content_id)
        with held_by("document_content_has_its_digest"):
            forge(content, digest="0" * 64)
        with held_by("document_content_has_its_digest"):
            forge(content, content=b"x" * content.size_bytes)
        with held_by("document_content_has_its_size"):
            forge(content, size_bytes=content.size_bytes + 1)
        with held_by("document_content_has_its_size"):
            forge(content, size_bytes=0, content=b"", digest=hashlib.sha256(b"").hexdigest())

    def test_it_holds_a_document_to_bytes_of_its_own(self, cast: Cast, document: Document) -> None:
        other = DocumentContent.objects.get(pk=document.content_id)
        for wrong in ({"digest": "0" * 64}, {"size_bytes": 1}):
            with held_by("document_content_is_its_own"):
                forge(document, content_id=forge(other), **wrong)
        with held_by("document_media_type_known"):
            forge(document, content_id=forge(other), media_type="text/html")
        with held_by("document_has_name"):
            forge(document, content_id=forge(other), name="")
        (unique,) = [field.unique for field in Document._meta.fields if field.name == "content"]
        assert unique

    def test_it_lets_nobody_change_or_drop_a_byte(self, document: Document) -> None:
        for statement in (
            "UPDATE clinic_documentcontent SET content = ''",
            "DELETE FROM clinic_documentcontent",
            "TRUNCATE clinic_documentcontent CASCADE",
        ):
            assert without_privilege(statement)
        with pytest.raises(Exception, match="permission denied"):
            change(document, name="Other.pdf")


class TestOpening:
    def test_it_is_written_down_each_time(self, cast: Cast, document: Document) -> None:
        for _ in range(2):
            assert open_document(document=document, by=cast.ines, now=NINE) == a_pdf()

        first, second = AuditEvent.objects.filter(action="open_document")
        assert (first.actor, first.subject_id, second.actor) == (cast.ines, document.pk, cast.ines)

    def test_it_takes_the_permission_it_was_kept_under(self, cast: Cast, otto: User) -> None:
        form = entry()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(
                "clinic.actions.document.document_rows",
                lambda **said: document_rows(**said, opened_with=Permission.MANAGE_FACILITY),
            )
            document = keep_document(facility=cast.facility, file=a_file(), entry=form, by=cast.ada, now=NINE)

        for person in (cast.nora, cast.paul, cast.ines, otto):
            with denied():
                open_document(document=document, by=person, now=NINE)
        assert open_document(document=document, by=cast.ada, now=NINE) == a_pdf()

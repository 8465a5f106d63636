"""A paper, chosen as a file."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clinic.inspection import CheckedFile, inspected
from clinic.rules.document import EXTENSIONS, MediaType
from clinic.rules.refusals import ActionRefused
from sessions_app.forms.entry import EntryForm
from sessions_app.presenters.sentences.document import PROBLEMS

ACCEPTED = ",".join((*MediaType, *(f".{word}" for words in EXTENSIONS.values() for word in words)))


class DocumentField(forms.FileField):
    """A PDF, JPEG or PNG; cleaned to a ``CheckedFile``, which an action keeps. What may not be kept is said here."""

    widget = forms.FileInput(attrs={"accept": ACCEPTED})
    default_error_messages = {"required": _("Choose a file.")}

    def __init__(self, **kwargs: Any) -> None:
        help_text = format_lazy(_("PDF, JPEG or PNG, at most {most} MB."), most=settings.DOCUMENT_MEGABYTES)
        super().__init__(**{"label": _("Paper"), "help_text": help_text, "allow_empty_file": True, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> CheckedFile | None:
        file: UploadedFile | None = super().clean(data, initial)
        if not file:
            return None
        try:
            return inspected(name=file.name or "", content=file.read(), declared=file.content_type or "")
        except ActionRefused as refused:
            said = [str(PROBLEMS[str(each.params["problem"])]) % each.params for each in refused.refusals]
            raise forms.ValidationError(said) from refused


class KeepDocumentForm(EntryForm):
    """A paper of the facility."""

    document = DocumentField()

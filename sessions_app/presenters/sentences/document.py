"""Why a file was not kept, said at its field: what it is about the file, and what to do."""

from django.utils.translation import gettext_lazy

from clinic.rules.document import FileProblem
from sessions_app.presenters.sentences import Text

PROBLEMS: dict[str, Text] = {
    FileProblem.EMPTY: gettext_lazy("This file is empty. Choose another."),
    FileProblem.TOO_BIG: gettext_lazy(
        "Larger than %(megabytes)s MB. Scan it in grey, or with fewer dots, and choose that."
    ),
    FileProblem.KIND: gettext_lazy("Neither a PDF nor a JPEG or PNG picture. Save it as one of them."),
    FileProblem.DISGUISED: gettext_lazy(
        "Its content is a %(kind)s, but it is called something else. Save it anew as %(kind)s."
    ),
    FileProblem.TRUNCATED: gettext_lazy("The end of this file is missing. Copy or scan it again."),
    FileProblem.UNREADABLE: gettext_lazy("This file cannot be opened. Save it anew, or scan the paper."),
    FileProblem.PIXELS: gettext_lazy("This picture has too many dots. Scan it with 300 to the inch."),
    FileProblem.AFTER_END: gettext_lazy(
        "Something follows the end of this file, as in a moving photograph. Save it anew as a plain one."
    ),
    FileProblem.HIDES_ANOTHER: gettext_lazy(
        "There is another file or a program inside. Print it to PDF and keep that."
    ),
    FileProblem.ACTIVE: gettext_lazy(
        "This PDF carries a program, a form or another file. Print it to PDF and keep that."
    ),
    FileProblem.ENCRYPTED: gettext_lazy("This PDF is locked with a password. Save it without one."),
}

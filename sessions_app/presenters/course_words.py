"""The choices of a course's record in words: the same on its forms, its page and its lists."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sessions_app.presenters.sentences import Text
from sessions_app.rules.authorisation import AuthorisationState
from sessions_app.rules.benefit_review import Benefit, ReviewState
from sessions_app.rules.contraindication import AskState
from sessions_app.rules.treatment import Flag, TreatmentKind
from sessions_app.rules.trial import Adequate, TrialClass, TrialResponse

TRIAL_CLASS_WORDS: Mapping[str, Text] = {
    TrialClass.SSRI: _("SSRI"),
    TrialClass.SNRI: _("SNRI"),
    TrialClass.TRICYCLIC: _("Tricyclic"),
    TrialClass.MAOI: _("MAOI"),
    TrialClass.OTHER_ANTIDEPRESSANT: _("Another antidepressant"),
    TrialClass.AUGMENTATION: _("Added to an antidepressant"),
    TrialClass.PSYCHOTHERAPY: _("Psychotherapy"),
    TrialClass.OTHER: _("Something else"),
}
ADEQUATE_WORDS: Mapping[str, Text] = {
    Adequate.YES: _("Yes"),
    Adequate.NO: _("No"),
    Adequate.UNKNOWN: _("Not known"),
}
RESPONSE_WORDS: Mapping[str, Text] = {
    TrialResponse.NONE: _("None"),
    TrialResponse.PARTIAL: _("Some, less than half better"),
    TrialResponse.RESPONSE: _("Half better or more"),
    TrialResponse.UNKNOWN: _("Not known"),
}
# The same within a sentence.
RESPONSE_SAID: Mapping[str, Text] = {
    TrialResponse.NONE: _("no response"),
    TrialResponse.PARTIAL: _("some response"),
    TrialResponse.RESPONSE: _("response"),
    TrialResponse.UNKNOWN: _("response not known"),
}
ADEQUATE_SAID: Mapping[str, Text] = {
    Adequate.YES: _("adequate"),
    Adequate.NO: _("not adequate"),
    Adequate.UNKNOWN: _("adequacy not known"),
}
KIND_WORDS: Mapping[str, Text] = {
    TreatmentKind.ANTIDEPRESSANT: _("Antidepressant"),
    TreatmentKind.BENZODIAZEPINE: _("Benzodiazepine"),
    TreatmentKind.SEDATIVE_HYPNOTIC: _("Other sedative hypnotic"),
    TreatmentKind.OPIOID: _("Opioid"),
    TreatmentKind.PSYCHOSTIMULANT: _("Psychostimulant"),
    TreatmentKind.MAOI: _("MAOI"),
    TreatmentKind.PSYCHOTHERAPY: _("Psychotherapy"),
    TreatmentKind.OTHER: _("Something else"),
}
FLAG_WORDS: Mapping[str, Text] = {
    Flag.SEDATION: _("sedation, breathing"),
    Flag.BLOOD_PRESSURE: _("blood pressure"),
}
BENEFIT_WORDS: Mapping[str, Text] = {
    Benefit.YES: _("Yes"),
    Benefit.NO: _("No"),
    Benefit.UNSURE: _("Unsure"),
}
REVIEW_WORDS: Mapping[str, tuple[Text, str]] = {
    ReviewState.NOT_DUE: (_("Not due yet"), ""),
    ReviewState.DUE: (_("Due"), "held"),
    ReviewState.OVERDUE: (_("Overdue"), "overdue"),
    ReviewState.DONE: (_("Done"), "ready"),
}
ASKING_WORDS: Mapping[str, tuple[Text, str]] = {
    AskState.NOT_ASKED: (_("Not asked yet"), "held"),
    AskState.OVER: (_("Over"), "overdue"),
    AskState.RUNNING_OUT: (_("Running out"), "held"),
}
AUTHORISATION_WORDS: Mapping[str, tuple[Text, str]] = {
    AuthorisationState.COMING: (_("Not yet"), ""),
    AuthorisationState.IN_FORCE: (_("In force"), "ready"),
    AuthorisationState.RUNNING_OUT: (_("Running out"), "held"),
    AuthorisationState.USED_UP: (_("Used up"), "overdue"),
    AuthorisationState.OVER: (_("Over"), "overdue"),
}

"""Passwords: allauth's forms in our words."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.utils.translation import gettext_lazy as _


def _say(form: Any) -> None:
    form.fields["password1"].label = _("New password")
    form.fields["password1"].help_text = _(
        "At least %(n)s characters. Not your name, not numbers alone, not one that everybody uses: a few words do well."
    ) % {"n": settings.PASSWORD_LENGTH}
    form.fields["password2"].label = _("The same again")


class NewPasswordForm(forms.SetPasswordForm):
    """The first password, or one in place of a reset one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self)


class ChangePasswordForm(forms.ChangePasswordForm):
    """A wrong guess of the old one counts like one at the door."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self)
        self.fields["oldpassword"].label = _("Password so far")

    def clean_oldpassword(self) -> str:
        given = str(self.cleaned_data["oldpassword"])
        if not get_adapter().reauthenticate(self.user, given):
            raise get_adapter().validation_error("enter_current_password")
        return given

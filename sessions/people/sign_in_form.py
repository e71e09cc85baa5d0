"""The sign-in form of staff."""

from math import ceil

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.forms import ValidationError
from django.utils import timezone

from sessions.documents.plurals import count
from sessions.people import accounts


class SignInForm(AdminAuthenticationForm):
    """The sign-in form. Its error messages do not reveal whether a user name exists."""

    def get_invalid_login_error(self) -> ValidationError:
        if not getattr(self.request, "axes_locked_out", False):
            return super().get_invalid_login_error()
        username = self.cleaned_data["username"]
        address = getattr(self.request, "axes_ip_address", None)
        until = accounts.locked_until(username, address)
        left = until - timezone.now() if until else settings.AXES_COOLOFF_TIME
        minutes = ceil(left.total_seconds() / 60)
        return ValidationError(
            "Too many wrong tries for this name. Wait %(minutes)s, then "
            "try again, or ask an Administrator to clear the lock.",
            params={"minutes": count(minutes, "minute", "minutes")},
        )

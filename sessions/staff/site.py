"""The admin site of staff: headings, first page and names of its lists."""

from typing import Any, cast

from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sessions.models.locks import one_writer
from sessions.people.accounts import record_own_password
from sessions.people.admin import PEOPLE, SECTION
from sessions.people.sign_in_form import SignInForm
from sessions.staff import home


class StaffSite(AdminSite):
    """The admin site: sessions.apps.StaffAdminConfig makes it `admin.site`."""

    site_header = "StemGuide for staff"
    site_title = "StemGuide"
    index_title = "What would you like to do?"
    login_form = SignInForm

    def index(  # type: ignore[override]  # It may redirect.
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Admin's index. Above the app list it shows what this user must do."""
        user = cast(User, request.user)
        if home.only_prints(user):
            return redirect("sessions:desk")
        context = {**home.home_context(user), **(extra_context or {})}
        return super().index(request, context)

    def password_change(  # type: ignore[override]  # It may redirect.
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's page, which redirects once the password is changed."""
        if request.method != "POST":
            return super().password_change(request, extra_context)
        with one_writer():
            response = super().password_change(request, extra_context)
            if response.status_code == 302:
                record_own_password(cast(User, request.user))
            return response

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[Any]:
        """Django's app list, with other names for the app and the model of users.

        The model stays django.contrib.auth's User: roles and admin's log refer to it.
        """
        app_list = super().get_app_list(request, app_label)
        for app in app_list:
            for listed in app["models"]:
                if listed["model"] is User:
                    app["name"], listed["name"] = SECTION, PEOPLE
        return sorted(app_list, key=lambda app: app["name"].lower())

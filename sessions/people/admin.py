"""People's place in admin: its addresses, and nothing of Django's own user pages."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import path

from sessions.people.sign_in_form import SignInForm
from sessions.people.views import accounts

admin.site.login_form = SignInForm

# What admin's lists, paths and history call an account.
apps.get_app_config("auth").verbose_name = "People"
User._meta.verbose_name = "person who signs in"
User._meta.verbose_name_plural = "people who sign in"


@admin.register(User)
class PeopleAdmin(admin.ModelAdmin):
    """The list, the forms and the acts are people.views.accounts; history is admin's.

    No address here can give anybody a permission, a password or the superuser mark.
    """

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        acts = [
            path(
                f"<int:person_id>/{act}/",
                wrap(accounts.act_on_person),
                {"act": act},
                name=f"auth_user_{act.replace('-', '_')}",
            )
            for act in accounts.ACTS
        ]
        return [
            path("", wrap(accounts.people_list), name="auth_user_changelist"),
            path("add/", wrap(accounts.add_person), name="auth_user_add"),
            path(
                "<int:person_id>/change/",
                wrap(accounts.change_person),
                name="auth_user_change",
            ),
            path(
                "<int:person_id>/link/", wrap(accounts.make_link), name="auth_user_link"
            ),
            *acts,
            path(
                "<path:object_id>/history/",
                wrap(self.history_view),
                name="auth_user_history",
            ),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

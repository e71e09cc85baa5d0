"""The URLs of staff accounts in admin, in the place of Django's own UserAdmin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import path

from sessions.people.views import accounts

# The names of the section, of its list and of one account, in admin's pages.
SECTION = "People"
PEOPLE = "People who sign in"
PERSON = "Person who signs in"


@admin.register(User)
class PeopleAdmin(admin.ModelAdmin):
    """Accounts, with views in people.views.accounts; only the history is admin's own.

    No view here can grant a single permission, set a password or make a superuser.
    """

    object_history_template = "people/history.html"

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
                {"extra_context": {"section": SECTION, "module_name": PEOPLE}},
                name="auth_user_history",
            ),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

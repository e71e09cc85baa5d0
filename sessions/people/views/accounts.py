"""Views with which Administrators manage accounts, and the view of one-time links."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from sessions.documents.plurals import count
from sessions.people import accounts, second_factor

LINK_IN_SESSION = "one_time_link"

may_change = permission_required("auth.change_user", raise_exception=True)
may_add = permission_required("auth.add_user", raise_exception=True)


class PersonForm(forms.ModelForm):
    """The names and roles of an account. No other field can be edited."""

    roles = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Without a role a person can sign in and do nothing.",
    )

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email"]
        labels = {"username": "User name", "email": "E-mail"}
        help_texts = {
            "username": "What they type to sign in. Letters, digits and @ . + - _ "
            "only. It cannot be changed later.",
            "email": "You may leave this empty. No mail is ever needed.",
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["username"]
            self.initial["roles"] = self.instance.groups.all()

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError("Somebody has this user name. Choose another.")
        return username


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
    """A page within admin's base template."""
    frame = admin.site.each_context(request)
    return render(request, f"people/{name}.html", {**frame, "title": title, **context})


def _data(request: HttpRequest) -> Any:
    """The POST data, even if it is empty; None, for an unbound form, otherwise."""
    return request.POST if request.method == "POST" else None


def _by(request: HttpRequest) -> User:
    return cast(User, request.user)


@never_cache
@require_safe
@may_change
def people_list(request: HttpRequest) -> HttpResponse:
    """All accounts, with those that are switched off at the end."""
    locks = accounts.all_locks()
    with_code = second_factor.all_who_have_one()
    rows = [
        {
            "person": person,
            "roles": ", ".join(group.name for group in person.groups.all()) or "None",
            "has_second_factor": person.pk in with_code,
            "locked_until": locks.get(person.username),
            "is_new": not person.has_usable_password(),
        }
        for person in User.objects.prefetch_related("groups").order_by(
            "-is_active", "username"
        )
    ]
    return _page(request, "list", "People", rows=rows)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@may_add
def add_person(request: HttpRequest) -> HttpResponse:
    """Makes an account. Only this response shows its one-time link."""
    form = PersonForm(_data(request))
    if form.is_valid():
        person = accounts.create_person(by=_by(request), **form.cleaned_data)
        return _show_link(request, person)
    return _page(request, "form", "Add a person", form=form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def change_person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One account: its names and roles, and the buttons for ACTS."""
    person = get_object_or_404(User, pk=person_id)
    # The form changes its instance even if the change is refused afterwards.
    own_copy = User.objects.get(pk=person_id)
    form = PersonForm(_data(request), instance=own_copy)
    if form.is_valid():
        try:
            accounts.change_person(by=_by(request), person=person, **form.cleaned_data)
        except accounts.Refused as refusal:
            form.add_error("roles", str(refusal))
        else:
            messages.success(request, f"Saved: {person}.")
            return redirect("admin:auth_user_changelist")
    return _page(
        request,
        "form",
        str(person),
        form=form,
        person=person,
        locked_until=accounts.locked_until(person.username),
        has_second_factor=second_factor.has_one(person),
        is_oneself=person == request.user,
    )


def _show_link(request: HttpRequest, person: User) -> HttpResponse:
    address = request.build_absolute_uri(accounts.one_time_path(person))
    hours = count(settings.PASSWORD_RESET_TIMEOUT // 3600, "hour", "hours")
    title = f"A one-time link for {person}"
    return _page(request, "link", title, person=person, address=address, hours=hours)


@never_cache
@require_POST
@may_change
def make_link(request: HttpRequest, person_id: int) -> HttpResponse:
    """Voids the password. Only this response shows the one-time link for a new one."""
    person = get_object_or_404(User, pk=person_id)
    try:
        accounts.void_password(by=_by(request), person=person)
    except accounts.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:auth_user_change", person_id)
    return _show_link(request, person)


# The buttons of an account's page: the function, and the message afterwards.
ACTS = {
    "switch-off": (accounts.switch_off, "Switched off, and signed out everywhere: {}."),
    "switch-on": (accounts.switch_on, "Switched on: {}."),
    "reset-second-factor": (
        second_factor.reset,
        "Second factor reset: {}. They set up a new one when they sign in.",
    ),
    "clear-lock": (accounts.clear_lock, "Lock cleared: {}."),
}


@never_cache
@require_POST
@may_change
def act_on_person(request: HttpRequest, person_id: int, act: str) -> HttpResponse:
    """Does one of ACTS and redirects to the page of the account."""
    person = get_object_or_404(User, pk=person_id)
    action, words = ACTS[act]
    try:
        action(by=_by(request), person=person)
    except accounts.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words.format(person))
    if person == request.user and not person.is_active:
        return redirect("admin:login")
    return redirect("admin:auth_user_change", person_id)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def first_password(request: HttpRequest) -> HttpResponse:
    """The page of a one-time link. All invalid links get the same 404 page.

    The token moves from the URL to the session at once, so that the browser's history
    does not keep it.
    """
    link = request.session.get(LINK_IN_SESSION, ("", ""))
    if "token" in request.GET:
        link = (request.GET.get("person", ""), request.GET["token"])
    person = accounts.person_of_link(*link)
    if person and "token" in request.GET:
        request.session[LINK_IN_SESSION] = link
        return redirect("sign_in:first_password")
    template = "people/first_password.html"
    frame = {"site_header": admin.site.site_header, "site_title": admin.site.site_title}
    if person is None:
        context = {**frame, "title": "This link does not work"}
        return render(request, template, context, status=404)
    form = SetPasswordForm(person, _data(request))
    if form.is_valid():
        accounts.set_password(
            person=person, password=form.cleaned_data["new_password1"]
        )
        del request.session[LINK_IN_SESSION]
        messages.success(request, "Your password is set. Log in with it now.")
        return redirect("admin:login")
    about = {"title": "Set your password", "form": form, "person": person}
    return render(request, template, {**frame, **about})

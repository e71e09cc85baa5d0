"""Signs staff in, for tests that are not about the sign-in itself."""

from django.contrib.auth.models import User
from django.test import Client

from tests.factories import make_person

# A page of admin that everybody with a role may open.
PAGES = "/admin/stemguide_sessions/page/"


def sign_in(client: Client, role: str = "Editor", username: str = "nurse") -> User:
    """Creates a user with this role, and signs them in with `client`."""
    user = make_person(role, username)
    client.force_login(user)
    return user

"""Lets single responses load more than the site's Content-Security-Policy allows.

The settings hold the policy of the site. Only `allow` changes it for a response, and
only this module knows which library writes the header.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TypeVar

from csp.constants import NONE, SELF
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase

__all__ = ["SELF", "allow", "allows", "own_style_hash", "own_style_response"]

Sources = Mapping[str, Sequence[str]]
View = Callable[..., HttpResponseBase]
Response = TypeVar("Response", bound=HttpResponseBase)
OWN_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
# django-csp reads the directives that a response replaces from this attribute.
CHANGED = "_csp_replace"


def allow(response: Response, sources: Sources) -> Response:
    """Adds these sources, by directive, to the response's policy, and returns it."""
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    changed = {**getattr(response, CHANGED, {})}
    for directive, added in sources.items():
        former = changed.get(directive, policy.get(directive, []))
        # Browsers ignore 'none' beside another source.
        changed[directive] = [*(source for source in former if source != NONE), *added]
    setattr(response, CHANGED, changed)
    return response


def allows(sources: Sources) -> Callable[[View], View]:
    """A decorator for views: `allow` for every response of the view."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(*args: object, **kwargs: object) -> HttpResponseBase:
            return allow(view(*args, **kwargs), sources)

        return wrapped

    return decorate


def own_style_response(html: str) -> HttpResponse:
    """The page as a response that allows the `<style>` of a sheet, by its hash."""
    style_hash = own_style_hash(html)
    response = HttpResponse(html)
    return allow(response, {"style-src": [style_hash]}) if style_hash else response


def own_style_hash(html: str) -> str:
    """The CSP source, a hash, of the page's own `<style>`; empty if it has none."""
    found = OWN_STYLE.search(html)
    if found is None:
        return ""
    digest = hashlib.sha256(found[1].encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"

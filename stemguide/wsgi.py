"""The door through which a web server calls StemGuide."""

from django.core.wsgi import get_wsgi_application

_django = get_wsgi_application()

# The models can only be named once Django is set up.
from sessions.views.front import Front  # noqa: E402

application = Front(_django)

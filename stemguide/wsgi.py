"""The door through which a web server calls StemGuide."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

"""A bare Django view that returns "hello", and settings without middleware."""

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

SECRET_KEY = "for-a-page-that-keeps-no-secret-and-is-measured-alone"
ALLOWED_HOSTS = ["127.0.0.1"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tests.bench.hello"


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


urlpatterns = [path("", hello)]
application = get_wsgi_application()

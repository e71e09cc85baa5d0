"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("sessions.urls")),
    path("admin/", admin.site.urls),
]

handler404 = "sessions.views.errors.page_not_found"
handler500 = "sessions.views.errors.server_error"

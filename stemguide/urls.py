"""The root URLconf."""

from django.contrib import admin
from django.urls import include, path

from sessions.urls import sign_in_urls

urlpatterns = [
    path("", include("sessions.urls")),
    path("admin/", include(sign_in_urls)),
    path("admin/", admin.site.urls),
]

handler400 = "sessions.guide.errors.bad_request"
handler403 = "sessions.guide.errors.permission_denied"
handler404 = "sessions.guide.errors.page_not_found"
handler500 = "sessions.guide.errors.server_error"

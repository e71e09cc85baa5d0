"""The addresses of the guide, for patients and for paper."""

from django.urls import URLPattern, include, path, register_converter

from sessions.desk.views import desk, recall
from sessions.desk.views import sheets as desk_sheets
from sessions.documents.front_matter import STAGE_KINDS
from sessions.guide.views import dates, offline, pages
from sessions.library.languages import FIRST, language_fault
from sessions.library.names import TEXT_PAGES
from sessions.library.references import HOME
from sessions.paper.views import codes, sheets
from sessions.people.views import accounts, second_factor
from sessions.running import health
from sessions.staff import gallery


class StageKindConverter:
    """One of the seven stages; anything else is no address of ours."""

    regex = "|".join(STAGE_KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class LaterLanguageConverter:
    """A language beside the first; which of them have sheets, the content says."""

    regex = "[a-z]+(?:-[a-z]+)*"

    def to_python(self, value: str) -> str:
        if value == FIRST or language_fault(value):
            raise ValueError
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(StageKindConverter, "stage_kind")
register_converter(LaterLanguageConverter, "later_language")

app_name = "sessions"


def text_page(name: str) -> URLPattern:
    """A page that is its text and no more: address, text and URL name are one word."""
    return path(f"{name}/", pages.page, {"name": name}, name=name.replace("-", "_"))


patient_urls = [
    path("", pages.page, {"name": HOME}, name="home"),
    path("stages/<stage_kind:kind>/", pages.stage_detail, name="stage_detail"),
    path("checklist/", dates.checklist, name="checklist"),
    path("checklist/calendar.ics", dates.calendar, name="calendar"),
    *map(text_page, TEXT_PAGES),
    path("about/how-we-score/", pages.how_we_score, name="how_we_score"),
    path("sources/", pages.sources, name="sources"),
    path("sources/<path:name>/", pages.page_sources, name="page_sources"),
    path("learn/", pages.learn, name="learn"),
    path("learn/<slug:slug>/", pages.learn_detail, name="learn_detail"),
    path("after/<slug:area>/", pages.after_area, name="after_area"),
    path("evidence/", pages.evidence, name="evidence"),
    path("evidence/<slug:name>/", pages.claim_detail, name="claim_detail"),
    path("search/", pages.search, name="search"),
    path("v/", codes.ask_code, name="ask_code"),
    path("v/<str:code>/", codes.sheet_code, name="sheet_code"),
]

sheet_urls = [
    path("guide/print/", sheets.whole_guide, name="whole_guide"),
    path("guide/print/short/", sheets.short_guide, name="short_guide"),
    path("<path:name>/print/", sheets.page_sheet, name="page_sheet"),
    path("<path:name>/print/short/", sheets.short_sheet, name="short_sheet"),
]

print_urls = [
    path("<later_language:language>/", include(sheet_urls)),
    *sheet_urls,
]

staff_urls = [
    path("desk/", desk.desk, name="desk"),
    path("desk/sheets/", desk_sheets.desk_sheets, name="desk_sheets"),
    path("desk/printed/", desk_sheets.desk_printed, name="desk_printed"),
    path("desk/recall/", recall.recall, name="recall"),
    path("desk/recall.csv", recall.recall_csv, name="recall_csv"),
    path("desk/components/", gallery.components, name="components"),
]

# Under /admin/, with names of their own: sign_in:first_password.
sign_in_urls = (
    [
        path("first-password/", accounts.first_password, name="first_password"),
        path("second-factor/", second_factor.enter_code, name="enter_code"),
        path(
            "second-factor/set-up/",
            second_factor.set_up_second_factor,
            name="set_up_second_factor",
        ),
        path(
            "second-factor/mine/",
            second_factor.own_second_factor,
            name="own_second_factor",
        ),
    ],
    "sign_in",
)

offline_urls = [
    path("guide/addresses.json", offline.addresses, name="addresses"),
    path("service-worker.js", offline.service_worker, name="service_worker"),
]

care_urls = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path(".well-known/security.txt", health.security_txt, name="security_txt"),
]

urlpatterns = [*care_urls, *offline_urls, *staff_urls, *patient_urls, *print_urls]

"""The addresses of the guide, for patients and for paper."""

from django.urls import path, register_converter

from sessions.documents.front_matter import STAGE_KINDS
from sessions.views import errors, gallery, patient, printing


class StageKindConverter:
    """One of the seven stages; anything else is no address of ours."""

    regex = "|".join(STAGE_KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(StageKindConverter, "stage_kind")

app_name = "sessions"

patient_urls = [
    path("", patient.home, name="home"),
    path("stages/<stage_kind:kind>/", patient.stage_detail, name="stage_detail"),
    path("checklist/", patient.checklist, name="checklist"),
    path("risks/", patient.risks, name="risks"),
    path("get-help/", patient.get_help, name="get_help"),
    path("words/", patient.words, name="words"),
    path("privacy/", patient.privacy, name="privacy"),
    path("accessibility/", patient.accessibility, name="accessibility"),
    path("about/", patient.about, name="about"),
    path("about/how-we-score/", patient.how_we_score, name="how_we_score"),
    path("sources/", patient.sources, name="sources"),
    path("sources/<path:name>/", patient.page_sources, name="page_sources"),
    path("options/", patient.options, name="options"),
    path("questions/", patient.questions, name="questions"),
    path("learn/", patient.learn, name="learn"),
    path("learn/<slug:slug>/", patient.learn_detail, name="learn_detail"),
    path("money-and-approval/", patient.money_and_approval, name="money_and_approval"),
    path("helping-someone/", patient.helping_someone, name="helping_someone"),
    path("after/<slug:area>/", patient.after_area, name="after_area"),
    path("evidence/", patient.evidence, name="evidence"),
    path("evidence/<slug:name>/", patient.claim_detail, name="claim_detail"),
    path("search/", patient.search, name="search"),
]

print_urls = [
    path("<path:name>/print/", printing.page_sheet, name="page_sheet"),
    path("<path:name>/print/short/", printing.short_sheet, name="short_sheet"),
]

staff_urls = [path("desk/components/", gallery.components, name="components")]

care_urls = [path("healthz", errors.healthz, name="healthz")]

urlpatterns = [*care_urls, *staff_urls, *patient_urls, *print_urls]

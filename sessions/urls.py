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
    path("sources/", patient.sources, name="sources"),
]

print_urls = [
    path("checklist/print/", printing.checklist_sheet, name="checklist_sheet"),
    path("risks/print/", printing.risks_sheet, name="risks_sheet"),
]

staff_urls = [path("desk/components/", gallery.components, name="components")]

care_urls = [path("healthz", errors.healthz, name="healthz")]

urlpatterns = [*patient_urls, *print_urls, *staff_urls, *care_urls]

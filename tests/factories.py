"""Valid objects; a test states only what matters to it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, User

from sessions.documents.rules import Rules
from sessions.documents.rules_file import read_rules
from sessions.documents.stage_shapes import EARLIER_SECTIONS
from sessions.library.clinic_texts import (
    AREAS,
    STATEMENTS,
    area_text,
    statement_text,
)
from sessions.library.languages import FIRST
from sessions.models import ClinicalRules, Page, Stage, Wording

RULES = Path(__file__).parents[1] / "content" / "rules.yaml"
PASSWORD = "a long password"
PUBLISHED = datetime(2026, 1, 5, 9, tzinfo=UTC)
KEY_FACTS = (
    "key_facts: {time: An hour., meet: A nurse., numbing: Yes., drive: No., home: Yes.}"  # noqa: E501
)


def make_text(*, title: str = "A page", body: str = "Some words.", **front: str) -> str:
    """A whole text with front matter."""
    lines = [f"title: {title}", "summary: What it is.", *front.values()]
    return "\n".join(["---", *lines, "---", "", body, ""])


def make_stage_text(
    kind: str = "recovery",
    body: str = "",
    sections: Iterable[str] = EARLIER_SECTIONS,
    **front: str,
) -> str:
    """A stage with these sections; `body` stands before the first."""
    care = (
        "Follow your own care team's instructions. Do not stop a medicine unless the "
        "doctor who prescribes it agrees."
    )
    parts = "\n\n".join(f"## {title}\n\n{care}" for title in sections)
    extra = (
        "It is not FDA-approved for joints. Some people feel no change. You may wait."
    )
    return make_text(
        title=front.pop("title", kind.capitalize()),
        body=f"{body}\n\n{extra}\n\n{parts}",
        stage=f"stage: {kind}",
        key_facts=KEY_FACTS,
        **front,
    )


@cache
def shipped_rules() -> Rules:
    """The clinical rules as they ship."""
    rules, faults = read_rules(RULES.read_text())
    assert rules is not None, faults
    return rules


def make_rules() -> None:
    """Puts the shipped rules in force, where there are none yet."""
    values = {"data": shipped_rules().model_dump(mode="json")}
    ClinicalRules.objects.get_or_create(pk=1, defaults=values)


def make_page(name: str = "stages/recovery", language: str = FIRST) -> Page:
    """A page, on a site that has rules: nothing could be published without."""
    make_rules()
    page, _ = Page.objects.get_or_create(name=name, language=language)
    if name.startswith("stages/"):
        Stage.objects.get_or_create(page=page, kind=name.removeprefix("stages/"))
    return page


# The page of a wording that a test says nothing of.
ANY_PAGE = "stages/recovery"


def make_text_for(page: str) -> str:
    """A text that this page may have."""
    if page in STATEMENTS:
        return statement_text(page, "It is not approved for any joint.")
    if page.startswith(AREAS):
        return area_text("Hand", "A finger, or the wrist.")
    if page.startswith("stages/"):
        return make_stage_text(page.removeprefix("stages/"))
    return make_text()


def make_wording(*, page: str = "", language: str = FIRST, **overrides: Any) -> Wording:
    """A draft of the page."""
    page = page or ANY_PAGE
    row = make_page(page, language)
    newest = row.wordings.first()
    text = make_text_for(page)
    number = newest.number + 1 if newest else 1
    values = {"number": number, "text": text, **overrides}
    return Wording.objects.create(page=row, **values)


def make_live_wording(*, page: str = "", **overrides: Any) -> Wording:
    """A wording that patients read."""
    values = {"state": Wording.State.PUBLISHED, "publish_from": PUBLISHED, **overrides}
    return make_wording(page=page, **values)


def make_person(role: str = "", username: str = "nurse") -> User:
    """Somebody who can sign in, in the group named `role`."""
    user = User.objects.create_user(username, password=PASSWORD, is_staff=True)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user

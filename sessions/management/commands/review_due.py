"""manage.py review_due: mails reviewers the review queue."""

from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from sessions.documents.plurals import count
from sessions.models import Clinic
from sessions.models.wordings import DUE_SOON, listed_title
from sessions.wordings.review_queue import QueueEntry, Reason, review_queue


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Mails every active member of a role the texts that wait for review, are "
        "overdue, are due soon or were never checked. Prints the mail if no mail "
        "server is set."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", default="Clinical reviewer")
        parser.add_argument(
            "--days",
            type=int,
            default=DUE_SOON.days,
            help="How many days ahead is soon.",
        )

    def handle(self, *, role: str, days: int, **options: Any) -> None:
        group = Group.objects.filter(name=role).first()
        if group is None:
            roles = ", ".join(
                Group.objects.order_by("name").values_list("name", flat=True)
            )
            raise CommandError(f'There is no role "{role}". The roles are: {roles}.')
        entries = review_queue(today=Clinic.objects.get(pk=1).today(), days=days)
        if not entries:
            self.stdout.write("Nothing waits for a check, so no mail was sent.")
            return
        addresses = sorted(
            User.objects.filter(groups=group, is_active=True)
            .exclude(email="")
            .values_list("email", flat=True)
        )
        # One mail for each, so that nobody sees the addresses of others.
        mails = [_mail(entries, [address]) for address in addresses]
        if not addresses:
            self.stderr.write(f"No active {role} has an e-mail address.")
        if not settings.EMAIL_HOST:
            for mail in mails or [_mail(entries, [])]:
                self.stdout.write(mail.message().as_string())
            self.stdout.write("Printed, not sent: EMAIL_URL names no mail server.")
            return
        try:
            sent = sum(mail.send() for mail in mails)
        except (OSError, SMTPException) as error:
            raise CommandError(f"The mail server refused: {error}") from error
        self.stdout.write(f"Sent to {sent} of {role}.")


def _mail(entries: list[QueueEntry], to: list[str]) -> EmailMessage:
    subject = f"StemGuide: {count(len(entries), 'page', 'pages')} to check"
    parts = []
    for reason in Reason:
        lines = [_line(entry) for entry in entries if entry.reason is reason]
        if lines:
            parts.append("\n".join([f"{reason.label} ({len(lines)})", *lines]))
    address = reverse("admin:stemguide_sessions_review_queue")
    parts.append(f"The review queue: {settings.PUBLIC_URL.rstrip('/')}{address}")
    return EmailMessage(subject, "\n\n".join(parts) + "\n", to=to)


def _line(entry: QueueEntry) -> str:
    due = f", due {entry.due:%d %B %Y}" if entry.due else ""
    wording = entry.wording
    is_new = entry.reason is Reason.WAITING and wording.is_from_file
    origin = ", from its file" if is_new else ""
    return f"- {listed_title(wording)}, version {wording.number}{origin}{due}"

"""Log lines are JSON and hold nothing that a reader sent, also after errors."""

import io
import json
import logging
import re
import socket

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.test import Client, override_settings

from sessions.models import ContentVersion
from stemguide.logs import JsonFormatter
from tests.servers import free_port
from tests.sites import serve, set_up

SECRET = "unmistakable"
AGENT = f"{SECRET}-agent/1.0"
HEADERS = {
    "HTTP_USER_AGENT": AGENT,
    "HTTP_REFERER": f"https://{SECRET}.example/",
    "REMOTE_ADDR": "203.0.113.77",
}


@pytest.fixture
def log():
    """Gives a function that returns the log lines so far, as the site formats them."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


def kept_out(lines):
    """Whether the log holds neither SECRET nor the IP address of the client."""
    text = json.dumps(lines)
    return SECRET not in text and "203.0.113.77" not in text


@pytest.fixture
def client():
    return Client(raise_request_exception=False, **HEADERS)


def test_a_path_that_does_not_exist_is_not_logged(client, real_content, log):
    client.get(f"/{SECRET}/?q={SECRET}")

    assert [(line["status"], line["message"]) for line in log()] == [(404, "Not Found")]
    assert kept_out(log())


def test_an_exception_is_logged_by_type_and_place_without_its_message(
    client, real_content, log, monkeypatch
):
    def broken(request, *args, **kwargs):
        try:
            int(request.GET["q"])
        except ValueError as error:
            raise RuntimeError(f"Cannot search for {request.GET['q']}") from error

    monkeypatch.setattr("sessions.guide.views.pages.read_request", broken)

    response = client.get(f"/search/?q={SECRET}")

    (line,) = log()
    assert line["level"] == "error" and line["status"] == 500
    assert line["route"] == "search/"
    assert line["request_id"] == response["X-Request-Id"]
    types = [found["type"] for found in line["exceptions"]]
    assert types == ["builtins.RuntimeError", "builtins.ValueError"]
    assert any(" broken" in place for place in line["exceptions"][0]["at"])
    assert kept_out(log())


def test_a_database_error_is_logged_without_its_message(client, db, log, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError(f"no such column: {SECRET}")

    monkeypatch.setattr(ContentVersion.objects, "values_list", away)

    client.get(f"/risks/?name={SECRET}")

    assert "The database is unavailable." in [line["message"] for line in log()]
    assert kept_out(log())


def test_a_disallowed_host_is_logged_without_its_name(client, log):
    client.get("/risks", HTTP_HOST=f"{SECRET}.example")

    names = [line["logger"] for line in log()]
    assert "django.security.DisallowedHost" in names
    assert kept_out(log())


@override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=1)
def test_too_many_fields_are_logged_without_what_was_typed(client, real_content, log):
    response = client.post("/checklist/", {"day": SECRET, "month": SECRET, "year": 1})

    assert response.status_code == 400
    names = [line["logger"] for line in log()]
    assert "django.security.TooManyFieldsSent" in names
    assert kept_out(log())


def test_a_csrf_failure_is_logged_without_its_origin(db, log):
    client = Client(enforce_csrf_checks=True, **HEADERS)

    client.post(
        "/admin/login/",
        {"username": SECRET, "password": SECRET},
        HTTP_ORIGIN=f"https://{SECRET}.example",
    )

    assert "django.security.csrf" in [line["logger"] for line in log()]
    assert kept_out(log())


def test_wrong_passwords_are_logged_without_name_and_address(client, admin_user, log):
    for _ in range(6):
        client.post("/admin/login/", {"username": SECRET, "password": SECRET})

    assert log() and kept_out(log())


def test_a_request_id_is_never_taken_from_the_request(client, real_content, log):
    first = client.get("/nothing/", HTTP_X_REQUEST_ID=SECRET)["X-Request-Id"]
    second = client.get("/nothing/", HTTP_X_REQUEST_ID=SECRET)["X-Request-Id"]

    assert re.fullmatch("[0-9a-f]{16}", first) and first != second
    assert [line["request_id"] for line in log()] == [first, second]


def test_request_ids_are_sent_with_staff_pages_and_errors_only(client, real_content):
    assert "X-Request-Id" in client.get("/admin/login/")
    assert "X-Request-Id" in client.get("/nothing/")
    assert "X-Request-Id" not in client.get("/risks/")
    assert "X-Request-Id" not in client.get("/search/?q=cost")


def formatted(name, message, *args, level=logging.WARNING, error=None):
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, level, "some.py", 7, message, args, info)
    return json.loads(JsonFormatter().format(record))


def test_numbers_in_messages_of_libraries_are_logged_and_texts_are_not():
    line = formatted("axes.attempts", "%s: try %d of %.1f, 100%%", SECRET, 3, 5.0)

    assert line["message"] == "…: try 3 of 5.0, 100%"
    assert line["at"] == "some:7"


def test_messages_of_libraries_without_arguments_are_left_out():
    line = formatted("somebody.else", f"Invalid request from {SECRET}")

    assert line["message"] == "The message is left out: it may contain input."


def test_messages_of_stemguide_and_of_the_start_are_logged_in_full():
    level = logging.INFO

    line = formatted("sessions.pdf.client", "Not drawn: %s", "a")
    assert line["message"] == "Not drawn: a"
    line = formatted("gunicorn.error", "Listening at: %s (%s)", "a", 1, level=level)
    assert line["message"] == "Listening at: a (1)"


@pytest.mark.parametrize(
    ("level", "message", "args"),
    [
        (logging.DEBUG, "%s %s", ("GET", f"/{SECRET}")),
        (logging.DEBUG, "Closing connection. %s", (SECRET,)),
        (logging.WARNING, f"Invalid request from ip={SECRET}: {SECRET}", ()),
        (logging.ERROR, "Error handling request %s %s", ("GET", f"/?{SECRET}")),
    ],
)
def test_messages_of_gunicorn_are_logged_without_the_request(level, message, args):
    line = formatted("gunicorn.error", message, *args, level=level)

    assert line["message"] and kept_out([line])


def test_the_reason_for_a_failed_start_is_logged_in_full():
    line = formatted("gunicorn.error", "Stopped", error=ImproperlyConfigured("Set A."))

    assert line["exceptions"] == [
        {
            "type": "django.core.exceptions.ImproperlyConfigured",
            "words": "Set A.",
            "at": [],
        }
    ]


def test_a_full_disk_is_logged_by_its_error_code():
    line = formatted("django.request", "…", error=OSError(28, "No space", f"/{SECRET}"))

    assert line["exceptions"][0]["code"] == "ENOSPC"
    assert SECRET not in json.dumps(line)


def exchange(port, request):
    """The response of the server to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def request(line, *headers, body=b""):
    common = [
        "Host: 127.0.0.1", "Connection: close", f"User-Agent: {AGENT}",
        f"Referer: https://{SECRET}.example/", f"Cookie: a={SECRET}",
    ]  # fmt: skip
    return "\r\n".join([line, *common, *headers, "", ""]).encode() + body


BODY = f"day={SECRET}".encode()
FORM = "Content-Type: application/x-www-form-urlencoded"
CHUNKED = "Transfer-Encoding: chunked"
SENT = (
    request(f"GET /risks/?name={SECRET}&area=hand HTTP/1.1"),
    request(f"GET /{SECRET}%0a%22/?q={SECRET} HTTP/1.1"),
    request(f"{SECRET.upper()} /risks/ HTTP/1.1"),
    request("GET /risks HTTP/1.1", f"X-Forwarded-Host: {SECRET}"),
    request("POST /checklist/ HTTP/1.1", FORM, f"Content-Length: {len(BODY)}",
            body=BODY),
    request("GET /risks/ HTTP/1.1").replace(b"127.0.0.1", SECRET.encode()),
    request("GET /risks/ HTTP/1.1").replace(b"127.0.0.1", b"%s %s" % (BODY, BODY)),
    # Malformed requests, which gunicorn itself refuses.
    f"{SECRET}\r\n\r\n".encode(),
    f"GET /{SECRET}\0 HTTP/1.1\r\n\r\n".encode(),
    request(f"GET /{SECRET} HTTP/9.{SECRET}"),
    request(f"{SECRET}! /{SECRET} HTTP/1.1"),
    request(f"GET http://[{SECRET}/ HTTP/1.1"),
    request(f"GET /{SECRET * 1000} HTTP/1.1"),
    request("GET / HTTP/1.1", f"Bad Name: {SECRET}"),
    request("GET / HTTP/1.1", SECRET),
    request("GET / HTTP/1.1", f"Long: {SECRET * 2000}"),
    request("GET / HTTP/1.1", *[f"X-{n}: {SECRET}" for n in range(70)]),
    request(f"GET /{SECRET} HTTP/1.1", f"SCRIPT_NAME: /other-{SECRET}"),
    request(f"POST /{SECRET} HTTP/1.1", f"Content-Length: {SECRET}"),
    request(f"POST /{SECRET} HTTP/1.1", f"Transfer-Encoding: {SECRET}"),
    request(f"POST /{SECRET} HTTP/1.1", f"Expect: {SECRET}"),
    request("POST /checklist/ HTTP/1.1", FORM, "Content-Length: 900", body=BODY),
    request("POST /checklist/ HTTP/1.1", FORM, CHUNKED, body=b"5\r\nday=1XX" + BODY),
)  # fmt: skip


def test_gunicorn_logs_each_response_and_nothing_that_was_sent(tmp_path):
    set_up(tmp_path)
    port = free_port()
    with serve(tmp_path, port, GUNICORN_CMD_ARGS="--log-level=debug"):
        (tmp_path / "log").write_text("")
        for sent in SENT:
            assert exchange(port, sent).startswith(b"HTTP/1.1 ")
    text = (tmp_path / "log").read_text()

    lines = [json.loads(line) for line in text.splitlines()]
    answered = [line for line in lines if line["logger"] == "gunicorn.access"]
    assert ("/risks/", 200) in [(a.get("path"), a["status"]) for a in answered]
    assert {400, 404, 422} <= {line["status"] for line in answered}
    assert all("request_id" in line for line in answered if line["status"] == 404)
    assert SECRET not in text.lower() and "127.0.0.1" not in text.replace(
        f"Listening at: http://127.0.0.1:{port}", ""
    )

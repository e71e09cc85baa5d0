"""PDFs of sheets: what is in them, and the worker process that draws them."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from io import BytesIO

import pikepdf
import pytest

from sessions.pdf import client as pdf
from sessions.pdf.worker import NICENESS
from tests.conftest import ROOT, need_pdf, need_program
from tests.paper import PrintedSheet, box_faults
from tests.sites import environment_of

NUMBER = "@bottom-right { content: 'Page ' counter(page) ' of ' counter(pages) }"
STYLE = (
    '<link rel="stylesheet" href="/static/css/sheet.css">'
    f"<style>@page {{ size: letter; {NUMBER} }}</style>"
)
TABLE = "<table><tr><th>Day</th><th>Pain</th></tr><tr><td>1</td><td>2</td></tr></table>"


@pytest.fixture(autouse=True)
def _can_make_pdf():
    need_pdf()


@pytest.fixture(autouse=True, scope="module")
def _no_worker_is_left():
    yield
    pdf.stop_workers()


def sheet(title: str = "Checklist", pages: int = 1, *, more: str = "") -> str:
    """A sheet of several pages. Each page shows the title and its own number."""
    parts = "".join(
        f'<h2 style="break-before: {"page" if n > 1 else "auto"}">{title} {n}</h2>'
        for n in range(1, pages + 1)
    )
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{STYLE}</head>'
        f'<body class="sheet"><main>{parts}{more}</main></body></html>'
    )


def made(sheets: list[str], **options) -> pdf.PrintJob:
    *_, job = pdf.make_pdf(sheets, **options)
    assert isinstance(job, pdf.PrintJob)
    return job


def opened(job: pdf.PrintJob) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(job.pdf))


def words(job: pdf.PrintJob) -> list[str]:
    """The text of each page."""
    need_program("pdftotext")
    command = ["pdftotext", "-layout", "-", "-"]
    done = subprocess.run(command, input=job.pdf, capture_output=True, check=True)
    pages = done.stdout.decode().split("\f")[:-1]
    return [re.sub(r"\s+", " ", page).strip() for page in pages]


def tags(element: pikepdf.Object) -> list[str]:
    """The types of all structure elements below this one, in reading order."""
    found = []
    for kid in element.get("/K", []):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            found += [str(kid.S), *tags(kid)]
    return found


# --- what is in it -----------------------------------------------------------


@pytest.mark.parametrize("copies", [1, 2])
def test_pdf_is_tagged_titled_and_names_its_language(copies):
    document = opened(made([sheet("Checklist", more=TABLE)], copies=copies))

    root = document.Root
    assert document.check_pdf_syntax() == []
    assert root.Lang == "en" and document.docinfo.Title == "Checklist"
    assert root.MarkInfo.Marked and root.ViewerPreferences.DisplayDocTitle
    found = tags(root.StructTreeRoot.K[0])
    assert found.count("/H2") == found.count("/Table") == copies
    assert found.count("/TH") == 2 * copies


def test_every_part_of_a_copy_belongs_to_that_copy():
    link = '<p><a href="#end">On</a></p><p id="end">End</p>'
    document = opened(made([sheet(more=TABLE + link)] * 2, copies=2))

    tree = document.Root.StructTreeRoot
    numbers = list(tree.ParentTree.Nums)
    by_number = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
    for page in document.pages:
        assert {tag.Pg.objgen for tag in by_number[int(page.StructParents)]} == {
            page.objgen
        }
        (annotation,) = page.Annots
        assert by_number[int(annotation.StructParent)].S == "/Link"
        assert annotation.Dest[0].objgen == page.objgen
    names = [str(name) for name in tree.IDTree.Kids[0].Names[::2]]
    assert len(names) == len(set(names)) == 2 * 4
    assert len({page.Contents.objgen for page in document.pages}) == 2


def test_several_sheets_share_a_title_and_have_an_outline_each():
    document = opened(made([sheet("Checklist"), sheet("Diary")], copies=2))

    assert document.docinfo.Title == "Sheets to print"
    with document.open_outline() as outline:
        assert [line.title for line in outline.root] == ["Checklist", "Diary"]
    parts = document.Root.StructTreeRoot.K[0].K
    assert [str(part.T) for part in parts] == ["Checklist", "Diary"] * 2


def test_copies_are_collated_and_pages_are_counted_within_a_sheet():
    job = made([sheet("One", 2), sheet("Two")], copies=2)

    assert job.pages == (2, 1)
    once = ["One 1 Page 1 of 2", "One 2 Page 2 of 2", "Two 1 Page 1 of 1"]
    assert words(job) == once * 2


def test_each_sheet_begins_on_a_new_sheet_of_paper():
    job = made([sheet("One", 3), sheet("Two", 2)], copies=2, blank_backs=True)

    assert job.pages == (3, 2)
    begins = [number for number, text in enumerate(words(job)) if " 1 Page" in text]
    assert begins == [0, 4, 6, 10]
    assert words(job)[3] == "" and len(words(job)) == 12


def test_a_lone_sheet_may_have_a_blank_back():
    job = made([sheet("One")], blank_backs=True)

    assert job.pages == (1,) and words(job) == ["One 1 Page 1 of 1", ""]
    size = [page.mediabox for page in opened(job).pages]
    assert size[0] == size[1]


def test_paper_has_the_size_the_sheet_asks_for():
    a4 = sheet().replace("size: letter", "size: A4")
    job = made([sheet(), a4])

    widths = [round(float(page.mediabox[2])) for page in opened(job).pages]
    assert widths == [612, 595]


def test_real_sheet_is_drawn_with_its_stylesheet(real_content, client):
    html = client.get("/checklist/print/").content.decode()

    job = made([html])

    text = words(job)
    assert f"Page 1 of {len(text)}" in text[0]
    assert "Back to the page" not in text[0] and "My medicines" in " ".join(text)
    links = [a for page in opened(job).pages for a in page.get("/Annots", [])]
    assert not [a for a in links if "sheet.invalid" in str(a.get("/A", {}).get("/URI"))]


# --- how it is made ----------------------------------------------------------


def test_progress_counts_every_copy_and_the_job_comes_last():
    item = list(pdf.make_pdf([sheet("One"), sheet("Two")], copies=3))

    progress = [one for one in item if isinstance(one, pdf.Progress)]
    assert [one.done for one in progress] == [0, 3, 6]
    assert {one.total for one in progress} == {6}
    assert isinstance(item[-1], pdf.PrintJob) and len(item) == 4


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/a.svg", "//127.0.0.1:{port}/a.svg", "file://{secret}",
        "/static/../../../../../../..{secret}", "/static/%2e%2e/%2e%2e{secret}",
        "../a.svg", "data:image/svg+xml,<svg", "",
    ],
)  # fmt: skip
def test_nothing_but_static_files_is_fetched(address, tmp_path, tiny_server):
    secret = tmp_path / "a.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    address = address.format(port=tiny_server.port, secret=secret)

    more = (
        f'<img src="{address}" alt=""><link rel="stylesheet" href="{address}">'
        f'<style>@import "{address}"; h2 {{ background: url({address}) }}</style>'
    )

    job = made([sheet(more=more)])

    assert words(job) == ["Checklist 1 Page 1 of 1"]
    assert tiny_server.connections == []


@pytest.fixture
def tiny_server():
    """A server that counts connections; a sheet must never cause one."""
    import socket

    class Server:
        def __init__(self) -> None:
            self.socket = socket.create_server(("127.0.0.1", 0))
            self.socket.settimeout(0.05)
            self.port = self.socket.getsockname()[1]

        @property
        def connections(self) -> list[object]:
            try:
                connection, address = self.socket.accept()
            except TimeoutError:
                return []
            connection.close()
            return [address]

    server = Server()
    yield server
    server.socket.close()


def test_picture_from_static_files_is_drawn():
    with_picture = made([sheet(more='<img src="/static/img/icon.svg" alt="Guide">')])

    document = opened(with_picture)
    assert "/Figure" in tags(document.Root.StructTreeRoot.K[0])


@pytest.mark.parametrize(
    "html",
    ["", "<", "no tags", "<table><tr><div><td>", "<b>" * 40, "\x00\ufffe<p>&#0;"],
)
def test_broken_html_is_drawn_as_far_as_it_goes(html):
    assert made([html]).pages == (1,)


def test_what_can_not_be_drawn_is_refused_in_a_sentence(caplog):
    with pytest.raises(pdf.PdfError, match="could not be made") as error:
        made(["<div>secret" * 2000])

    assert "secret" not in str(error.value) + caplog.text
    assert made([sheet()]).pages == (1,)


@pytest.mark.parametrize(("sheets", "copies"), [([], 1), ([sheet()], 0)])
def test_nothing_to_print_is_said(sheets, copies):
    with pytest.raises(pdf.PdfError, match="nothing to print"):
        made(sheets, copies=copies)


# --- the worker --------------------------------------------------------------


def workers() -> list[int]:
    """The ids of the running worker processes that this process has started."""
    done = subprocess.run(
        ["ps", "-o", "pid=,stat=,args=", "--ppid", str(os.getpid())],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    return [
        int(pid)
        for pid, state, command in lines
        if "sessions.pdf.worker" in command and not state.startswith("Z")
    ]


def test_worker_is_kept_and_has_a_low_priority():
    made([sheet()])
    first = workers()
    made([sheet()])

    assert first == workers() and len(first) == 1
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, first[0]) == min(own + NICENESS, 19)
    assert NICENESS > 0


def test_worker_is_kept_if_its_parent_process_uses_much_memory():
    """On Linux a new process starts with the memory peak of its parent."""
    code = (
        "import django; django.setup()\n"
        "from sessions.pdf import client as pdf\n"
        "grown = bytearray(b'x') * (300 << 20)\n"
        "list(pdf.make_pdf(['<p>a'])); first = pdf._idle[0].pid\n"
        "list(pdf.make_pdf(['<p>a'])); print(first == pdf._idle[0].pid)\n"
    )

    assert output_of(code) == b"True\n"


def test_worker_killed_in_the_middle_is_an_error_and_the_next_call_works():
    making = pdf.make_pdf([sheet("Long", 20)] * 20)
    while not (item := next(making)).done:
        pass

    os.kill(workers()[0], signal.SIGKILL)

    with pytest.raises(pdf.PdfError, match="Try again"):
        list(making)
    assert item.total == 20
    assert made([sheet()]).pages == (1,)


def test_worker_killed_while_it_waits_is_replaced():
    made([sheet()])
    (before,) = workers()

    os.kill(before, signal.SIGKILL)

    assert made([sheet()]).pages == (1,)
    assert before not in workers()


def test_worker_is_stopped_when_the_iterator_is_closed():
    making = pdf.make_pdf([sheet("Long", 20)] * 20)
    while not next(making).done:
        pass

    making.close()

    assert workers() == []
    assert made([sheet()]).pages == (1,)


def test_worker_ends_when_its_parent_process_is_gone():
    code = (
        "import os, django; django.setup()\n"
        "from sessions.pdf import client as pdf\n"
        "making = pdf.make_pdf(['<p>a'] * 500)\n"
        "while not next(making).done: pass\n"
        "pid = open(f'/proc/self/task/{os.getpid()}/children').read().split()[0]\n"
        "print(pid, flush=True); os.kill(os.getpid(), 9)\n"
    )

    worker = int(output_of(code))
    assert wait_until(lambda: not is_running(worker))


def output_of(code: str) -> bytes:
    """Runs the code in a new Python process. Returns what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, stdout=subprocess.PIPE, check=False, timeout=180,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "stemguide.settings.test"},
    )  # fmt: skip
    return done.stdout


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(claim, seconds: float = 60) -> bool:
    for _ in range(int(seconds * 20)):
        if claim():
            return True
        threading.Event().wait(0.05)
    return False


def test_two_at_once_are_drawn_one_after_the_other():
    spans: list[tuple[int, pdf.Progress | pdf.PrintJob]] = []

    def draw(who: int) -> None:
        for item in pdf.make_pdf([sheet("Long", 5)] * 4):
            spans.append((who, item))

    threads = [threading.Thread(target=draw, args=(who,)) for who in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    jobs = [item for _, item in spans if isinstance(item, pdf.PrintJob)]
    assert [job.pages for job in jobs] == [(5,) * 4] * 2
    drawn = [who for who, item in spans if isinstance(item, pdf.Progress) and item.done]
    assert drawn in ([1] * 4 + [2] * 4, [2] * 4 + [1] * 4)
    assert len(workers()) == 1


def test_batch_that_waits_too_long_for_the_lock_is_refused(monkeypatch):
    monkeypatch.setattr(pdf, "LOCK_TIMEOUT", 0)
    making = pdf.make_pdf([sheet("Long", 20)] * 20)
    while not next(making).done:
        pass

    with pytest.raises(pdf.PdfError, match="Another batch is being printed"):
        made([sheet()])

    making.close()


def test_worker_without_output_is_killed(monkeypatch):
    made([sheet()])
    monkeypatch.setattr(pdf, "OUTPUT_TIMEOUT", 0)

    with pytest.raises(pdf.PdfError, match="Try again"):
        made([sheet("Long", 20)])

    assert workers() == []


WAIT = "import os, sys, time; fd = int(sys.argv[1]); time.sleep(120)"
HALF_A_MESSAGE = r"os.write(fd, b'\0\0\1\0half')"


@pytest.mark.parametrize(
    ("code", "length"),
    [
        (WAIT, 1),
        (WAIT, 4 << 20),
        (WAIT.replace("time.sleep", f"{HALF_A_MESSAGE}; time.sleep"), 1),
    ],
    ids=["says nothing", "reads nothing", "stops in the middle of a message"],
)
def test_worker_that_hangs_is_killed(monkeypatch, code, length):
    pdf.stop_workers()
    monkeypatch.setattr(pdf._Worker, "command", (sys.executable, "-c", code))
    monkeypatch.setattr(pdf, "OUTPUT_TIMEOUT", 2)
    began = time.monotonic()

    with pytest.raises(pdf.PdfError, match="Try again"):
        made(["a" * length])

    assert time.monotonic() - began < 60


def test_what_the_worker_sends_is_never_unpickled(monkeypatch, tmp_path):
    pdf.stop_workers()
    code = (
        "import pathlib, sys; from multiprocessing.connection import Connection\n"
        "class Harm:\n"
        "    def __reduce__(self):\n"
        f"        return pathlib.Path.mkdir, (pathlib.Path({str(tmp_path)!r}, 'x'),)\n"
        "connection = Connection(int(sys.argv[1]))\n"
        "connection.send_bytes(b'taken')\n"
        "connection.send(Harm())\n"
    )
    monkeypatch.setattr(pdf._Worker, "command", (sys.executable, "-c", code))

    with pytest.raises(pdf.PdfError, match="Try again"):
        made([sheet()])

    assert list(tmp_path.iterdir()) == []


def test_worker_that_has_grown_large_is_not_kept():
    worker = pdf._Worker()
    worker.is_large = True

    pdf._keep(worker)

    assert worker.pid not in workers()


# --- where it cannot be made ------------------------------------------------


@pytest.fixture
def cleared_cache():
    pdf.pdf_fault.cache_clear()
    yield
    pdf.pdf_fault.cache_clear()


@pytest.mark.parametrize(
    ("probe", "answer", "sentence"),
    [
        ("_has_weasyprint", lambda: False, "WeasyPrint is not installed"),
        ("_loads", lambda names: False, "The Pango library is missing"),
    ],
)
def test_what_is_missing_is_said(monkeypatch, cleared_cache, probe, answer, sentence):
    monkeypatch.setattr(pdf, probe, answer)

    assert sentence in pdf.pdf_fault()
    with pytest.raises(pdf.PdfError, match=sentence):
        made([sheet()])


def test_probes_see_what_is_there():
    assert pdf.pdf_fault() == ""
    assert not pdf._loads(["libof-no-machine.so.0"])


def test_web_process_never_loads_weasyprint(tmp_path):
    code = (
        "import sys, stemguide.wsgi\n"
        "from sessions.pdf import client as pdf\n"
        "*_, job = pdf.make_pdf(['<p>a'])\n"
        "assert job.pages == (1,) and pdf.pdf_fault() == ''\n"
        "print([n for n in ('weasyprint', 'pydyf', 'fontTools') if n in sys.modules])\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=environment_of(tmp_path), capture_output=True, text=True,
        check=True,
    )  # fmt: skip

    assert done.stdout == "[]\n"
    assert "<p>" not in done.stderr


# --- how sheets are measured -------------------------------------------------

FRAME = "border: 1pt solid; width: 200pt; height: 60pt"


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        (f'<div style="{FRAME}">One</div><div style="{FRAME}">Two</div>', ""),
        (
            f'<div style="{FRAME}"><p style="{FRAME}; width: 9pt; height: 9pt">I</div>',
            "",
        ),
        (
            f'<div style="{FRAME}">One</div>'
            f'<div style="{FRAME}; margin-top: -20pt"><br>Two</div>',
            "overlap",
        ),
        (f'<div style="{FRAME}; width: 700pt">Wide</div>', "runs off"),
        (
            f'<div style="{FRAME}; width: 60pt; white-space: nowrap">It is too long',
            "runs through 'long'",
        ),
    ],
    ids=["apart", "nested", "over", "wide", "narrow"],
)
def test_measuring_finds_boxes_that_are_wrong(tmp_path, parts, fault):
    path = tmp_path / "sheet.pdf"
    path.write_bytes(made([sheet(more=parts)]).pdf)

    faults = box_faults(PrintedSheet(path))

    assert (fault in faults[0]) if fault else faults == []

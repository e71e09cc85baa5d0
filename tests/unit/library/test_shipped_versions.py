"""content/shipped.txt lists every text that ever shipped."""

import subprocess

from sessions.library.shipped import VERSIONS
from sessions.library.texts import digest
from tests.shipped_versions import CONTENT, listed, of_history, of_today


def test_every_text_that_ships_is_in_the_list():
    missing = sorted(path for path, _ in of_today() - listed())

    assert missing == [], "Run make shipped, and commit content/shipped.txt with them."


def test_every_text_that_ever_shipped_is_in_the_list():
    missing = sorted(path for path, _ in of_history() - listed())

    assert missing == [], "Run make shipped, and commit content/shipped.txt with them."


def test_the_list_is_sorted_and_without_duplicates():
    lines = (CONTENT / VERSIONS).read_text().splitlines()

    assert lines == sorted(set(lines), key=lambda line: line.split()[::-1])


def test_catalogs_do_not_ship():
    """Only the clinic's catalogs are read, so shipped ones would have no effect."""
    assert not (CONTENT / "locale").exists()


def test_history_gives_every_text_of_every_commit_and_branch(tmp_path):
    def git(*words):
        name = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *name, *words], cwd=tmp_path, check=True)

    def commit(text):
        page.write_bytes(text.encode())
        git("add", "-A")
        git("commit", "-qm", text)

    page = tmp_path / "content" / "en" / "a.md"
    page.parent.mkdir(parents=True)
    (tmp_path / "content" / "README.md").write_text("For writers.")
    git("init", "-q", "-b", "main")
    commit("one\r\n")
    git("switch", "-qc", "other")
    commit("two\n")
    git("switch", "-q", "main")
    (tmp_path / "more.txt").write_text("More.")
    commit("three\n")
    git("merge", "-q", "-s", "ours", "other", "-m", "merge")
    page.unlink()
    git("commit", "-qam", "gone")

    found = of_history(tmp_path)

    texts = ("one\n", "two\n", "three\n")
    assert found == {("en/a.md", digest(text)) for text in texts}


def test_without_a_history_there_is_nothing_older(tmp_path):
    assert of_history(tmp_path) == set()

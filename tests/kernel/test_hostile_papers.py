"""Uploads are harmless (promise S5): each hostile file is refused or neutralised, in 2 s and 300 MB.

Time is the processor's, not the wall's: the machine is shared. Memory is the most that lay in RAM.
"""

import io
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from kernel import papers
from tests.kernel import hostile

SECONDS, MEGABYTES = 2.0, 300
ALL = hostile.REFUSED | hostile.NEUTRALISED | hostile.HEAVY


class Watched:
    """Runs the child as ``subprocess.run`` does and remembers what it used."""

    def __init__(self):
        self.seconds, self.megabytes = [], []

    def run(self, command, *, input, capture_output, timeout, check):  # noqa: A002
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        most, over = [0], threading.Event()
        watcher = threading.Thread(target=self._watch, args=(child.pid, most, over))
        watcher.start()
        with child:
            try:
                out, said = child.communicate(input, timeout=timeout)
            finally:
                child.kill()
                child.wait()
                over.set()
                watcher.join()
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                self.seconds.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
                self.megabytes.append(most[0])
        return subprocess.CompletedProcess(command, child.returncode, out, said)

    @staticmethod
    def _watch(pid, most, over):
        while not over.is_set():
            most[0] = max(most[0], high_water(pid))
            time.sleep(0.005)

    def assert_within_bounds(self):
        assert self.seconds
        assert max(self.seconds) <= SECONDS, self.seconds
        assert max(self.megabytes) <= MEGABYTES, self.megabytes


def high_water(pid="self"):
    """The most memory of a process that ever lay in RAM, in MB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


@pytest.fixture
def watched(monkeypatch):
    one = Watched()
    monkeypatch.setattr(papers.subprocess, "run", one.run)
    return one


def judged(data):
    """What the papers' door makes of it: the bytes that would be kept, or None where it is refused."""
    try:
        _facts, kept = papers.inspected(data)
    except papers.BadPaper as refusal:
        told = str(refusal)
    else:
        return kept
    assert "请" in told
    return None


def shown(kept):
    """The picture pages show of it; None where no picture can be made."""
    try:
        picture = papers.previewed(kept)
    except papers.BadPaper:
        return None
    found = Image.open(io.BytesIO(picture))
    assert found.format == "PNG"
    assert max(found.size) <= 1600
    return picture


@pytest.mark.parametrize("name", [*hostile.REFUSED, *hostile.BAD_PAPERS])
def test_what_is_no_paper_is_refused(name, watched):
    data = (hostile.REFUSED | hostile.BAD_PAPERS)[name]()
    assert judged(data) is None
    if data:
        watched.assert_within_bounds()


@pytest.mark.parametrize("name", [*hostile.NEUTRALISED, *hostile.CLEANED_PAPERS])
def test_what_hides_in_a_paper_is_not_kept(name, watched):
    data, hidden = (hostile.NEUTRALISED | hostile.CLEANED_PAPERS)[name]()
    assert hidden in data
    kept = judged(data)
    assert kept is not None
    assert hidden not in kept
    picture = shown(kept)
    assert picture is not None
    assert hidden not in picture
    watched.assert_within_bounds()


@pytest.mark.parametrize("name", [*hostile.HEAVY, *hostile.HEAVY_PAPERS])
def test_a_heavy_paper_is_refused_or_borne(name, watched):
    kept = judged((hostile.HEAVY | hostile.HEAVY_PAPERS)[name]())
    if kept is not None:
        shown(kept)
    watched.assert_within_bounds()


def test_without_its_limits_the_look_into_a_file_would_break_the_promise(monkeypatch, watched):
    """The canary: the same file with a generous child shows that the bounds above are not idle."""
    loose = "import sys; from kernel import inspecting as i; i.MEMORY = 8 << 30; i.SECONDS = 60; i.MOST_PIXELS = 10**10; sys.exit(i.main(sys.argv[1:]))"
    real = watched.run

    def generous(command, **more):
        return real([sys.executable, "-c", loose, *command[4:]], **{**more, "timeout": 300})

    monkeypatch.setattr(papers.subprocess, "run", generous)
    judged(hostile.flat_png(12_000, 12_000, colour=2, bytes_a_pixel=3))
    with pytest.raises(AssertionError):
        watched.assert_within_bounds()


def test_there_are_about_sixty_of_them():
    assert len(ALL) + len(hostile.BAD_PAPERS | hostile.CLEANED_PAPERS | hostile.HEAVY_PAPERS) >= 60


class TestPhotosOfGoods:
    """The other door: a product's photos, looked into by the same careful child."""

    def judged(self, data):
        """The upload, if it is taken."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        from catalog.errors import UselessPhoto
        from catalog.rendering import check_photo

        upload = SimpleUploadedFile("photo.jpg", data, "image/jpeg")
        try:
            check_photo(upload)
        except UselessPhoto as refusal:
            told = str(refusal)
        else:
            return upload
        assert "照片" in told
        return None

    def drawn(self, upload):
        """What pages would show: every size in every kind, as the worker draws them, and what that took."""
        from itertools import product

        from catalog.pictures import KINDS, SIZES
        from catalog.rendering import rendition, upright_photo

        Path("/proc/self/clear_refs").write_text("5")
        before, started = high_water(), time.process_time()
        upright = upright_photo(upload)
        made = [rendition(upright, SIZES[size], KINDS[kind]) for size, kind in product(SIZES, KINDS)]
        assert time.process_time() - started <= SECONDS
        assert high_water() - before <= MEGABYTES
        return made

    @pytest.mark.parametrize("name", hostile.REFUSED)
    def test_what_is_no_photo_is_refused(self, name, watched):
        data = hostile.REFUSED[name]()
        assert self.judged(data) is None
        if data:
            watched.assert_within_bounds()

    @pytest.mark.parametrize("name", hostile.NEUTRALISED)
    def test_what_hides_in_a_photo_is_not_shown(self, name, watched):
        data, hidden = hostile.NEUTRALISED[name]()
        assert hidden in data
        upload = self.judged(data)
        assert upload is not None
        assert all(hidden not in made for made in self.drawn(upload))
        watched.assert_within_bounds()

    @pytest.mark.parametrize("name", hostile.HEAVY)
    def test_a_heavy_photo_is_refused_or_borne(self, name, watched):
        upload = self.judged(hostile.HEAVY[name]())
        if upload is not None:
            self.drawn(upload)
        watched.assert_within_bounds()

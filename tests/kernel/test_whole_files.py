"""A file stands under its name whole or not at all, whenever its writer dies."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from kernel.whole_files import LONGEST, WholeFileStorage, forget_drafts

ROOT = Path(__file__).resolve().parents[2]
HALF, WHOLE = b"half a picture", b"half a picture and the other half"


class Torn(ContentFile):
    """Comes in pieces, and something goes wrong after the first."""

    def chunks(self, chunk_size=None):
        yield HALF
        raise OSError("the disk is full")


KILLED = """
import os, signal, sys
from django.conf import settings
settings.configure()
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from kernel.whole_files import WholeFileStorage

class Killed(ContentFile):
    def chunks(self, chunk_size=None):
        yield b"half a picture"
        os.kill(os.getpid(), signal.SIGKILL)

kind = {"ours": WholeFileStorage, "plain": FileSystemStorage}[sys.argv[1]]
kind(location=sys.argv[2], base_url="/").save("photos/rice.jpg", Killed(b"."))
"""


def killed(kind, folder):
    """What stands under the name after the writer was killed between two pieces."""
    child = subprocess.run(
        [sys.executable, "-c", KILLED, kind, str(folder)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
        check=False,
        capture_output=True,
    )
    assert child.returncode == -9, child.stderr.decode()
    path = folder / "photos/rice.jpg"
    return path.read_bytes() if path.exists() else None


def test_a_writer_that_is_killed_leaves_nothing_under_the_name(tmp_path):
    assert killed("ours", tmp_path) is None
    left = [path.name for path in (tmp_path / "photos").iterdir()]
    assert [name for name in left if not (name.startswith(".") and name.endswith(".part"))] == []
    storage = WholeFileStorage(location=tmp_path)
    assert storage.save("photos/rice.jpg", ContentFile(WHOLE)) == "photos/rice.jpg"
    assert (tmp_path / "photos/rice.jpg").read_bytes() == WHOLE


def test_the_mutant_that_writes_under_the_name_itself_leaves_a_torn_one(tmp_path):
    assert killed("plain", tmp_path) in {b"", HALF}


def test_what_was_left_beside_is_gone_after_a_day(tmp_path, settings):
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"
    killed("ours", tmp_path / "media")
    (draft,) = (tmp_path / "media/photos").iterdir()
    assert (forget_drafts(), draft.exists()) == (0, True)
    long_ago = draft.stat().st_mtime - LONGEST - 60
    os.utime(draft, (long_ago, long_ago))
    (tmp_path / "media/photos/rice.jpg").write_bytes(WHOLE)
    os.utime(tmp_path / "media/photos/rice.jpg", (long_ago, long_ago))
    assert (forget_drafts(), draft.exists()) == (1, False)
    assert (tmp_path / "media/photos/rice.jpg").exists()


def test_one_that_fails_leaves_nothing_at_all(tmp_path):
    with pytest.raises(OSError, match="full"):
        WholeFileStorage(location=tmp_path).save("photos/rice.jpg", Torn(b"."))
    assert list((tmp_path / "photos").iterdir()) == []


def test_of_two_under_one_name_neither_is_lost(tmp_path):
    """Both asked for a free name at the same moment."""
    storage = WholeFileStorage(location=tmp_path)
    storage.save("a.txt", ContentFile(b"one"))
    second = storage._save("a.txt", ContentFile(b"two"))
    assert second != "a.txt"
    assert [(tmp_path / name).read_bytes() for name in ("a.txt", second)] == [b"one", b"two"]


def test_where_a_file_can_have_only_one_name_it_is_moved(tmp_path, monkeypatch):
    def refuse(*_paths):
        raise PermissionError("this folder knows no second names")

    monkeypatch.setattr("os.link", refuse)
    storage = WholeFileStorage(location=tmp_path)
    assert storage.save("a.txt", ContentFile(b"one")) == "a.txt"
    second = storage._save("a.txt", ContentFile(b"two"))
    assert second != "a.txt"
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [b"one", b"two"]


def test_whoever_keeps_files_for_the_platform_keeps_them_whole(settings):
    from django.core.files.storage import default_storage

    from catalog.models import Photo

    for storage in (default_storage, Photo._meta.get_field("original").storage):
        assert isinstance(storage, WholeFileStorage)


def test_a_folder_is_made_on_first_need_and_rights_are_kept(tmp_path):
    storage = WholeFileStorage(location=tmp_path, file_permissions_mode=0o600)
    storage.save("deep/er/a.txt", ContentFile(b"one"))
    assert (tmp_path / "deep/er/a.txt").stat().st_mode & 0o777 == 0o600
    assert isinstance(storage, FileSystemStorage)

"""The backup's folder: whole or not at all, one at a time, nothing overwritten, nothing needed thrown away."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from config.backup import media, restoring, wal
from config.backup.age import Identity, Recipient
from config.backup.packing import Damaged, Packing, pack, unpacked
from config.backup.province import forget, plan_of
from config.backup.recovery import Recovery
from config.backup.restoring import Wish, choose_base, must_be_empty
from config.backup.source import Source, lsn, segment_of
from config.backup.store import MANIFEST, Store, moment_of, stamp_of, write_json
from config.environment import EnvironmentProblem, read_environment
from config.refusal import Refusal

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SEGMENT = 16 * 1024 * 1024


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "backup")
    store.make()
    return store


def make_base(store, moment, *, system="s1", first="000000010000000000000005", last=None, ended=None, **facts):
    folder = store.bases_folder / stamp_of(moment)
    folder.mkdir()
    (folder / "base.tar.gz").write_bytes(b"data")
    known = {
        "format": 1,
        "began": moment.isoformat(),
        "ended": (ended or moment + timedelta(minutes=1)).isoformat(),
        "system": system,
        "timeline": 1,
        "first_segment": first,
        "last_segment": last or first,
        "segment_bytes": SEGMENT,
        "data": {"name": "base.tar.gz", "bytes": 4, "sha256": "x"},
        "sealed_for": "",
        "key_prints": ["a"],
    }
    write_json(folder / MANIFEST, {**known, **facts})
    return next(base for base in store.bases() if base.folder == folder)


# --- writing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("sealed", [False, True])
def test_a_packed_file_comes_back_and_its_sum_is_of_what_lies_there(tmp_path, sealed):
    identity = Identity.make() if sealed else None
    data = os.urandom(300_000) + b"0" * 3_000_000
    (tmp_path / "plain").write_bytes(data)
    with (tmp_path / "plain").open("rb") as file:
        packed = pack(file, tmp_path / "p", Recipient(identity.recipient) if identity else None)
    path = tmp_path / packed.name
    assert packed.name == ("p.gz.age" if sealed else "p.gz")
    assert path.stat().st_size == packed.bytes < len(data)
    assert path.stat().st_mode & 0o077 == 0
    with unpacked(path, *([identity] if identity else [])) as plain:
        assert plain.read() == data


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-20], lambda data: data[:60] + b"\0" + data[61:], lambda data: b"x" + data]
)
@pytest.mark.parametrize("sealed", [False, True])
def test_a_damaged_file_is_noticed(tmp_path, sealed, spoil):
    identity = Identity.make()
    packing = Packing(tmp_path / "p", Recipient(identity.recipient) if sealed else None)
    packing.write(os.urandom(1000))
    path = tmp_path / packing.close().name
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises((Damaged, restoring.BadSeal)), unpacked(path, identity) as plain:
        plain.read()


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path):
    packing = Packing(tmp_path / "p", None)
    packing.write(b"half")
    assert [path.name for path in tmp_path.iterdir()] == ["p.gz.part"]
    packing.give_up()
    assert list(tmp_path.iterdir()) == []


def test_one_at_a_time(store):
    with store.taken("base"), pytest.raises(Refusal, match="另一个备份"), store.taken("base"):
        pass
    with store.taken("base"), store.taken("wal"):
        pass


def test_a_finished_backup_is_never_overwritten_and_a_killed_one_is_swept(store):
    base = make_base(store, NOW)
    with pytest.raises(Refusal, match="不会覆盖"):
        store.draft_of(base.name)
    left = store.draft_of("20261101-000000")
    (left / "half").write_bytes(b"x")
    draft = store.draft_of("20261102-000000")
    assert not left.exists()
    assert list(draft.iterdir()) == []
    assert [known.name for known in store.bases()] == [base.name]


def test_a_disk_without_room_is_refused_before_anything_is_written(store, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10**9, 9 * 10**8, 10**8))
    with pytest.raises(Refusal, match=r"只剩 100\.0 MB"):
        store.must_have_room(2 * 10**8)
    store.must_have_room(10**7)


@pytest.mark.parametrize("text", ["{", "{}", json.dumps({"format": 99}), "[]"])
def test_a_folder_without_a_readable_manifest_is_no_base(store, text):
    base = make_base(store, NOW)
    (base.folder / MANIFEST).write_text(text)
    assert store.bases() == []


# --- where to --------------------------------------------------------------------------------------


def environment(tmp_path, **more):
    return read_environment({"JIETI_VAR": str(tmp_path / "var"), **more})


def test_without_a_folder_it_says_how_to_name_one(tmp_path):
    with pytest.raises(Refusal, match="JIETI_BACKUP="):
        plan_of(environment(tmp_path))


@pytest.mark.parametrize("inside", ["postgres/backup", "media", "media/x"])
def test_a_backup_does_not_lie_inside_what_it_saves(tmp_path, inside):
    with pytest.raises(Refusal, match="不能放进"):
        plan_of(environment(tmp_path, JIETI_BACKUP=str(tmp_path / "var" / inside)))


def test_a_key_with_a_typing_error_is_refused_before_years_are_sealed_for_nobody(tmp_path):
    recipient = Identity.make().recipient
    wrong = recipient[:-1] + ("q" if recipient[-1] != "q" else "p")
    with pytest.raises(Refusal, match="JIETI_BACKUP_RECIPIENT"):
        plan_of(environment(tmp_path, JIETI_BACKUP=str(tmp_path / "b"), JIETI_BACKUP_RECIPIENT=wrong))


@pytest.mark.parametrize("text", ["7", "0,1,1", "7,4,12,1", "a,b,c", "-1,2,3"])
def test_a_rule_nobody_can_read_is_refused(tmp_path, text):
    with pytest.raises(EnvironmentProblem, match="JIETI_BACKUP_KEEP"):
        environment(tmp_path, JIETI_BACKUP_KEEP=text)


def test_the_password_of_the_replication_role_is_on_no_command_line(tmp_path):
    url = "postgresql://keeper:s3cret@db.example:5433/jieti?sslmode=require"
    source = plan_of(environment(tmp_path, JIETI_BACKUP=str(tmp_path / "b"), JIETI_BACKUP_URL=url)).source
    assert "s3cret" not in source.conninfo + repr(source)
    assert "sslmode=require" in source.conninfo
    assert source.env["PGPASSWORD"] == "s3cret"


def test_a_database_that_is_away_is_said_in_words(tmp_path):
    source = Source({"HOST": str(tmp_path), "PORT": "", "USER": "x", "PASSWORD": "", "OPTIONS": {}, "NAME": "x"})
    with pytest.raises(Refusal, match="连不上"):
        source.system()


# --- WAL -------------------------------------------------------------------------------------------


def segment(number, timeline=1):
    return segment_of(timeline, number * SEGMENT, SEGMENT)


def put_segments(shelf, *names, sealed_for=None):
    shelf.mkdir(parents=True, exist_ok=True)
    for name in names:
        packing = Packing(shelf / name, sealed_for)
        packing.write(name.encode())
        packing.close()


def test_positions_and_segments_are_reckoned_as_postgresql_does():
    assert lsn("1/A0000028") == 0x1A0000028
    assert segment_of(1, lsn("0/C000028"), SEGMENT) == "00000001000000000000000C"
    assert segment_of(3, lsn("2/FF000000"), SEGMENT) == "0000000300000002000000FF"
    assert segment_of(1, lsn("0/1C00080"), 4 * 1024 * 1024) == "000000010000000000000007"


def test_finished_segments_go_on_the_shelf_but_the_newest_stays_for_the_receiver(tmp_path):
    receiving = tmp_path / "receiving-1"
    receiving.mkdir()
    for number in (4, 5, 6):
        (receiving / segment(number)).write_bytes(b"wal")
    (receiving / f"{segment(7)}.partial").write_bytes(b"growing")
    (receiving / "00000002.history").write_bytes(b"1\t0/5\tno recovery target\n")
    assert wal.shelve(receiving, None) == 3
    assert sorted(path.name for path in receiving.iterdir()) == [segment(6), f"{segment(7)}.partial"]
    assert set(wal.on_shelf(tmp_path)) == {
        segment(4),
        segment(5),
        segment(6),
        f"{segment(7)}.partial",
        "00000002.history",
    }
    assert wal.shelve(receiving, None, all_of_it=True) == 2
    assert list(receiving.iterdir()) == []


def test_a_hole_in_the_chain_is_found_and_an_end_is_none(tmp_path):
    put_segments(tmp_path, *(segment(number) for number in (3, 4, 5, 6, 8)))
    assert wal.Chain.of(tmp_path, segment(4), SEGMENT).hole == segment(7)[8:]
    (tmp_path / f"{segment(8)}.gz").unlink()
    chain = wal.Chain.of(tmp_path, segment(4), SEGMENT)
    assert (chain.names, chain.hole) == ([segment(4), segment(5), segment(6)], "")
    assert wal.Chain.of(tmp_path / "nowhere", segment(4), SEGMENT).names == []


def test_the_chain_goes_on_over_a_fork_and_over_the_end_of_a_file_of_segments(tmp_path):
    put_segments(tmp_path, segment(254), segment(255), segment(255, 2), segment(256, 2))
    chain = wal.Chain.of(tmp_path, segment(254), SEGMENT)
    assert chain.names == [segment(254), segment(255), segment(255, 2), segment(256, 2)]
    assert chain.hole == ""


def test_the_growing_end_belongs_to_the_chain(tmp_path):
    put_segments(tmp_path, segment(4))
    (tmp_path / "receiving-1").mkdir()
    (tmp_path / "receiving-1" / f"{segment(5)}.partial").write_bytes(b"growing")
    assert wal.Chain.of(tmp_path, segment(4), SEGMENT).names == [segment(4), f"{segment(5)}.partial"]


# --- forgetting ------------------------------------------------------------------------------------


def test_what_no_kept_backup_needs_goes_and_nothing_else(store, tmp_path):
    plan = plan_of(environment(tmp_path, JIETI_BACKUP=str(store.folder), JIETI_BACKUP_KEEP="2,0,1"))
    root = {"media": tmp_path / "var" / "media"}
    root["media"].mkdir(parents=True)
    for day, number in ((40, 2), (10, 5), (3, 7), (0, 9)):
        moment = NOW - timedelta(days=day)
        (root["media"] / "now.jpg").write_bytes(b"photo of day %d" % day)
        media.copy_media(store, root, None, moment, plan.known)
        make_base(store, moment, first=segment(number))
    put_segments(store.wal("s1"), *(segment(number) for number in range(1, 12)), "00000001.history")
    forget(plan, lambda _text: None)
    assert [base.began for base in store.bases()] == [NOW - timedelta(days=3), NOW]
    assert set(wal.on_shelf(store.wal("s1"))) == {*(segment(number) for number in range(7, 12)), "00000001.history"}
    kept = [next(iter(media.read_list(path).values()))[0] for path in media.lists(store)]
    assert sorted(path.name.removesuffix(".gz") for path in store.objects.glob("??/*")) == sorted(kept)
    assert len(kept) == 2


def test_a_killed_platforms_half_copied_file_is_not_taken_for_one(store, tmp_path):
    media.copy_media(store, {"media": tmp_path}, None, NOW, tmp_path / "known")
    (store.objects / "ab").mkdir()
    (store.objects / "ab" / "abcd.gz.part").write_bytes(b"half")
    media.forget_objects(store)
    assert (store.objects / "ab" / "abcd.gz.part").exists()  # it may be another's, still being written
    assert media.find_object(store, "abcd") is None


# --- media -----------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path):
    roots = {"media": tmp_path / "var" / "media", "private": tmp_path / "var" / "private"}
    for root in roots.values():
        root.mkdir(parents=True)
    (roots["media"] / "a.jpg").write_bytes(b"a")
    (roots["private"] / "p.bin").write_bytes(b"p")
    return roots


def test_only_what_is_new_is_copied_and_the_same_content_once(store, files, tmp_path):
    known = tmp_path / "known"
    first = media.copy_media(store, files, None, NOW, known)
    assert (first.files, first.fresh) == (2, 2)
    (files["media"] / "same.jpg").write_bytes(b"a")
    (files["media"] / "b.jpg").write_bytes(b"b")
    second = media.copy_media(store, files, None, NOW + timedelta(minutes=1), known)
    assert (second.files, second.fresh) == (4, 1)
    third = media.copy_media(store, files, None, NOW + timedelta(minutes=2), known)
    assert (third.files, third.fresh) == (4, 0)
    assert len(media.lists(store)) == 2  # nothing changed, no new list
    assert len(list(store.objects.glob("??/*"))) == 3


def test_a_file_that_lost_its_copy_is_copied_again(store, files, tmp_path):
    media.copy_media(store, files, None, NOW, tmp_path / "known")
    next(store.objects.glob("??/*")).unlink()
    assert len(media.missing_objects(store)) == 1
    assert media.copy_media(store, files, None, NOW + timedelta(minutes=1), tmp_path / "known").fresh == 1
    assert media.missing_objects(store) == []


def empty(folder):
    """As a mount point stands there without its disk."""
    shutil.rmtree(folder)
    folder.mkdir()


def another_disk(folder):
    empty(folder)
    (folder / "lost+found").mkdir()


@pytest.mark.parametrize("lose", [shutil.rmtree, empty, another_disk])
@pytest.mark.parametrize("kind", ["media", "private"])
def test_a_disk_that_is_not_mounted_is_not_an_empty_one(store, files, tmp_path, kind, lose):
    media.copy_media(store, files, None, NOW, tmp_path / "known")
    lose(files[kind])
    with pytest.raises(Refusal, match="不见了或者空了"):
        media.copy_media(store, files, None, NOW + timedelta(minutes=1), tmp_path / "known")
    assert len(media.lists(store)) == 1
    assert len(list(store.objects.glob("??/*"))) == 2


def test_a_folder_whose_last_file_was_deleted_is_an_empty_one(store, files, tmp_path):
    """Its own folders still stand there; and who emptied it on purpose says so."""
    (files["private"] / "papers").mkdir()
    media.copy_media(store, files, None, NOW, tmp_path / "known")
    (files["private"] / "p.bin").unlink()
    assert media.copy_media(store, files, None, NOW + timedelta(minutes=1), tmp_path / "known").files == 1
    empty(files["media"])
    later = NOW + timedelta(minutes=2)
    assert media.copy_media(store, files, None, later, tmp_path / "known", even_emptied=True).files == 0
    assert media.copy_media(store, files, None, later + timedelta(minutes=1), tmp_path / "known").files == 0


@pytest.mark.parametrize(("there", "left", "refused"), [(40, 19, True), (40, 20, False), (19, 1, False)])
def test_most_files_gone_at_once_is_asked_about(store, tmp_path, there, left, refused):
    root = tmp_path / "media"
    root.mkdir()
    for number in range(there):
        (root / f"{number}.jpg").write_bytes(b"%d" % number)
    media.copy_media(store, {"media": root}, None, NOW, tmp_path / "known")
    for number in range(left, there):
        (root / f"{number}.jpg").unlink()
    (root / "new.jpg").write_bytes(b"new")
    if refused:
        with pytest.raises(Refusal, match="挂错了盘"):
            media.copy_media(store, {"media": root}, None, NOW + timedelta(minutes=1), tmp_path / "known")
    else:
        assert media.copy_media(store, {"media": root}, None, NOW + timedelta(minutes=1), tmp_path / "known").fresh == 1


def test_a_new_machine_without_the_disk_does_not_empty_the_backup(store, files, tmp_path):
    media.copy_media(store, files, None, NOW, tmp_path / "known")
    empty(files["media"])
    empty(files["private"])
    with pytest.raises(Refusal, match="一个也没有"):
        media.copy_media(store, files, None, NOW + timedelta(minutes=1), tmp_path / "no note here")


def test_two_backup_disks_in_turn_each_have_a_list_of_their_own(store, files, tmp_path):
    other = Store(tmp_path / "other")
    other.make()
    known = tmp_path / "known"
    media.copy_media(store, files, None, NOW, known)
    (files["media"] / "b.jpg").write_bytes(b"b")
    media.copy_media(other, files, None, NOW + timedelta(days=1), known)
    media.copy_media(store, files, None, NOW + timedelta(days=2), known)
    assert set(media.read_list(media.lists(store)[-1])) == {"media/a.jpg", "media/b.jpg", "private/p.bin"}
    assert media.forget_objects(store) == 0
    assert media.copy_media(store, files, None, NOW + timedelta(days=3), known).fresh == 0
    assert len(media.lists(store)) == 2  # nothing changed since, on this disk


def test_a_note_of_an_earlier_release_is_read(store, files, tmp_path):
    known = tmp_path / "known"
    media.copy_media(store, files, None, NOW, known)
    known.write_text(json.dumps(json.loads(known.read_text())["files"]))
    empty(files["media"])
    with pytest.raises(Refusal, match="空了"):
        media.copy_media(store, files, None, NOW + timedelta(minutes=1), known)


def test_a_sealed_list_does_not_tell_names_but_what_is_needed_is_known(store, files, tmp_path):
    identity = Identity.make()
    media.copy_media(store, files, Recipient(identity.recipient), NOW, tmp_path / "known")
    assert not any(b"a.jpg" in path.read_bytes() for path in store.folder.rglob("*") if path.is_file())
    assert set(media.read_list(media.lists(store)[0], identity)) == {"media/a.jpg", "private/p.bin"}
    assert media.forget_objects(store) == 0
    assert media.missing_objects(store) == []


def test_a_moment_takes_the_list_before_and_the_one_after(store, files, tmp_path):
    for minute in range(4):
        (files["media"] / f"{minute}.jpg").write_bytes(b"%d" % minute)
        media.copy_media(store, files, None, NOW + timedelta(minutes=minute), tmp_path / "known")
    chosen = media.lists_around(store, NOW + timedelta(minutes=1, seconds=30))
    assert [moment_of(path.name) for path in chosen] == [NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)]
    assert [moment_of(path.name) for path in media.lists_around(store, None)] == [NOW + timedelta(minutes=3)]


# --- restoring -------------------------------------------------------------------------------------


def wish(store, tmp_path, **more):
    return Wish(store=store, data=tmp_path / "new" / "postgres", files=tmp_path / "new", **more)


def test_the_newest_backup_that_ended_before_the_moment_is_chosen(store, tmp_path):
    for hour in (0, 24, 48):
        make_base(store, NOW + timedelta(hours=hour))
    assert choose_base(wish(store, tmp_path)).began == NOW + timedelta(hours=48)
    assert choose_base(wish(store, tmp_path, until=NOW + timedelta(hours=30))).began == NOW + timedelta(hours=24)
    # It had begun then, but was not whole: the day before it is.
    assert choose_base(wish(store, tmp_path, until=NOW + timedelta(hours=24, seconds=30))).began == NOW
    with pytest.raises(Refusal, match="回不到更早"):
        choose_base(wish(store, tmp_path, until=NOW))
    with pytest.raises(Refusal, match="没有做完的备份"):
        choose_base(wish(store, tmp_path, base="20200101-000000"))


def test_a_base_whose_changes_the_rule_let_go_stands_alone_and_a_real_hole_does_not(store, tmp_path):
    monthly = make_base(store, NOW - timedelta(days=40), first=segment(2))
    oldest_daily = make_base(store, NOW - timedelta(days=6), first=segment(7))
    put_segments(store.wal("s1"), *(segment(number) for number in range(2, 12)))
    wal.forget_before(store.wal("s1"), oldest_daily.facts["first_segment"])
    assert restoring.stands_alone(wish(store, tmp_path), monthly)
    assert not restoring.stands_alone(wish(store, tmp_path), oldest_daily)
    assert restoring._chain(wish(store, tmp_path), monthly).names == []
    until = wish(store, tmp_path, until=NOW - timedelta(days=20))
    assert choose_base(until) == monthly
    with pytest.raises(Refusal, match=f"--base {monthly.name}"):
        restoring.must_be_reachable(until, monthly)
    restoring.must_be_reachable(wish(store, tmp_path, until=NOW), oldest_daily)
    put_segments(store.wal("s1"), segment(5))  # what follows the base was lost, not let go
    assert not restoring.stands_alone(wish(store, tmp_path), monthly)
    with pytest.raises(Refusal, match="日志缺了一段"):
        restoring._chain(wish(store, tmp_path), monthly)
    (store.wal("s1") / f"{segment(7)}.gz").unlink()
    with pytest.raises(Refusal, match="日志缺了一段"):
        restoring._chain(wish(store, tmp_path), oldest_daily)


@pytest.mark.parametrize("place", ["postgres", "media", "private"])
def test_a_place_with_something_in_it_is_refused(store, tmp_path, place):
    (tmp_path / "new" / place / "x").mkdir(parents=True)
    with pytest.raises(Refusal, match="不是空的"):
        must_be_empty(wish(store, tmp_path))
    must_be_empty(wish(store, tmp_path, with_database=place != "postgres", with_media=place == "postgres"))


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("media/c1/a.jpg", True),
        ("private/p", True),
        ("media/../../x", False),
        ("/etc/x", False),
        ("secrets.json", False),
    ],
)
def test_no_name_of_a_list_leads_out_of_its_folder(name, inside):
    assert restoring._is_inside(name) is inside


def test_the_growing_segment_is_used_only_where_it_reaches_as_far_as_the_base(store, tmp_path):
    base = make_base(store, NOW, first=segment(5), last=segment(6), wal_end="0/6000100")
    data, segments = tmp_path / "data", tmp_path / "wal"
    (data / "pg_wal").mkdir(parents=True)
    own = b"base" * 64
    for number, received in ((5, b"old" * 200), (6, own + b"and more")):
        segments.mkdir(exist_ok=True)
        (data / "pg_wal" / segment(number)).write_bytes(own)
        (segments / f"{segment(number)}.partial").write_bytes(received)
    restoring._prefer_the_longer(base, data, segments)
    assert [path.name for path in segments.iterdir()] == [segment(6)]
    (segments / segment(6)).rename(segments / f"{segment(6)}.partial")
    (segments / f"{segment(6)}.partial").write_bytes(own[:100] + b"\0" * 400)  # received before the base ended
    restoring._prefer_the_longer(base, data, segments)
    assert list(segments.iterdir()) == []


def test_a_database_that_cannot_be_read_is_said_in_words(tmp_path):
    from kernel.postgres_clients import wheel_folder

    recovery = Recovery(tmp_path, tmp_path, wheel_folder(), "jieti", "jieti", log=tmp_path / "log")
    with pytest.raises(Refusal, match="读不懂"):
        recovery._limits()


def test_times_are_china_time_unless_they_say_another():
    from config.commands.restore import moment

    assert moment("2026-11-22 14:04:59") == datetime(2026, 11, 22, 6, 4, 59, tzinfo=UTC)
    assert moment("2026-11-22T06:04:59+00:00") == datetime(2026, 11, 22, 6, 4, 59, tzinfo=UTC)
    with pytest.raises(Refusal, match="看不懂时间"):
        moment("今天下午")

"""Sealed as age seals: what is not whole, or not ours to open, is refused in words."""

import io
import json
import re
import stat

import pytest

from config.backup import bech32, keys
from config.backup.age import PIECE, BadSeal, Identity, Passphrase, Recipient, Sealing, Unsealed
from config.environment import read_environment
from config.refusal import Refusal
from kernel import key_file
from tests.database import ROOT

PASSPHRASE = "correct horse battery"
# A key of age's own test vectors, and the recipient that `age-keygen -y` names for it.
VECTOR = "AGE-SECRET-KEY-1XMWWC06LY3EE5RYTXM9MFLAZ2U56JJJ36S0MYPDRWSVLUL66MV4QX3S7F6"
VECTOR_RECIPIENT = "age1w3tyke4gev25vaxxsvcgqu4484rf6ejpmavs57p6yz6lhy2sfs5swrvwyn"


def sealed(data, to):
    target = io.BytesIO()
    sealing = Sealing(target, to)
    for start in range(0, len(data), 10_000):
        sealing.write(data[start : start + 10_000])
    sealing.close()
    return target.getvalue()


def opened(data, opener):
    return Unsealed(io.BytesIO(data), opener).read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7])
def test_what_is_sealed_opens_again(size):
    identity, data = Identity.make(), bytes(range(256)) * (size // 256 + 1)
    assert opened(sealed(data[:size], Recipient(identity.recipient)), identity) == data[:size]


def test_keys_are_written_as_age_writes_them():
    assert Identity.read(VECTOR).recipient == VECTOR_RECIPIENT
    assert Identity.read(f"# made by age-keygen\n{VECTOR}\n").secret == VECTOR


@pytest.mark.parametrize(
    "text", ["age1", "", "age1" + "q" * 58, VECTOR_RECIPIENT[:-1] + "x", VECTOR, "AGE1" + VECTOR_RECIPIENT[4:]]
)
def test_a_typing_error_in_a_key_is_noticed(text):
    with pytest.raises(BadSeal):
        Recipient(text)


def test_bech32_keeps_every_length():
    for size in range(40):
        assert bech32.decode(bech32.encode("x", bytes(range(size)))) == ("x", bytes(range(size)))


def test_another_key_and_another_passphrase_open_nothing():
    made = sealed(b"secret", Recipient(Identity.make().recipient))
    for opener in (Identity.make(), Passphrase(PASSPHRASE)):
        with pytest.raises(BadSeal, match="does not open"):
            opened(made, opener)
    with pytest.raises(BadSeal, match="does not open"):
        opened(sealed(b"secret", Passphrase(PASSPHRASE)), Passphrase(PASSPHRASE + "!"))


def test_a_piece_that_is_changed_cut_off_or_left_out_is_noticed():
    identity = Identity.make()
    made = sealed(b"x" * (2 * PIECE + 100), Recipient(identity.recipient))
    start = len(made) - (2 * PIECE + 100) - 3 * 16
    changed = bytearray(made)
    changed[-1] ^= 1
    for wrong in (
        bytes(changed),
        made[:-1],
        made[: start + PIECE + 16],  # whole pieces, but the last is missing
        made[:start] + made[start + PIECE + 16 :],  # the first is missing
        made + b"more",
    ):
        with pytest.raises(BadSeal):
            opened(wrong, identity)


@pytest.mark.parametrize(
    "data", [b"", b"not sealed", b"age-encryption.org/v1\n", b"age-encryption.org/v1\n-> X25519 %%\n\n--- x\n"]
)
def test_what_is_no_sealed_file_is_said_to_be_none(data):
    with pytest.raises(BadSeal):
        opened(data, Identity.make())


def test_a_header_that_was_touched_is_noticed():
    identity = Identity.make()
    made = sealed(b"x", Recipient(identity.recipient))
    place = made.index(b"---") + 5
    touched = made[:place] + (b"A" if made[place : place + 1] != b"A" else b"B") + made[place + 1 :]
    with pytest.raises(BadSeal, match="header"):
        opened(touched, identity)


# --- key files -------------------------------------------------------------------------------------


@pytest.fixture
def environment(tmp_path):
    return read_environment({"JIETI_VAR": str(tmp_path / "var"), "JIETI_BACKUP": str(tmp_path / "backup")})


def test_the_keys_come_back_out_of_their_file(environment, tmp_path):
    path = tmp_path / "stick" / "keys.age"
    path.parent.mkdir()
    made = keys.keys_of(environment)
    keys.write_keys(path, made, PASSPHRASE, environment.backup)
    assert keys.read_keys(path, PASSPHRASE) == made
    assert list(made.held["keys"]) == list(environment.keys)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = json.loads((tmp_path / "var" / "secrets.json").read_text())
    for secret in json.dumps(kept).split('"'):
        assert len(secret) < 20 or secret.encode() not in path.read_bytes()


def test_keys_never_lie_beside_the_data(environment, tmp_path):
    (tmp_path / "backup" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "backup")
    for folder in (tmp_path / "backup", tmp_path / "backup" / "deep", tmp_path / "link"):
        with pytest.raises(Refusal, match="密钥不能放进备份文件夹"):
            keys.write_keys(folder / "keys.age", keys.keys_of(environment), PASSPHRASE, environment.backup)
        assert not (folder / "keys.age").exists()


def test_a_key_file_is_not_overwritten(environment, tmp_path):
    path = tmp_path / "keys.age"
    path.write_bytes(b"older keys")
    with pytest.raises(Refusal, match="不会覆盖"):
        keys.write_keys(path, keys.keys_of(environment), PASSPHRASE, environment.backup)
    assert path.read_bytes() == b"older keys"


def test_wrong_passphrase_short_passphrase_and_other_files_are_said_in_words(environment, tmp_path):
    path = tmp_path / "keys.age"
    with pytest.raises(Refusal, match="至少 12"):
        keys.write_keys(path, keys.keys_of(environment), "short", None)
    keys.write_keys(path, keys.keys_of(environment), PASSPHRASE, None)
    with pytest.raises(Refusal, match="口令不对"):
        keys.read_keys(path, "another passphrase")
    with pytest.raises(Refusal, match="读不了"):
        keys.read_keys(tmp_path / "nowhere", PASSPHRASE)
    with pytest.raises(Refusal, match="不是要的那种"):
        keys.read_identity(path, PASSPHRASE)
    keys.write_identity(tmp_path / "identity.age", PASSPHRASE, None)
    with pytest.raises(Refusal, match="不是要的那种"):
        keys.read_keys(tmp_path / "identity.age", PASSPHRASE)


def test_an_identity_opens_what_was_sealed_for_it(tmp_path):
    recipient = keys.write_identity(tmp_path / "identity.age", PASSPHRASE, None)
    identity = keys.read_identity(tmp_path / "identity.age", PASSPHRASE)
    assert opened(sealed(b"data", Recipient(recipient)), identity) == b"data"
    (tmp_path / "plain").write_text(f"# created\n{VECTOR}\n")
    assert keys.read_identity(tmp_path / "plain", "").recipient == VECTOR_RECIPIENT


def test_prints_tell_keys_apart_and_nothing_else(environment):
    made = keys.keys_of(environment)
    assert len(set(made.prints)) == 2
    assert made.prints[0] == key_file.fingerprint(environment.keys[0])
    assert not any(secret in repr(made) for secret in (*environment.keys, environment.hash_key, *made.prints))
    turned = keys.Keys({"keys": ["b" * 43 + "=", *made.held["keys"]], "hash_keys": ["h"]})
    assert set(made.prints[:1]) < set(turned.prints)


def test_keys_in_variables_are_kept_with_those_that_still_read(tmp_path):
    said = {
        "JIETI_KEYS": "a" * 43 + "=,",
        "JIETI_HASH_KEY": "new",
        "JIETI_HASH_KEY_FALLBACKS": "old",
        "SECRET_KEY": "s" * 50,
    }
    environment = read_environment({"JIETI_VAR": str(tmp_path / "var"), **said})
    held = keys.keys_of(environment).held
    assert (held["keys"], held["hash_keys"], held["session_keys"]) == (["a" * 43 + "="], ["new", "old"], ["s" * 50])


def test_a_key_file_that_turned_comes_back_as_it_stands(tmp_path):
    environment = read_environment({"JIETI_VAR": str(tmp_path / "var")})
    own = tmp_path / "var" / "secrets.json"
    key_file.change(own, lambda held: held["keys"].insert(0, "b" * 43 + "="))
    keys.write_keys(tmp_path / "k.age", keys.keys_of(environment), PASSPHRASE, None)
    back = keys.read_keys(tmp_path / "k.age", PASSPHRASE).held
    assert back == key_file.load(own)
    assert len(back["keys"]) == 2


def test_what_the_page_says_to_fill_in_makes_the_keys_of_before(tmp_path):
    """A machine is gone: the page's names are those that ``age -d`` prints, and the files those of the settings."""
    text = (ROOT / "docs" / "operations" / "restore.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"`(\w+)`(?: 的头一把)?\s*填进\s*`(\w+)`", text))
    lost = {
        "JIETI_VAR": str(tmp_path / "lost"),
        "JIETI_KEYS": f"{'a' * 43}=,{'b' * 43}=",
        "JIETI_HASH_KEY": "new",
        "SECRET_KEY": "s" * 50,
    }
    keys.write_keys(tmp_path / "k.age", keys.keys_of(read_environment(lost)), PASSPHRASE, None)
    printed = json.loads(opened((tmp_path / "k.age").read_bytes(), Passphrase(PASSPHRASE)))["held"]
    assert set(said) == set(printed)
    made = {file.upper(): ",".join(printed[name]) for name, file in said.items()}
    filled = read_environment({"JIETI_VAR": str(tmp_path / "new"), **made})
    assert keys.keys_of(filled).held == printed


def test_on_a_server_keys_of_a_file_are_refused_and_not_silently_left_aside(tmp_path):
    from config.commands.restore import _keys

    with pytest.raises(Refusal, match="去掉 --keys"):
        _keys(tmp_path / "keys.age", None, server=True, var=tmp_path)

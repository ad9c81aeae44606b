"""Sealing files as age does (age-encryption.org/v1): any ``age`` program opens what we seal.

Data is sealed for a public key, so a machine that makes backups cannot read them; keys are sealed with a
passphrase. Streams go through in pieces of 64 KiB, each authenticated, and a cut-off end is noticed.
"""

import base64
import hmac
import re
import secrets
from typing import IO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from config.backup import bech32

VERSION = b"age-encryption.org/v1"
PIECE, TAG = 64 * 1024, 16
FILE_KEY = 16
WORK = 16  # scrypt's N is 2 to this: about a fifth of a second and 64 MB
HARDEST = 20
LONGEST_HEADER = 8192
NO_NONCE = bytes(12)


class BadSeal(Exception):
    """Not a sealed file, a damaged one, or not ours to open; the message says which."""


class Opener(Protocol):
    """What can find the file's key in a stanza: an identity or a passphrase."""

    def file_key(self, kind: str, words: list[str], body: bytes) -> bytes | None: ...


class Identity:
    """A private key (``AGE-SECRET-KEY-1…``) and the public one (``age1…``) that others seal for."""

    def __init__(self, raw: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(raw)
        self._raw = raw

    @classmethod
    def make(cls) -> "Identity":
        return cls(secrets.token_bytes(32))

    @classmethod
    def read(cls, text: str) -> "Identity":
        for line in text.split():
            if line.upper().startswith("AGE-SECRET-KEY-1"):
                return cls(_words_of(line, "age-secret-key-"))
        raise BadSeal("no AGE-SECRET-KEY-1… in it")

    @property
    def secret(self) -> str:
        return bech32.encode("age-secret-key-", self._raw).upper()

    @property
    def recipient(self) -> str:
        return bech32.encode("age", self._key.public_key().public_bytes_raw())

    def file_key(self, kind: str, words: list[str], body: bytes) -> bytes | None:
        if kind != "X25519" or len(words) != 1:
            return None
        share = _unbase64(words[0])
        shared = self._key.exchange(X25519PublicKey.from_public_bytes(share))
        return _unwrap(_x25519_wrap(shared, share, self._key.public_key().public_bytes_raw()), body)


class Passphrase:
    def __init__(self, text: str) -> None:
        self._text = text.encode()

    def file_key(self, kind: str, words: list[str], body: bytes) -> bytes | None:
        if kind != "scrypt" or len(words) != 2:
            return None
        if not words[1].isdecimal() or int(words[1]) > HARDEST:
            raise BadSeal("it asks for more work than we do")
        return _unwrap(_scrypt_wrap(self._text, _unbase64(words[0]), int(words[1])), body)

    def stanza(self, file_key: bytes) -> bytes:
        salt = secrets.token_bytes(16)
        body = _wrap(_scrypt_wrap(self._text, salt, WORK), file_key)
        return b"-> scrypt " + _base64(salt) + b" %d\n" % WORK + body


class Recipient:
    """The public key a backup is sealed for. Raises BadSeal when the text is none."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._raw = _words_of(text, "age")

    def stanza(self, file_key: bytes) -> bytes:
        passing = X25519PrivateKey.generate()
        share = passing.public_key().public_bytes_raw()
        shared = passing.exchange(X25519PublicKey.from_public_bytes(self._raw))
        return b"-> X25519 " + _base64(share) + b"\n" + _wrap(_x25519_wrap(shared, share, self._raw), file_key)


class Sealing:
    """Write into it; what arrives in ``target`` only the recipient reads. ``close`` writes the end."""

    def __init__(self, target: IO[bytes], to: "Recipient | Passphrase") -> None:
        file_key, nonce = secrets.token_bytes(FILE_KEY), secrets.token_bytes(16)
        header = VERSION + b"\n" + to.stanza(file_key) + b"\n---"
        target.write(header + b" " + _base64(_header_sum(file_key, header)) + b"\n" + nonce)
        self._target = target
        self._box = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))
        self._held = bytearray()
        self._place = 0

    def write(self, data: bytes) -> int:
        self._held += data
        while len(self._held) > PIECE:  # the last piece stays: only close knows that it is the last
            self._put(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(data)

    def close(self) -> None:
        self._put(bytes(self._held), last=True)
        self._held.clear()

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._target.write(self._box.encrypt(_nonce(self._place, last), piece, None))
        self._place += 1


class Unsealed:
    """Read from it what was sealed. Raises BadSeal at once when the key is wrong, later when a piece is damaged."""

    def __init__(self, source: IO[bytes], *openers: Opener) -> None:
        file_key = _read_header(source, openers)
        nonce = source.read(16)
        self._source = source
        self._box = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))
        self._place = 0
        self._ahead = source.read(PIECE + TAG)
        self._left = bytearray()
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        while not self._ended and (size < 0 or len(self._left) < size):
            self._next()
        size = len(self._left) if size < 0 else size
        found = bytes(self._left[:size])
        del self._left[:size]
        return found

    def _next(self) -> None:
        piece, self._ahead = self._ahead, self._source.read(PIECE + TAG)
        self._ended = not self._ahead
        try:
            self._left += self._box.decrypt(_nonce(self._place, self._ended), piece, None)
        except InvalidTag as wrong:
            raise BadSeal("a piece of it is damaged or cut off") from wrong
        self._place += 1


def _read_header(source: IO[bytes], openers: tuple[Opener, ...]) -> bytes:
    if source.readline(64).rstrip(b"\n") != VERSION:
        raise BadSeal("it is not a sealed file")
    text = VERSION + b"\n"
    stanzas: list[tuple[list[str], bytes]] = []
    while not (line := source.readline(LONGEST_HEADER)).startswith(b"---"):
        text += line
        if not line.startswith(b"-> ") or len(text) > LONGEST_HEADER:
            raise BadSeal("its header is damaged")
        body = b""
        while len(part := source.readline(128)) == 65:  # a full line of 64: the body goes on
            text, body = text + part, body + part
        text, body = text + part, body + part
        stanzas.append((line.decode("ascii", "replace").split()[1:], _unbase64(body.replace(b"\n", b"").decode())))
    for words, body in stanzas:
        for opener in openers:
            file_key = opener.file_key(words[0], words[1:], body)
            if file_key is not None:
                if not hmac.compare_digest(_header_sum(file_key, text + b"---"), _unbase64(line.split()[1].decode())):
                    raise BadSeal("its header is damaged")
                return file_key
    raise BadSeal("this key or passphrase does not open it")


def _header_sum(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derive(file_key, b"", b"header"), header, "sha256")


def _derive(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose).derive(secret)


def _x25519_wrap(shared: bytes, share: bytes, recipient: bytes) -> bytes:
    return _derive(shared, share + recipient, VERSION + b"/X25519")


def _scrypt_wrap(passphrase: bytes, salt: bytes, work: int) -> bytes:
    return Scrypt(salt=VERSION + b"/scrypt" + salt, length=32, n=2**work, r=8, p=1).derive(passphrase)


def _wrap(key: bytes, file_key: bytes) -> bytes:
    return _base64(ChaCha20Poly1305(key).encrypt(NO_NONCE, file_key, None))


def _unwrap(key: bytes, body: bytes) -> bytes | None:
    try:
        return ChaCha20Poly1305(key).decrypt(NO_NONCE, body, None)
    except (InvalidTag, ValueError):
        return None


def _nonce(place: int, last: bool) -> bytes:
    return place.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _base64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _unbase64(text: str) -> bytes:
    if not re.fullmatch(r"[A-Za-z0-9+/]*", text):
        raise BadSeal("its header is damaged")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except ValueError as wrong:
        raise BadSeal("its header is damaged") from wrong


def _words_of(text: str, kind: str) -> bytes:
    try:
        found, raw = bech32.decode(text)
    except ValueError as wrong:
        raise BadSeal(f"{text[:12]}… is no key: {wrong}") from wrong
    if found != kind or len(raw) != 32:
        raise BadSeal(f"{text[:12]}… is not a key of the kind {kind}")
    return raw

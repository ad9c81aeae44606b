"""A local mail server: ESMTP as far as a letter needs it, with STARTTLS, AUTH and what can go wrong."""

import base64
import datetime
import socket
import socketserver
import ssl
import threading
from email import message_from_bytes, policy

USER, PASSWORD = "jieti", "mail-test-password"


def certificate(folder, name="localhost"):
    """A key and a certificate for this machine that nobody else signed."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    said = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(tz=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(said)
        .issuer_name(said)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


class Mailbox(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, pem, *, offers_tls=True):
        super().__init__(("127.0.0.1", 0), Talk)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(pem)
        self.offers_tls, self.faults, self.letters, self.heard = offers_tls, [], [], []
        self.may_answer = threading.Event()

    @property
    def port(self):
        return self.server_address[1]

    def handle_error(self, request, client_address):
        """A caller that hung up is part of the tests."""


class Talk(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self):
        self.encrypted = self.known = False
        self._say("220 mailbox")
        while line := self.rfile.readline():
            self.server.heard.append((self.encrypted, line))
            words = line.decode(errors="replace").split()
            if not words:
                continue
            answer = getattr(self, f"_{words[0].lower()}", None)
            if answer is None:
                self._say("502 what")
            elif answer(words) == "bye":
                return

    def _ehlo(self, words):
        offers = ["STARTTLS"] if self.server.offers_tls and not self.encrypted else []
        offers += ["AUTH PLAIN LOGIN"] if self.encrypted else []
        for offer in ["mailbox", *offers]:
            self._say(f"250-{offer}")
        self._say("250 SIZE 1000000")

    def _starttls(self, words):
        if not self.server.offers_tls:
            self._say("454 not here")
            return None
        self._say("220 go on")
        try:
            self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError):
            return "bye"
        self.rfile = self.connection.makefile("rb")
        self.encrypted = True
        return None

    def _auth(self, words):
        known = base64.b64decode(words[2]).split(b"\0")[1:] if len(words) > 2 else []
        self.known = known == [USER.encode(), PASSWORD.encode()]
        self._say("235 welcome" if self.known else "535 who are you")

    def _mail(self, words):
        self._say("250 ok" if self.known else "530 sign in first")

    def _rcpt(self, words):
        fault = self.server.faults[0] if self.server.faults else ""
        if fault.startswith("rcpt "):
            self._say(f"{self.server.faults.pop(0).split()[1]} not to them")
        else:
            self._say("250 ok")

    def _rset(self, words):
        self._say("250 ok")

    def _data(self, words):
        self._say("354 write")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        self.server.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
        if self.server.faults and self.server.faults.pop(0) == "hang":
            self.server.may_answer.wait(20)
            return "bye"
        self._say("250 taken")
        return None

    def _quit(self, words):
        self._say("221 bye")
        return "bye"

    def _say(self, words):
        self.connection.sendall(f"{words}\r\n".encode())

    def finish(self):
        self.rfile.close()
        try:
            super().finish()
        except (OSError, ValueError):
            pass
        finally:
            self.connection.close()

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

"""A local carrier: an HTTP server that checks every signature by its own reading of the specification.

It shares no line with the adapter: it takes the request apart as it came over the wire. ``faults`` says what
it does to the next calls of SendSms; without one it takes the message and says OK.
"""

import hashlib
import hmac
import json
import re
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote

KEY_ID, KEY_SECRET = "LTAItest", "gateway-test-secret"
AUTHORIZATION = re.compile(r"^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$")
MUST_SIGN = {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"}
LATEST = 15 * 60
ACTIONS = {"SendSms": "_send_sms", "QuerySendDetails": "_query_send_details"}


class Gateway(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Call)
        self.faults, self.taken, self.refused, self.calls = [], [], [], []
        self.nonces, self.turn = set(), threading.Lock()
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.lost = {}  # OutId → ErrCode of messages that never arrived

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """A caller that hung up is what half of these tests are about."""


class Call(BaseHTTPRequestHandler):
    server: Gateway

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        wrong = self._wrong(path, query, body)
        if wrong:
            self.server.refused.append(wrong)
            self._say(400, {"Code": wrong, "Message": "no", "RequestId": "R"})
            return
        action = self.headers["x-acs-action"]
        self.server.calls.append(action)
        getattr(self, ACTIONS[action])(dict(parse_qsl(query, keep_blank_values=True)))

    def _wrong(self, path, query, body):
        """The code of what is wrong with the request's signature, or nothing."""
        found = AUTHORIZATION.match(self.headers.get("Authorization", ""))
        if not found:
            return "IncompleteSignature"
        key_id, names, seal = found.groups()
        if key_id != KEY_ID:
            return "InvalidAccessKeyId.NotFound"
        if not set(names.split(";")) >= MUST_SIGN or names.split(";") != sorted(names.split(";")):
            return "IncompleteSignature"
        if self.headers["x-acs-content-sha256"] != hashlib.sha256(body).hexdigest():
            return "SignatureDoesNotMatch"
        if not hmac.compare_digest(seal, self._seal(path, query, names)):
            return "SignatureDoesNotMatch"
        return self._stale() or self._repeated()

    def _seal(self, path, query, names):
        pairs = sorted(parse_qsl(query, keep_blank_values=True))
        canonical = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs)
        headers = "".join(f"{name}:{self.headers[name].strip()}\n" for name in names.split(";"))
        parts = ["POST", path, canonical, headers, names, self.headers["x-acs-content-sha256"]]
        digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        return hmac.new(KEY_SECRET.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), hashlib.sha256).hexdigest()

    def _stale(self):
        at = datetime.strptime(self.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        return "InvalidTimeStamp.Expired" if abs((datetime.now(tz=UTC) - at).total_seconds()) > LATEST else ""

    def _repeated(self):
        nonce = self.headers["x-acs-signature-nonce"]
        with self.server.turn:
            if nonce in self.server.nonces:
                return "SignatureNonceUsed"
            self.server.nonces.add(nonce)
        return ""

    def _send_sms(self, asked):
        with self.server.turn:
            fault, *rest = (self.server.faults.pop(0) if self.server.faults else "ok").split(" ", 1)
        getattr(self, f"_{fault}")(asked, *rest)

    def _query_send_details(self, asked):
        told = [
            {
                "OutId": one["OutId"],
                "PhoneNum": one["PhoneNumbers"],
                "SendStatus": 2 if one["OutId"] in self.server.lost else 3,
                "ErrCode": self.server.lost.get(one["OutId"], "DELIVERED"),
            }
            for one in self.server.taken
            if one["PhoneNumbers"] == asked["PhoneNumber"]
        ]
        self._say(200, {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": told}, "TotalCount": len(told)})

    # --- what may happen to a message ---------------------------------------------------------
    def _ok(self, asked):
        self.server.taken.append(asked)
        self._say(200, {"Code": "OK", "Message": "OK", "BizId": f"{len(self.server.taken)}^0", "RequestId": "R"})

    def _refuse(self, asked, code):
        self._say(200, {"Code": code, "Message": "no", "RequestId": "R"})

    def _status(self, asked, status):
        self._say(int(status), {"Code": "InternalError", "Message": "oops", "RequestId": "R"})

    def _throttle(self, asked):
        self._say(503, {"Code": "ServiceUnavailable", "Message": "later", "RequestId": "R"})

    def _garbage(self, asked):
        self._send(200, b"<html>proxy error</html>")

    def _hang(self, asked):
        """Takes the message and never says so."""
        self.server.taken.append(asked)
        self.server.asked.set()
        self.server.may_answer.wait(20)
        self.close_connection = True

    def _drip(self, asked):
        """Takes the message and says so one byte at a time."""
        self.server.taken.append(asked)
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _byte in range(100):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)

    def _cut(self, asked):
        """Hangs up without having taken it."""
        self.close_connection = True

    def _say(self, status, facts):
        self._send(status, json.dumps(facts).encode())

    def _send(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

"""The carrier of the Aliyun form: Dysmsapi 2017-05-25, signed by ACS3-HMAC-SHA256 (signature V3).

V3 and not the older RPC signature: HMAC-SHA256 over the headers and the hash of the body instead of
HMAC-SHA1 over the query, and the provider calls the older one discontinued for new clients.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from accounts.messages.answers import answer_for
from accounts.messages.carriers import Accepted, Answer, Letter, NoAnswer, NotThere, Refused
from kernel import clock

ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"
CONNECT, WHOLE = 5.0, 15.0  # seconds: to be let in, and for the whole answer
LONGEST_ANSWER = 256 * 1024
OUT_OF_REACH = 30  # seconds until somebody who could not be reached is tried again
LOST, REACHED = 2, 3  # SendStatus of QuerySendDetails; 1 is still on its way


def canonical_query(params: Mapping[str, str]) -> str:
    """RFC 3986, by name: what is signed is what is sent."""
    return "&".join(f"{quote(name, safe='~')}={quote(params[name], safe='~')}" for name in sorted(params))


def signed_headers(action: str, host: str, query: str, *, version: str, at: str, nonce: str) -> dict[str, str]:
    """The headers of one call, with the signature over method, query, headers and (empty) body."""
    nothing = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": nothing,
        "x-acs-date": at,
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    asked = "\n".join(["POST", "/", query, lines, names, nothing])
    said = f"{ALGORITHM}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    seal = hmac.new(settings.SMS["key_secret"].encode(), said.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = f"{ALGORITHM} Credential={settings.SMS['key_id']},SignedHeaders={names},Signature={seal}"
    return headers


class AliyunCarrier:
    """SendSms and QuerySendDetails. ``OutId`` carries our mark, by which it tells later what became of it."""

    def send(self, letter: Letter) -> Answer:
        template = settings.SMS["templates"].get(letter.kind)
        if not template:
            return Refused("no-template")
        answer = _call(
            "SendSms",
            {
                "PhoneNumbers": letter.to,
                "SignName": str(settings.SMS["sign"]),
                "TemplateCode": template,
                "TemplateParam": json.dumps(letter.params, ensure_ascii=False),
                "OutId": letter.mark.hex,
            },
        )
        return Accepted(str(answer.get("BizId", ""))[:120]) if isinstance(answer, dict) else answer

    def ask_back(self, letter: Letter, on: date) -> Answer | None:
        answer = _call(
            "QuerySendDetails",
            {"PhoneNumber": letter.to, "SendDate": on.strftime("%Y%m%d"), "PageSize": "50", "CurrentPage": "1"},
        )
        if not isinstance(answer, dict):
            return None
        for told in answer.get("SmsSendDetailDTOs", {}).get("SmsSendDetailDTO", []):
            if told.get("OutId") == letter.mark.hex:
                lost = told.get("SendStatus") == LOST
                return Refused(str(told.get("ErrCode", ""))[:120]) if lost else Accepted(str(told.get("BizId", "")))
        return NotThere()


def _call(action: str, params: dict[str, str]) -> dict[str, Any] | Answer:
    """One call: the answer's facts when it says OK, else what its absence or its code means."""
    place = urlsplit(str(settings.SMS["endpoint"]))
    query = canonical_query(params)
    # The signature is of the real hour: a shifted clock would make it fifteen minutes old.
    at = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = signed_headers(action, place.netloc, query, version=VERSION, at=at, nonce=secrets.token_hex(16))
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=CONNECT)
    try:
        connection.connect()
    except OSError:
        return Refused("out-of-reach", again=OUT_OF_REACH)  # nothing was said yet: it may be said again
    try:
        with _no_longer_than(connection.sock, WHOLE):
            connection.request("POST", f"/?{query}", headers=headers | {"accept": "application/json"})
            response = connection.getresponse()
            return _understood(response, response.read(LONGEST_ANSWER))
    except (OSError, HTTPException) as silence:
        return NoAnswer(type(silence).__name__)
    finally:
        connection.close()


def _understood(response: HTTPResponse, body: bytes) -> dict[str, Any] | Answer:
    try:
        facts = json.loads(body)
    except ValueError:
        facts = None
    if not isinstance(facts, dict) or "Code" not in facts:
        return NoAnswer(f"http-{response.status}")
    if response.status == 200 and facts["Code"] == "OK":
        return facts
    return answer_for(str(facts["Code"]), response.status, clock.today())


@contextmanager
def _no_longer_than(sock: socket.socket, seconds: float) -> Iterator[None]:
    """An answer that drips byte by byte never times out by itself: the line is cut."""

    def cut() -> None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    sock.settimeout(seconds)
    watch = threading.Timer(seconds, cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()

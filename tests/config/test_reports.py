"""Errors go to Sentry with a DSN only, and nobody's phone, name or question goes with them."""

import gzip
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.database import ROOT

PLANTED = ("13812345678", "230184199001011234", "planted-cookie", "planted-body", "planted-question", "planted-local")
BREAK = """
import logging, os, sys
os.environ.update({"JIETI_VAR": sys.argv[2], "JIETI_DEMO": "0", "SENTRY_DSN": sys.argv[1]})
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.testing"
import django
django.setup()
from django.conf import settings
from django.test import Client
from config import health

def burst(ask):
    secret = "planted-local 13812345678"
    logging.getLogger("x").error("about 13812345678 and 230184199001011234")
    raise RuntimeError("broke for +86 138-1234-5678")

health._told = burst
browser = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
browser.cookies["other"] = "planted-cookie"
answer = browser.get("/readyz?phone=13812345678&q=planted-question", headers={"Authorization": "planted-body"})
assert answer.status_code == 500
print(answer.headers["X-Request-ID"], "sentry_sdk" in sys.modules)
import sentry_sdk
sentry_sdk.flush(5)
"""


class Gateway(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.heard.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.fixture
def gateway():
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    server.heard = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def broken_request(tmp_path, dsn):
    return subprocess.run(
        [sys.executable, "-c", BREAK, dsn, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_an_error_arrives_without_a_person_in_it(gateway, tmp_path):
    done = broken_request(tmp_path, f"http://key@127.0.0.1:{gateway.server_port}/1")
    assert done.returncode == 0, done.stderr
    said = b"\n".join(gateway.heard).decode()
    assert "RuntimeError" in said
    assert "138****5678" in said
    assert "config.health" in said
    assert done.stdout.split()[0] in said  # by which the log is found
    assert [word for word in PLANTED if word in said or word in json.dumps(said)] == []
    assert "138-1234-5678" not in said


def test_without_a_dsn_nothing_is_even_loaded(gateway, tmp_path):
    done = broken_request(tmp_path, "")
    assert done.stdout.split()[1:] == ["False"], done.stderr
    assert gateway.heard == []

"""What a browser is told with every answer, and what the settings of a real province are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from accounts import limits
from accounts.passwords import NoOwnWords

ROOT = Path(__file__).resolve().parents[2]
REAL = {
    "DATABASE_URL": "postgresql://jieti:x@127.0.0.1/none",
    "BROKER_URL": "redis://127.0.0.1:1/0",
    "JIETI_ORIGIN": "https://jieti.example",
    "JIETI_ICP": "x", "JIETI_POLICE": "x", "JIETI_OPERATOR": "x", "JIETI_COMPLAINT_PHONE": "x",
    "SECRET_KEY": "k" * 50, "JIETI_HASH_KEY": "h" * 40, "JIETI_KEYS": "A" * 43 + "=",
}  # fmt: skip
ASKED = (
    "DEBUG", "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY",
    "CSRF_COOKIE_DOMAIN", "CSRF_COOKIE_PATH", "LANGUAGE_COOKIE_SECURE", "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_PROXY_SSL_HEADER", "JIETI_DEMO", "CLOCK_MAY_SHIFT", "PASSWORD_HASHERS",
)  # fmt: skip


@pytest.fixture(scope="module")
def real():
    """The settings as a province on real servers has them."""
    script = f"import json; from django.conf import settings as s; print(json.dumps({{n: getattr(s, n) for n in {ASKED!r}}}))"
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    surroundings = {
        **kept,
        **REAL,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
    }
    done = subprocess.run([sys.executable, "-c", script], env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_cookies_of_a_real_province_belong_to_its_host_alone(real):
    for name in ("SESSION", "CSRF"):
        assert real[f"{name}_COOKIE_NAME"].startswith("__Host-")
        assert real[f"{name}_COOKIE_SECURE"] is True
        assert real[f"{name}_COOKIE_HTTPONLY"] is True
        assert real[f"{name}_COOKIE_DOMAIN"] is None, "a __Host- cookie may name no domain"
        assert real[f"{name}_COOKIE_PATH"] == "/"
    assert real["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert real["LANGUAGE_COOKIE_SECURE"] is True


def test_a_real_province_is_spoken_to_by_tls_only(real):
    assert real["SECURE_HSTS_SECONDS"] >= 31536000
    assert real["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert real["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_nothing_of_the_demo_is_in_a_real_province(real):
    assert (real["DEBUG"], real["JIETI_DEMO"], real["CLOCK_MAY_SHIFT"]) == (False, False, False)
    assert real["PASSWORD_HASHERS"] == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/sign-in/", "/search/", "/api/search", "/no-such-page/", "/c/wuchang/", "/c/wuchang/desk/products/"]
)
def test_every_answer_tells_the_browser_to_be_careful(client_for, editor, path):
    answer = client_for(editor).get(path)
    for header, value in EVERYWHERE.items():
        assert answer.get(header) == value, header
    assert "camera=()" in answer["Permissions-Policy"]
    policy = answer["Content-Security-Policy"]
    assert "object-src 'none'" in policy
    assert "'unsafe-inline'" not in policy
    assert "frame-ancestors 'self'" in policy


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/desk/", "/desk/people/", "/desk/counties/export/", "/me/", "/c/wuchang/desk/"])
def test_no_page_of_a_desk_is_kept_by_a_browser_or_a_proxy(client_for, coordinator, wuchang, path):
    assert client_for(coordinator).get(path)["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_wagtails_desk_is_not_kept_either(client_for, editor):
    assert client_for(editor).get("/c/wuchang/cms/")["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_the_mutant_without_these_headers_is_seen(client_for, coordinator, settings):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != "web.middleware.SafetyHeaders"]
    answer = client_for(coordinator).get("/desk/counties/")
    assert "Permissions-Policy" not in answer
    assert answer.get("Cache-Control", "") != "private, no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/no-such-page/", "/c/nowhere/", "/desk/"])
def test_an_error_page_tells_nothing_of_what_is_inside(client_for, path):
    browser = client_for(SERVER_PROTOCOL="HTTP/1.1")
    browser.raise_request_exception = False
    body = browser.get(path, headers={"accept": "text/html"}).content.decode()
    for inside in ("Traceback", "django.", "/site-packages/", "settings.", "SELECT "):
        assert inside not in body


@pytest.mark.django_db
def test_a_broken_view_answers_without_saying_why(client_for, coordinator, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the password of the database is hunter2")

    monkeypatch.setattr("console.views.system.all_terms", broken)
    browser = client_for(coordinator)
    browser.raise_request_exception = False
    answer = browser.get("/desk/terms/")
    assert answer.status_code == 500
    assert "hunter2" not in answer.content.decode()
    assert "RuntimeError" not in answer.content.decode()


# --- limits -------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_lists_are_exported_some_times_an_hour_only(client_for, coordinator):
    browser = client_for(coordinator)
    told = [browser.get("/desk/counties/export/").status_code for _time in range(limits.EXPORT.tries + 1)]
    assert told == [200] * limits.EXPORT.tries + [429]


@pytest.mark.django_db
def test_files_are_uploaded_some_times_an_hour_only(client_for, editor, monkeypatch):
    from django.core.files.uploadedfile import SimpleUploadedFile

    monkeypatch.setattr(limits, "UPLOAD", limits.Limit("upload", 3, 3600))
    browser = client_for(editor)

    def upload():
        file = SimpleUploadedFile("a.pdf", b"x" * 30_000)
        return browser.post("/c/wuchang/desk/consents/new/", {"paper": file}).status_code

    told = [upload() for _time in range(4)]
    assert told[-1] == 429
    assert 429 not in told[:-1]
    assert client_for(editor).get("/c/wuchang/desk/consents/").status_code == 200, "reading goes on"


# --- passwords ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "password", ["jieti-in-the-village", "我的借梯密码很长", "19900001111-abc", "李编辑的好密码啊"]
)
def test_a_password_holds_no_word_that_is_tried_first(password, db):
    from tests.factories.people import make_person

    person = make_person("county_editor", "230184", name="李编辑", phone="19900001111")
    with pytest.raises(ValidationError):
        NoOwnWords().validate(password, person)
    NoOwnWords().validate("ladder in the village 9", person)


@pytest.mark.django_db
def test_a_long_sentence_of_any_signs_is_a_good_password(client_for, editor):
    from tests.factories.people import PASSWORD

    new = "一只 松鼠 ★ 爬上 屋顶 看 雪 " * 4
    answer = client_for(editor).post("/me/password/", {"old": PASSWORD, "password": new, "again": new})
    assert answer.status_code == 302
    editor.refresh_from_db()
    assert editor.check_password(new), "not cut, not trimmed, not changed"


@pytest.mark.django_db
@pytest.mark.parametrize("bad", ["short-one", "password12", "1234567890", "qwertyuiop"])
def test_a_short_or_common_password_is_refused(client_for, editor, bad):
    from tests.factories.people import PASSWORD

    answer = client_for(editor).post("/me/password/", {"old": PASSWORD, "password": bad, "again": bad})
    assert answer.status_code == 200
    editor.refresh_from_db()
    assert editor.check_password(PASSWORD)


def test_a_strangers_page_is_not_marked_as_kept_nowhere(client_for):
    assert "no-store" not in client_for().get("/").get("Cache-Control", "")

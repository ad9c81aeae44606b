import base64
import json
import stat

import pytest

from config.environment import EnvironmentProblem, parse_database_url, read_environment, socket_folder

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
PRODUCTION = {
    "DATABASE_URL": "postgresql://jieti:p%40ss@db.example:5433/province?sslmode=require",
    "BROKER_URL": "redis://broker.example/0",
    "SECRET_KEY": "x9" * 30,
    "JIETI_KEYS": KEY,
    "JIETI_HASH_KEY": "h" * 40,
    "JIETI_ORIGIN": "https://jieti.example",
    "JIETI_ICP": "黑ICP备00000000号",
    "JIETI_POLICE": "黑公网安备 23010000000000号",
    "JIETI_OPERATOR": "某省商务厅",
    "JIETI_COMPLAINT_PHONE": "0451-55550000",
}


def test_without_anything_it_is_the_embedded_demo_of_heilongjiang(tmp_path):
    environment = read_environment({"JIETI_VAR": str(tmp_path)})
    assert not environment.production
    assert environment.demo
    assert (environment.port, environment.province) == (8000, "23")
    assert environment.hosts == ("127.0.0.1", "localhost")
    assert environment.address == "http://127.0.0.1:8000"


def test_the_embedded_secrets_are_made_once_and_readable_by_their_owner_alone(tmp_path):
    first = read_environment({"JIETI_VAR": str(tmp_path)})
    assert len(first.secret_key) >= 50
    assert len(first.keys) == 1
    assert read_environment({"JIETI_VAR": str(tmp_path)}) == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_secrets_never_show_in_a_printed_environment(tmp_path):
    environment = read_environment({"JIETI_VAR": str(tmp_path)})
    kept = json.loads((tmp_path / "secrets.json").read_text())
    assert not any(secret in repr(environment) for secret in (kept["secret_key"], kept["hash_key"], *kept["keys"]))


def test_damaged_secrets_stop_the_start_and_are_not_overwritten(tmp_path):
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(EnvironmentProblem, match="JIETI_VAR"):
        read_environment({"JIETI_VAR": str(tmp_path)})
    assert (tmp_path / "secrets.json").read_text() == "{"


def test_production_is_complete_and_has_no_demo(tmp_path):
    environment = read_environment({**PRODUCTION, "JIETI_VAR": str(tmp_path), "JIETI_DEMO": "1"})
    assert environment.production
    assert not environment.demo
    assert environment.hosts == ("jieti.example",)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("variable", sorted(set(PRODUCTION) - {"DATABASE_URL"}))
def test_production_names_what_is_missing(variable):
    with pytest.raises(EnvironmentProblem, match=variable) as stopped:
        read_environment({name: value for name, value in PRODUCTION.items() if name != variable})
    assert stopped.value.variable == variable


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "django-insecure-" + "x" * 50),
        ("SECRET_KEY", "changeme" * 8),
        ("DEBUG", "1"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "jieti.example,.example"),
        ("JIETI_ORIGIN", "jieti.example"),
        ("JIETI_ORIGIN", "https://jieti.example/path"),
        ("JIETI_ORIGIN", "https://*"),
        ("JIETI_ORIGIN", "https://a@b.example"),
        ("JIETI_KEYS", "not a key"),
        ("JIETI_KEYS", f"{KEY},short"),
        ("BROKER_URL", "broker.example"),
        ("BROKER_URL", "redis://"),
        ("REDIS_URL", "nonsense"),
        ("REDIS_URL", "redis:///1"),
        ("MEDIA_URL", "media"),
        ("MEDIA_URL", "/media"),
        ("MEDIA_URL", "s4://bucket/"),
        ("SENTRY_DSN", "garbage"),
        ("SENTRY_DSN", "https://sentry.example/7"),
        ("SENTRY_DSN", "https://key@sentry.example/"),
        ("ALLOWED_HOSTS", "https://x.example/"),
        ("ALLOWED_HOSTS", "x.example:8000"),
        ("JIETI_ORIGIN", "http://jieti.example"),
        ("JIETI_HASH_KEY", "a"),
        ("JIETI_PROVINCE", "99"),
        ("JIETI_PROVINCE", "00"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "postgresql://host/"),
        ("DATABASE_URL", "postgresql://host:port/name"),
        ("ELASTICSEARCH_URL", "search.example:9200"),
        ("ELASTICSEARCH_URL", "https://search.example:port"),
        ("ELASTICSEARCH_URL", "https://a:b@one.example:9200,https://two.example/path"),
        ("ELASTICSEARCH_URL", "https://nobody@search.example"),
        ("ELASTICSEARCH_PREFIX", "Province-"),
        ("ELASTICSEARCH_PREFIX", "*"),
        ("ELASTICSEARCH_SHARDS", "0"),
    ],
)
def test_production_refuses_what_is_wrong(variable, value):
    with pytest.raises(EnvironmentProblem) as stopped:
        read_environment({**PRODUCTION, variable: value})
    assert stopped.value.variable == variable


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REDIS_URL", "rediss://:word@cache.example:6380/1"),
        ("MEDIA_URL", "/pictures/"),
        ("MEDIA_URL", "https://pictures.example/jieti/"),
        ("SENTRY_DSN", "https://key@sentry.example/7"),
        ("ALLOWED_HOSTS", "one.example, 10.0.0.7,[::1]"),
        ("JIETI_ORIGIN", "http://127.0.0.1:8000"),
    ],
)
def test_production_takes_what_is_right(variable, value):
    assert read_environment({**PRODUCTION, variable: value}).production


def test_another_province_starts_without_the_demo(tmp_path):
    other = {"JIETI_VAR": str(tmp_path), "JIETI_PROVINCE": "62"}
    assert not read_environment(other).demo
    with pytest.raises(EnvironmentProblem, match="JIETI_DEMO"):
        read_environment({**other, "JIETI_DEMO": "1"})


def test_every_province_of_the_register_may_be_named():
    from config.environment.values import PROVINCE
    from tenants import register

    codes = [f"{number:02d}" for number in range(100)]
    assert [code for code in codes if register.divisions(code)] == [code for code in codes if PROVINCE.fullmatch(code)]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "八千"),
        ("JIETI_PROVINCE", "230000"),
        ("JIETI_DEMO", "maybe"),
        ("JIETI_BIND", "everywhere"),
        ("JIETI_WEB_WORKERS", "0"),
        ("ALLOWED_HOSTS", "*"),
    ],
)
def test_the_trial_refuses_what_is_wrong(tmp_path, variable, value):
    with pytest.raises(EnvironmentProblem) as stopped:
        read_environment({"JIETI_VAR": str(tmp_path), variable: value})
    assert stopped.value.variable == variable


def test_a_database_url_in_djangos_words():
    assert parse_database_url(PRODUCTION["DATABASE_URL"]) == {
        "NAME": "province",
        "USER": "jieti",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_socket_folder_always_fits(tmp_path):
    assert socket_folder(tmp_path) == tmp_path / "run"
    deep = tmp_path / "很深的文件夹" / ("x" * 100)
    short = socket_folder(deep)
    assert len(str(short / ".s.PGSQL.5432.lock").encode()) <= 107
    assert short == socket_folder(deep)
    assert short != socket_folder(deep / "other")


def test_the_second_engine_is_off_unless_it_is_named(tmp_path):
    environment = read_environment({"JIETI_VAR": str(tmp_path)})
    assert environment.elasticsearch_urls == ()
    assert environment.elasticsearch_prefix == "jieti-23-"


def test_several_nodes_are_named_with_commas_and_their_password_is_not_printed(tmp_path):
    urls = "https://jieti:geheim@one.example:9200, https://jieti:geheim@two.example:9200"
    environment = read_environment({"JIETI_VAR": str(tmp_path), "ELASTICSEARCH_URL": urls, "JIETI_PROVINCE": "22"})
    assert len(environment.elasticsearch_urls) == 2
    assert environment.elasticsearch_prefix == "jieti-22-"
    assert "geheim" not in repr(environment)


def test_a_trademark_agency_is_named_with_its_number_or_not_at_all(tmp_path):
    named = {"JIETI_VAR": str(tmp_path), "JIETI_AGENT": "五谷商标事务所", "JIETI_AGENT_NO": "2312345"}
    assert read_environment(named).trademark_agent == "五谷商标事务所"
    assert read_environment({"JIETI_VAR": str(tmp_path)}).trademark_agent == ""
    for missing in ("JIETI_AGENT", "JIETI_AGENT_NO"):
        with pytest.raises(EnvironmentProblem, match=missing) as stopped:
            read_environment({name: value for name, value in named.items() if name != missing})
        assert stopped.value.variable == missing

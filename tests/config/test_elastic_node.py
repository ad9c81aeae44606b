"""The node beside the platform: what is fetched is checked, what is configured is loopback and has a password."""

import hashlib
import socket
import stat

import pytest

from config import elastic_node
from config.commands import elasticsearch
from config.elastic_node import ARCHIVE, ElasticProblem, Node, fetch_server
from config.refusal import Refusal


def a_node(folder, **facts):
    return Node(folder / "server", folder / "node", 9400, 9500, **facts)


def test_an_archive_with_another_sum_is_thrown_away(tmp_path):
    (tmp_path / ARCHIVE).write_bytes(b"not what we know")
    with pytest.raises(ElasticProblem, match="sum"):
        fetch_server(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_maven_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(elastic_node.shutil, "which", lambda program: None)
    with pytest.raises(ElasticProblem, match="apt install maven"):
        fetch_server(tmp_path)


def test_a_node_listens_on_loopback_and_asks_for_a_password(tmp_path):
    told = a_node(tmp_path)._settings()
    assert "network.host: 127.0.0.1\n" in told
    assert "xpack.security.enabled: true\n" in told
    assert "discovery.type: single-node\n" in told
    assert "action.auto_create_index: false\n" in told


def test_three_nodes_know_each_other(tmp_path):
    told = a_node(tmp_path, peers={"node-1": 9500, "node-2": 9501, "node-3": 9502})._settings()
    assert 'discovery.seed_hosts: ["127.0.0.1:9500", "127.0.0.1:9501", "127.0.0.1:9502"]\n' in told
    assert "single-node" not in told


def test_the_password_is_kept_as_the_server_keeps_it_and_never_printed(tmp_path):
    import base64

    node = a_node(tmp_path, password="geheim")
    kind, salt, key = elastic_node._hashed("geheim").split("$")
    assert kind == "{PBKDF2}10000"
    again = hashlib.pbkdf2_hmac("sha512", b"geheim", base64.b64decode(salt), 10_000, 32)
    assert base64.b64decode(key) == again
    assert "geheim" not in repr(node)


def test_the_nodes_password_is_made_once_and_readable_by_its_owner_alone(tmp_path):
    note = tmp_path / "password"
    first = elasticsearch._password(note)
    assert len(first) >= 20
    assert elasticsearch._password(note) == first
    assert stat.S_IMODE(note.stat().st_mode) == 0o600


@pytest.mark.parametrize("words", [["0"], ["port"], ["9200", "9300"], ["70000"]])
def test_only_a_port_may_follow(words):
    with pytest.raises(Refusal):
        elasticsearch._port(words)


def test_a_port_in_use_is_refused_before_anything_is_fetched(tmp_path, monkeypatch):
    monkeypatch.setenv("JIETI_VAR", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refusal, match=str(port)):
            elasticsearch.elasticsearch([str(port)])
    assert not (tmp_path / "elasticsearch" / "node").exists()

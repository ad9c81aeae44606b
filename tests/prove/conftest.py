"""Real servers the proofs need."""

import os
import socket
from pathlib import Path

import pytest

from tests.database import ROOT
from tests.search import engines

QUICK_START = "-XX:TieredStopAtLevel=1"  # half a minute of life is not worth the second compiler


def free_ports(number):
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def unpacked_server():
    """Raises ElasticProblem where there is no server, or no Java to run it."""
    from config.elastic_node import fetch_server, java_home

    java_home()
    return fetch_server(Path(os.environ.get("JIETI_ELASTICSEARCH_HOME") or ROOT / "var" / "elasticsearch"))


def elastic_server():
    """The unpacked server; where everything is required its absence is a failure."""
    from config.elastic_node import ElasticProblem

    try:
        return unpacked_server()
    except ElasticProblem as problem:
        if os.environ.get("JIETI_REQUIRE_ALL"):
            pytest.fail(str(problem))
        pytest.skip(str(problem))


def make_node(folder, name="node-1", **facts):
    from config.elastic_node import Node

    port, transport = free_ports(2)
    facts.setdefault("java_options", QUICK_START)
    return Node(
        elastic_server(), folder, facts.pop("port", port), facts.pop("transport_port", transport), name, **facts
    )


@pytest.fixture(scope="module")
def node_url(tmp_path_factory):
    """A node for one file of proofs: the one that is named, or a fresh one."""
    if engines.running_node():
        yield engines.running_node()
        return
    node = make_node(tmp_path_factory.mktemp("node"))
    node.start()
    yield node.url
    node.stop()

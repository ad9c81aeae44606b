"""``jieti elasticsearch``: a real Elasticsearch node beside the platform, until Ctrl-C."""

import os
import secrets
import signal
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from config.commands.up import say
from config.elastic_node import ElasticProblem, Node, fetch_server
from config.embedded import PostgresProblem, private_folder
from config.environment import read_environment
from config.folder_lock import take_folder
from config.refusal import Refusal

PORT = 9200
URL_NOTE = "url"  # beside the data, readable by its owner alone


def elasticsearch(words: Sequence[str]) -> int:
    port = _port(words)
    home = read_environment(os.environ).var / "elasticsearch"
    with take_folder(home):
        _check_port(port)
        try:
            return _run(_node(home, port))
        except (ElasticProblem, PostgresProblem) as problem:
            raise Refusal(str(problem), "") from problem


def _port(words: Sequence[str]) -> int:
    if not words:
        return PORT
    if len(words) == 1 and words[0].isascii() and words[0].isdecimal() and 1 <= int(words[0]) < 65536:
        return int(words[0])
    raise Refusal("jieti elasticsearch 后面只能写一个端口。", "jieti elasticsearch takes one port and nothing else.")


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            raise Refusal(
                f"端口 {port} 不能用（{taken.strerror}），请换一个：jieti elasticsearch {port + 10}。",
                f"Port {port} cannot be used ({taken.strerror}); choose another: jieti elasticsearch {port + 10}.",
            ) from taken


def _node(home: Path, port: int) -> Node:
    say("正在取 Elasticsearch…… fetching Elasticsearch")
    server = fetch_server(home)
    private_folder(home / "node")
    return Node(server, home / "node", port, _free_port(), password=_password(home / "node" / "password"))


def _password(note: Path) -> str:
    """Made on the first start, kept for the next."""
    if not note.exists():
        _write_privately(note, secrets.token_urlsafe(18))
    return note.read_text(encoding="utf-8").strip()


def _write_privately(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(node: Node) -> int:
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    say("正在启动…… starting")
    try:
        node.start()
        note = node.folder.parent / URL_NOTE
        _write_privately(note, node.url)
        say(f"已就绪 ready: 127.0.0.1:{node.port}")
        say(f"在另一个终端 in another terminal: ELASTICSEARCH_URL=$(cat {note}) make up")
        say("按 Ctrl-C 停止。 Press Ctrl-C to stop.")
        while not stopping:
            if node.process is not None and node.process.poll() is not None:
                raise ElasticProblem(f"Elasticsearch 停了。 Elasticsearch ended.\n{node.last_words()}")
            time.sleep(0.2)
    finally:
        node.stop()
    return 0

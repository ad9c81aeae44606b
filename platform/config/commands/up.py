"""``jieti up``: everything the platform needs, from this terminal, until Ctrl-C."""

import os
import shutil
import socket
import sys
import time
from collections.abc import Sequence

from config.commands.parts import backup_parts, behind_parts, postgres_of, postgres_part, start_step, web_part
from config.commands.servers import web_trouble
from config.environment import Environment, read_environment
from config.folder_lock import take_folder
from config.refusal import Refusal
from config.supervisor import Supervisor

DEMO_TRIES = 3
ANSWER_WITHIN = 60  # seconds
PORT_NOTE = "port"  # beside the data: which port other commands should name in links


def up(words: Sequence[str]) -> int:
    if words:
        raise Refusal(f"jieti up 不认识“{words[0]}”。", f'jieti up does not know "{words[0]}".')
    environment = read_environment(os.environ)
    with take_folder(environment.var):
        check_port(environment)
        supervisor = Supervisor(say)
        supervisor.listen()
        try:
            return _run(environment, supervisor)
        finally:
            supervisor.end()


def _run(environment: Environment, supervisor: Supervisor) -> int:
    if not environment.production:
        say("正在启动数据库…… starting PostgreSQL")
        postgres = postgres_of(environment)
        postgres.create()
        supervisor.add(postgres_part(environment))
        postgres.make_database(environment.database["NAME"])
    if not environment.broker_url:
        _fresh_broker(environment)
    say("正在准备数据…… preparing the data")
    ended = supervisor.wait_for(start_step(environment, "prepare"))
    if ended is None:
        return 0
    if ended:
        say("数据准备失败，平台没有启动。 The data could not be prepared; the platform did not start.")
        return 1
    for part in backup_parts(environment):
        supervisor.add(part)
    supervisor.add(web_part(environment))
    if environment.demo:
        # Before the worker: two who empty one outbox on two cores are slower than one.
        _open_demo(environment, supervisor)
    if not supervisor.stopping:
        for part in behind_parts(environment):
            supervisor.add(part)
        (environment.var / PORT_NOTE).write_text(str(environment.port), encoding="utf-8")
        wait_for_answer(environment)
        welcome(environment)
        supervisor.watch()
    return 0


def _fresh_broker(environment: Environment) -> None:
    """Wake-ups of an earlier run mean nothing: the outbox knows what is due."""
    for name in ("queue", "control"):
        shutil.rmtree(environment.broker_folder / name, ignore_errors=True)
        (environment.broker_folder / name).mkdir(parents=True)


def _open_demo(environment: Environment, supervisor: Supervisor) -> None:
    if environment.demo_mark.exists():
        return
    say("第一次启动，正在开通演示省份…… first start: opening the demo province")
    for _attempt in range(DEMO_TRIES):
        ended = supervisor.wait_for(start_step(environment, "demo"))
        if not ended:
            return
        say("演示省份没有开完，再试一次。 The demo province is not complete, trying again.")


def wait_for_answer(environment: Environment) -> None:
    """ "Ready" is said when a browser would get an answer; a web part that never answers is said too."""
    limit = time.monotonic() + ANSWER_WITHIN
    while time.monotonic() < limit:
        if not web_trouble(environment):
            return
        time.sleep(0.2)
    say("网站还没有回答，请看日志。 The web part does not answer yet; see its log.")


def welcome(environment: Environment) -> None:
    say(f"已就绪 ready: {environment.address}   办公台 desk: {environment.address}/desk/")
    if environment.demo and environment.demo_mark.exists():
        say(environment.demo_mark.read_text(encoding="utf-8").rstrip())
    say("按 Ctrl-C 停止。 Press Ctrl-C to stop.")


def check_port(environment: Environment) -> None:
    """Ask for the port as gunicorn will, before anything is started."""
    family = socket.AF_INET6 if ":" in environment.bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((environment.bind, environment.port))
            probe.listen(1)
        except OSError as taken:
            raise Refusal(
                f"端口 {environment.port} 不能用（{taken.strerror}）。请换一个，例如 PORT={environment.port + 1} make up。",
                f"Port {environment.port} cannot be used ({taken.strerror}). Choose another: PORT={environment.port + 1} make up.",
            ) from taken


def say(text: str) -> None:
    print(text, file=sys.stdout, flush=True)

"""The ``jieti`` command: ``jieti up`` starts the platform, every other word is a command of a room."""

import os
import sys
from collections.abc import Sequence

from config import processes
from config.refusal import REFUSED

USAGE = """借梯 Jieti

  jieti up            启动平台            start the platform
  jieti prepare       准备数据库（正式服务器）  bring the database to this release
  jieti web|worker|beat   只跑一个部件       one part in the foreground, for systemd and containers
  jieti alive web     部件还在不在          does a part on this machine still work
  jieti doctor        看机器和平台哪里要修     what must be mended, before and after installation
  jieti county …      县：开通、列表、暂停   counties: open, list, suspend, archive, check
  jieti person …      人：邀请            people: invite
  jieti audit …       审计记录：核对、导出    the audit trail: verify, export, verify-export
  jieti backup        备份全省；backup 230184 备份一个县   the whole province, or one county
  jieti restore …     恢复全省或一个县        the province from its folder, a county from its file
  jieti upgrade …     升级：看计划、做、退回、收尾   show, take, undo and contract an upgrade
  jieti keys …        密钥：列出、加、换、停用  keys: list, add, turn, retire
  jieti search …      搜索引擎：状态、重建、核对  the search engine: status, reindex, verify
  jieti elasticsearch 在旁边开一个 Elasticsearch  a node beside the platform
  jieti demo code …   演示账号的验证码      a demo account's code
  jieti --env FILE …  先读一个设置文件       any command, with the settings of a file
  jieti help county   一个命令怎么用        how one command is used
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 (the work failed) or 2 (refused before it began)."""
    words = list(sys.argv[1:] if argv is None else argv)
    speak_utf8()
    processes.open_more_files()
    if words[:1] == ["--env"]:
        from config.environment.files import take_settings

        try:
            take_settings(words[1:2])
        except OSError as wrong:
            print(f"--env：{wrong}\n--env: {wrong}", file=sys.stderr)
            return REFUSED
        words = words[2:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.embedded import PostgresProblem
    from config.environment import EnvironmentProblem
    from config.folder_lock import FolderTaken
    from config.refusal import Refusal
    from kernel.postgres_clients import NoClient

    try:
        return _run(words)
    except (EnvironmentProblem, FolderTaken, PostgresProblem, Refusal, NoClient) as refusal:
        print(refusal, file=sys.stderr)
        return REFUSED


def _run(words: list[str]) -> int:
    if not words or words[0] in {"-h", "--help"} or words == ["help"]:
        print(USAGE)
        return 0
    if words[0] == "up":
        from config.commands.up import up

        return up(words[1:])
    if words[0] in {"prepare", "web", "worker", "beat", "alive"}:
        from config.commands import servers

        if words[0] in servers.PARTS:
            return servers.run_part(words[0], words[1:])
        return {"prepare": servers.prepare, "alive": servers.alive}[words[0]](words[1:])
    if words[0] == "doctor":
        from config.commands.doctor import doctor

        return doctor(words[1:])
    if words[0] == "elasticsearch":
        from config.commands.elasticsearch import elasticsearch

        return elasticsearch(words[1:])
    if words[0] == "backup":
        from config.commands.backup import backup

        return backup(words[1:])
    if words[0] == "restore":
        from config.commands.restore import restore

        return restore(words[1:])
    from config.commands.room import run_room_command

    return run_room_command(words)


def speak_utf8() -> None:
    """County names are Chinese: start again in Python's UTF-8 mode where the locale is another."""
    if sys.flags.utf8_mode or sys.stdout.encoding.lower().replace("-", "") == "utf8":
        os.environ.setdefault("PYTHONUTF8", "1")
        return
    print("This locale is not UTF-8; jieti continues in UTF-8.", file=sys.stderr, flush=True)
    surroundings = {**os.environ, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
    os.execve(sys.executable, [sys.executable, "-m", "config.command", *sys.argv[1:]], surroundings)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main())

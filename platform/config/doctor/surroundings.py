"""The variables: all that are wrong, not only the first."""

import base64
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from config.doctor.line import Line, good, mend, unknown
from config.environment import ROOT, Environment, EnvironmentProblem, read_environment

# Something sound in the place of what is wrong, only to be able to look further.
STAND_IN = {
    "SECRET_KEY": "stand-in-" + "x9" * 30,
    "JIETI_KEYS": base64.urlsafe_b64encode(b"k" * 32).decode(),
    "JIETI_HASH_KEY": "h" * 40,
    "BROKER_URL": "redis://127.0.0.1/0",
    "JIETI_ORIGIN": "https://jieti.invalid",
    "JIETI_ICP": "-",
    "JIETI_POLICE": "-",
    "JIETI_OPERATOR": "-",
    "JIETI_COMPLAINT_PHONE": "-",
    "DATABASE_URL": "postgresql://jieti@127.0.0.1/jieti",
}


def read_all(environ: Mapping[str, str]) -> tuple[Environment | None, list[Line]]:
    """The environment, where it can be read at all, and all that is wrong with it.

    Where the embedded platform has no secrets yet none are made for a look.
    """
    var = Path(environ.get("JIETI_VAR", "").strip() or ROOT / "var").expanduser().absolute()
    with tempfile.TemporaryDirectory() as spare:
        given = dict(environ) if (var / "secrets.json").exists() else {**environ, "JIETI_VAR": spare}
        environment, lines = _read(given, {**STAND_IN, "JIETI_VAR": spare})
    if environment is None:
        return None, lines
    return replace(environment, var=var), lines or [good("variables", "设置都对。", "The variables are sound.")]


def _read(given: dict[str, str], stand_in: Mapping[str, str]) -> tuple[Environment | None, list[Line]]:
    lines: list[Line] = []
    tried: set[str] = set()
    while True:
        try:
            return read_environment(given), lines
        except EnvironmentProblem as problem:
            name = problem.variable
            if name in tried:
                return None, lines
            lines.append(_line(problem))
            tried.add(name)
            given.pop(f"{name}_FILE", None)
            given.pop(name, None)
            if name in stand_in:
                given[name] = stand_in[name]


def _line(problem: EnvironmentProblem) -> Line:
    chinese, _, english = str(problem).partition("\n")
    return mend(
        f"variable.{problem.variable}",
        chinese,
        english,
        "改 /etc/jieti/jieti.env 或环境变量；写法看 deploy/env.example。",
        "Change /etc/jieti/jieti.env or the environment; deploy/env.example shows how.",
    )


def secrets(environment: Environment) -> Iterator[Line]:
    """The keys of the embedded platform lie in a file that nobody else may read."""
    file = environment.var / "secrets.json"
    if environment.production or not file.exists():
        return
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        yield mend(
            "secrets",
            f"别人能读 {file}。",
            f"Others may read {file}.",
            f"运行 chmod 600 {file}。",
            f"Run chmod 600 {file}.",
        )
    else:
        yield good("secrets", "密钥只有自己能读。", "The keys are readable by their owner alone.")


def optional(environment: Environment) -> Iterator[Line]:
    """What a province may do without, and should know that it does."""
    if not environment.production:
        return
    if environment.messages.sms_key_id:
        yield good("sms", "设了短信。", "Text messages are set up.")
    else:
        yield unknown(
            "sms",
            "没有设短信：登录码要打印。",
            "No text messages: sign-in codes are printed.",
            "设 SMS_KEY_ID 等。",
            "Set SMS_KEY_ID and the others.",
        )
    if environment.messages.smtp:
        yield good("mail", "设了邮件。", "Mail is set up.")
    else:
        yield unknown(
            "mail", "没有设邮件：出事不会写信。", "No mail: nobody is written to.", "设 SMTP_URL。", "Set SMTP_URL."
        )
    if environment.metrics_token:
        yield good("metrics", "/metrics 有口令。", "/metrics has its token.")
    else:
        yield unknown(
            "metrics",
            "没有 /metrics：没有人会被叫醒。",
            "No /metrics: nobody will be woken.",
            "设 METRICS_TOKEN，看 docs/operations/watch.md。",
            "Set METRICS_TOKEN; see docs/operations/watch.md.",
        )
    if environment.origin.startswith("https://"):
        yield good("https", "用 https。", "It is served by https.")
    else:
        yield mend(
            "https",
            "JIETI_ORIGIN 不是 https：密码在路上谁都看得到。",
            "JIETI_ORIGIN is not https: passwords travel in clear.",
            "照 docs/operations/install.md 装证书。",
            "Install a certificate as docs/operations/install.md says.",
        )
    yield from _certificate(environment)


def _certificate(environment: Environment) -> Iterator[Line]:
    """Unwatched, it ends one night and nobody comes in: a mistake where the province is served by https."""
    if not environment.production or not environment.origin.startswith("https://"):
        return
    if not environment.certificate:
        yield mend(
            "certificate",
            "没有设 JIETI_CERTIFICATE：证书快到期了没有人提醒。",
            "JIETI_CERTIFICATE is not set: nobody is told that the certificate ends.",
            "写上 nginx 用的 certificate.pem 在哪里，重启网站。",
            "Name the certificate.pem that nginx uses and restart the web parts.",
        )
    elif not os.access(environment.certificate, os.R_OK):
        yield mend(
            "certificate",
            f"读不了 JIETI_CERTIFICATE 指的 {environment.certificate}。",
            f"{environment.certificate}, which JIETI_CERTIFICATE names, cannot be read.",
            "看它在不在，用户 jieti 能不能读（chmod 644；私钥不用给它读）。",
            "Is it there, and may the user jieti read it (chmod 644; the key need not be)?",
        )
    else:
        yield good("certificate", "证书到期会提醒。", "Somebody is told before the certificate ends.")

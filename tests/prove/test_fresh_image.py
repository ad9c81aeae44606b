"""The Dockerfile built for real and its image run as a container would: another user, nothing writable, no network.

No container engine: buildah builds in a folder, on a minimal Debian with Python in place of the official image.
Takes five minutes, so it runs only when asked: ``JIETI_FRESH=1 make prove``, as root, with buildah and mmdebstrap.
"""

import json
import os
import subprocess
import textwrap
from pathlib import Path

import pytest

from tests.prove.real_servers import HERE, program
from tests.prove.test_fresh_debian import AUTHORITIES, make_debian, release

BASE = "localhost/python:3.11-slim-bookworm"
UNNEEDED = ("playwright", "pytest", "mypy", "ruff", "hatchling", "pip")
MOST_BYTES = 600 * 2**20  # beyond the image it stands on

pytestmark = pytest.mark.skipif(not os.environ.get("JIETI_FRESH"), reason="takes five minutes; JIETI_FRESH=1 runs it")


@pytest.fixture(scope="module")
def buildah(tmp_path_factory):
    """``buildah(words…)`` with a store of its own."""
    store = tmp_path_factory.mktemp("images")
    env = {**os.environ, "BUILDAH_ISOLATION": "chroot", "STORAGE_DRIVER": "vfs"}
    tool = program("buildah")

    def run(*words, seconds=900):
        done = subprocess.run(
            [tool, "--root", store / "root", "--runroot", store / "run", *words],
            env=env,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done.stdout.strip()

    yield run
    run("rm", "--all")
    run("rmi", "--all", "--force")


@pytest.fixture(scope="module")
def image(buildah, tmp_path_factory):
    folder = tmp_path_factory.mktemp("context")
    base = buildah("from", "scratch")
    root = Path(buildah("mount", base))
    make_debian(root)
    for words in ("apt-get update -qq", "apt-get install -y -qq --no-install-recommends python3 python3-venv tzdata"):
        buildah("run", "--network", "host", base, "--", "sh", "-c", words)
    buildah("config", "--env", f"PIP_CERT={AUTHORITIES}", base)
    buildah("commit", "--quiet", base, BASE)
    release(folder / "release")
    where = folder / "release"
    words = ["bud", "--format", "docker", "--network", "host", "--pull-never", "-f", where / "deploy" / "Dockerfile"]
    words += ["--ignorefile", where / "deploy" / "Dockerfile.dockerignore", "--build-arg", f"PYTHON_IMAGE={BASE}"]
    buildah(*words, "-t", "jieti:1", where, seconds=1500)
    return json.loads(buildah("inspect", "--type", "image", "localhost/jieti:1"))


def test_the_image_says_who_it_is(image):
    facts = image["Docker"]["config"]
    assert facts["User"] == "10001:10001"
    assert facts["Entrypoint"] == ["jieti"]
    assert facts["Cmd"] == ["web"]
    assert facts["Healthcheck"]["Test"] == ["CMD", "jieti", "alive", "web"]
    assert not any("KEY" in one or "PASSWORD" in one for one in facts["Env"])


def test_the_image_holds_what_runs_and_nothing_else(image, buildah):
    root = Path(buildah("mount", buildah("from", "--pull-never", "localhost/jieti:1")))
    packages = [path.name.lower() for path in (root / "opt/jieti/.venv/lib/python3.11/site-packages").iterdir()]
    assert "django" in packages
    assert [name for name in packages if name.split("-")[0] in UNNEEDED] == []
    assert not (root / "opt/jieti/tests").exists()
    assert not (root / "opt/jieti/.git").exists()
    own = sum(path.lstat().st_size for path in (root / "opt/jieti").rglob("*"))
    print(f"the platform in the image: {own / 2**20:.0f} MB")
    assert own < MOST_BYTES


INSIDE = textwrap.dedent(
    """\
    import http.client, json, os, pathlib, subprocess, time

    os.setgroups([]); os.setgid(10001); os.setuid(10001)
    told = {}
    for place in ("/opt/jieti/x", "/etc/x", "/var/x"):
        try:
            open(place, "w")
            told["written"] = place
        except OSError:
            pass
    web = subprocess.Popen(["jieti", "web"])
    for _ in range(60):
        time.sleep(0.5)
        told["alive"] = subprocess.run(["jieti", "alive", "web"], capture_output=True).returncode
        if told["alive"] == 0:
            break
    style = next(path for path in pathlib.Path("/opt/jieti/static").glob("desk.*.css"))
    asked = http.client.HTTPConnection("127.0.0.1", 8000)
    asked.request("GET", f"/static/{style.name}", headers={"Host": "jieti.test"})
    told["style"] = asked.getresponse().status
    told["worker"] = subprocess.run(["jieti", "alive", "worker"], capture_output=True).returncode
    web.terminate()
    told["ended"] = web.wait(30)
    print("told", json.dumps(told))
    """
)


def test_the_image_runs_read_only_without_root_and_without_a_network(image, buildah):
    """Without a database as well: a web process that cannot reach it stays and waits."""
    root = Path(buildah("mount", buildah("from", "--pull-never", "localhost/jieti:1")))
    env = dict(one.split("=", 1) for one in image["Docker"]["config"]["Env"])
    env |= HERE | {"DATABASE_URL": "postgresql://jieti:x@127.0.0.1:5/jieti", "BROKER_URL": "redis://127.0.0.1:6/0"}
    env |= {"JIETI_ORIGIN": "https://jieti.test"}
    mounts = f"""
        ip link set lo up
        mount --bind {root} {root}; mount -o remount,ro,bind {root}
        mount -t proc proc {root}/proc; mount --rbind /dev {root}/dev
        mount -t tmpfs -o mode=1777 tmpfs {root}/tmp
        mount -t tmpfs -o uid=10001,mode=700 tmpfs {root}/run/jieti
        mount -t tmpfs -o uid=10001,mode=700 tmpfs {root}/var/lib/jieti
        exec chroot {root} /usr/bin/python3 -
    """
    words = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "bash", "-ec", mounts]
    paths = {**env, "PATH": f"{env['PATH']}:/usr/sbin:/sbin"}
    done = subprocess.run(words, input=INSIDE, env=paths, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("told "))[5:])
    assert told == {"alive": 0, "style": 200, "worker": 1, "ended": 0}

"""A minimal Debian that has never seen us: what the README and the install page say, word for word.

Takes ten to fifteen minutes and a gigabyte, so it runs only when asked: ``JIETI_FRESH=1 make prove``, as root, with
mmdebstrap. Software comes over the network; everything after that runs in a namespace without one.

There is no systemd in a folder: ``systemctl.py`` beside this file starts what the same unit files say. And there is
nobody at the editor: a stand-in types what the page asks people to type.
"""

import json
import os
import re
import shutil
import ssl
import subprocess
import textwrap
import time
from pathlib import Path

import certifi
import pytest

from tests.database import ROOT
from tests.prove.conftest import free_ports

INSTALL = ROOT / "docs" / "operations" / "install.md"
FENCE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HERE = "https://jieti.test"
TYPED = {
    "JIETI_ORIGIN": HERE,
    "JIETI_OPERATOR": "某省商务厅",
    "JIETI_COMPLAINT_PHONE": "0451-55550000",
    "JIETI_ICP": "黑ICP备00000000号",
    "JIETI_POLICE": "黑公网安备23010000000000号",
}
# Not there in a folder; the page assumes a machine that has them.
STAND_INS = "procps"

AUTHORITIES = "/etc/machine-authorities.pem"  # whom this machine trusts, for its way to the registries

pytestmark = pytest.mark.skipif(
    not os.environ.get("JIETI_FRESH"), reason="takes a quarter of an hour; JIETI_FRESH=1 runs it"
)


def sections():
    """The page's headings and the commands below each."""
    found = {}
    for part in re.split(r"^## ", INSTALL.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _newline, body = part.partition("\n")
        found[title.strip()] = FENCE.findall(body)
    return found


@pytest.fixture(scope="module")
def debian(tmp_path_factory):
    """A folder with Debian and two unpacked releases in it."""
    if os.getuid() != 0:
        pytest.skip("a folder like a machine needs root")
    root = Path(os.environ.get("JIETI_FRESH_ROOT") or tmp_path_factory.mktemp("fresh") / "root")
    root.mkdir(parents=True)
    make_debian(root)
    release(root / "root" / "jieti")
    release(root / "home" / "village" / "jieti")
    yield root
    if not os.environ.get("JIETI_FRESH_ROOT"):
        shutil.rmtree(root, ignore_errors=True)


def make_debian(root):
    """As small as it comes, and this machine's way to its package registries, which is never committed."""
    made = os.environ.get("JIETI_FRESH_TAR")
    if not made:
        made = root.with_name(f"{root.name}.tar")
        subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "bookworm", made], check=True)
    subprocess.run(["tar", "-xf", made, "-C", root], check=True)
    shutil.copy("/etc/resolv.conf", root / "etc" / "resolv.conf")
    ways = subprocess.run(["apt-config", "dump", "Acquire"], capture_output=True, text=True, check=True).stdout
    kept = "".join(f"{line}\n" for line in ways.splitlines() if '""' not in line)
    (root / "etc/apt/apt.conf.d/00machine").write_text(kept)
    if Path("/etc/pip.conf").exists():
        shutil.copy("/etc/pip.conf", root / "etc")
    shutil.copy(ssl.get_default_verify_paths().cafile or certifi.where(), root / AUTHORITIES[1:])


def release(folder):
    """What somebody unpacks: the commit, without our own data."""
    folder.mkdir(parents=True)
    packed = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)


def run(root, script, *, network, seconds, said=""):
    """A script in the folder, with its own processes, which end with it."""
    (root / "run" / "steps.sh").write_text(script, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_") and name != "PIP_FIND_LINKS"}
    env = {
        **kept,
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "TERM": "dumb",
    }
    env |= {"DEBIAN_FRONTEND": "noninteractive", "PIP_CERT": AUTHORITIES}
    before = f"mount -t proc proc {root}/proc; mount --rbind /dev {root}/dev; mount -t tmpfs tmpfs {root}/tmp; "
    before += "" if network else "ip link set lo up; "
    words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *([] if network else ["--net"])]
    words += ["bash", "-ec", before + f"exec chroot {root} bash -e /run/steps.sh"]
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=seconds, check=False)
    print(done.stdout[-3000:], done.stderr[-3000:])
    assert done.returncode == 0, f"{said}{done.stdout[-3000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def test_the_readme_in_a_new_debian(debian):
    """``make up`` by somebody who is not root, with what the README names and nothing else."""
    port = free_ports(1)[0]
    first = re.findall(r"^(make up)\b", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first == ["make up"]
    run(
        debian,
        f"""
        apt-get update -qq
        apt-get install -qq -y --no-install-recommends python3 make >/dev/null
        useradd --create-home village && chown -R village /home/village
        as() {{ runuser -u village -- env PORT={port} HOME=/home/village bash -c "cd ~/jieti && $1"; }}
        # The first try says what Debian lacks, in words that help.
        as 'make up' > /tmp/first 2>&1 && exit 3
        cat /tmp/first
        wanted=$(grep -o 'apt install [a-z0-9-]*' /tmp/first | head -1)
        test "$wanted" = 'apt install python3-venv'
        apt-get install -qq -y --no-install-recommends ${{wanted#apt install }} >/dev/null
        as 'exec make up' > /tmp/up 2>&1 &
        for second in $(seq 1200); do
          grep -q '已就绪' /tmp/up && break
          kill -0 $! || break
          sleep 1
        done
        tail -30 /tmp/up
        grep -q '已就绪' /tmp/up
        python3 - <<'PY'
        import json, time, urllib.request
        for _ in range(120):
            try:
                facts = json.load(urllib.request.urlopen("http://127.0.0.1:{port}/readyz"))
            except OSError as wrong:
                facts = {{"ready": False, "wrong": str(wrong)}}
            if facts["ready"]:
                break
            time.sleep(1)
        print(facts)
        assert facts["ready"]
        page = urllib.request.urlopen("http://127.0.0.1:{port}/search/?q=wcdm").read().decode()
        assert "五常" in page
        PY
        """.replace("\n        ", "\n"),
        network=True,
        seconds=2400,
    )


def test_the_install_page_in_a_new_debian(debian):
    """Steps 1 to 8, word for word; from step 3 on without a network."""
    steps = sections()
    by_number = {title[0]: "\n".join(blocks) for title, blocks in steps.items() if title[0].isdigit()}
    assert sorted(by_number) == ["1", "2", "3", "4", "5", "6", "7", "8"]
    (debian / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")  # packages start nothing by themselves
    (debian / "usr/sbin/policy-rc.d").chmod(0o755)
    typed = "; ".join(f"s!^{name}=.*!{name}={value}!" for name, value in TYPED.items())
    shutil.copy(Path(__file__).with_name("systemctl.py"), debian / "usr/local/bin/systemctl")
    (debian / "usr/local/bin/systemctl").chmod(0o755)
    editor = debian / "usr/local/bin/editor"
    editor.write_text(f"#!/bin/sh\nsed -i '{typed}' \"$1\"\n", encoding="utf-8")
    editor.chmod(0o755)
    began = time.monotonic()
    run(debian, f"cd /root/jieti\n{by_number['1']}\n{by_number['2']}\n", network=True, seconds=1500)
    fetched = time.monotonic()
    run(debian, f"apt-get install -y -qq --no-install-recommends {STAND_INS} >/dev/null", network=True, seconds=300)
    rest = "\n".join(f"echo '== {number}'\n{by_number[number]}" for number in "345678")
    asked = textwrap.dedent(
        f"""
        echo '== asked'
        cd /
        for second in $(seq 90); do
          curl -ks -H 'Host: jieti.test' http://127.0.0.1:8001/readyz > /tmp/ready && grep -q '"ready": true, "parts"' /tmp/ready && break
          sleep 1
        done
        echo "ready $(cat /tmp/ready)"
        curl -ksS --resolve jieti.test:443:127.0.0.1 -o /tmp/page -w 'page %{{http_code}}\\n' {HERE}/sign-in/
        curl -ksS --resolve jieti.test:80:127.0.0.1 -o /dev/null -w 'plain %{{http_code}} %{{redirect_url}}\\n' http://jieti.test/
        link=$(jieti person invite --role coordinator --phone 13800000001 --name 王晴)
        curl -ksS --resolve jieti.test:443:127.0.0.1 -o /dev/null -w 'link %{{http_code}}\\n' "$link"
        jieti county open 230184 | tail -1
        curl -ksS --resolve jieti.test:443:127.0.0.1 -o /dev/null -w 'county %{{http_code}}\\n' {HERE}/c/wuchang/
        ps -eo user:12,args | grep -E 'jieti|gunicorn|celery|postgres -D|redis-server|nginx: master' | grep -v grep
        stat -c '%a %U:%G %n' /etc/jieti /etc/jieti/secrets /etc/jieti/jieti.env /var/lib/jieti
        """
    )
    out = run(debian, f"cd /opt/jieti\n{rest}\n{asked}", network=False, seconds=900)
    print(f"software {fetched - began:.0f} s, the rest {time.monotonic() - fetched:.0f} s")
    facts = json.loads(re.search(r"^ready (\{.*\})$", out, re.MULTILINE)[1])
    assert facts["ready"], facts
    assert "page 200" in out
    assert f"plain 301 {HERE}/" in out
    assert "link 200" in out
    assert "county 200" in out
    assert len(re.findall(r"^jieti .*gunicorn", out, re.MULTILINE)) >= 4, "two web processes, each with its workers"
    assert len(re.findall(r"^jieti .*celery.* worker", out, re.MULTILINE)) == 2
    assert len(re.findall(r"^jieti .*celery.* beat", out, re.MULTILINE)) == 1
    assert "750 root:jieti /etc/jieti/secrets" in out
    assert "640 root:jieti /etc/jieti/jieti.env" in out

import signal
import subprocess
import sys
import time

from config import processes
from config.supervisor import Part, Supervisor


def sleeper():
    return processes.start([sys.executable, "-c", "import time; time.sleep(60)"])


def test_a_part_that_ends_is_started_again_at_once():
    said = []
    supervisor = Supervisor(said.append)
    supervisor.add(Part("sleeper", sleeper))
    first = supervisor.parts[0].process
    supervisor.parts[0].started -= 60
    first.kill()
    first.wait()
    supervisor.look()
    again = supervisor.parts[0].process
    assert again is not first
    assert again.poll() is None
    assert "sleeper" in said[0]
    supervisor.end()
    assert again.poll() == -signal.SIGTERM


def test_a_part_that_keeps_failing_does_not_spin():
    starts = []

    def fail():
        starts.append(time.monotonic())
        return processes.start(["/bin/false"])

    supervisor = Supervisor(lambda _text: None)
    supervisor.add(Part("broken", fail))
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        supervisor.look()
        time.sleep(0.02)
    assert 2 <= len(starts) <= 5
    supervisor.end()


def test_one_part_that_cannot_start_leaves_the_others_alone():
    calls = []

    def only_once():
        calls.append(1)
        if len(calls) > 1:
            raise OSError("no more")
        return processes.start(["/bin/true"])

    supervisor = Supervisor(lambda _text: None)
    supervisor.add(Part("sleeper", sleeper))
    supervisor.add(Part("once", only_once))
    supervisor.parts[1].process.wait()
    supervisor.look()
    time.sleep(0.3)
    supervisor.look()
    assert len(calls) >= 2
    assert supervisor.parts[0].process.poll() is None
    supervisor.end()


def test_a_child_ends_with_a_killed_parent():
    code = (
        "import sys, os, signal\n"
        f"sys.path[:0] = {sys.path!r}\n"
        "from config import processes\n"
        "print(processes.start([sys.executable, '-c', 'import time; time.sleep(60)'], output=-3).pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=False)
    child = int(done.stdout)
    limit = time.monotonic() + 5
    while alive(child) and time.monotonic() < limit:
        time.sleep(0.02)
    assert not alive(child)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False

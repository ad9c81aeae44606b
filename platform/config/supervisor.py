"""Keeps the platform's parts alive: a part that ends is started again, at once the first time."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from config import processes

LOOK_EVERY = 0.2
STEADY_AFTER = 20.0
LONGEST_PAUSE = 3.0

Start = Callable[[], subprocess.Popen[bytes]]


@dataclass
class Part:
    """One program. ``failures`` counts ends soon after a start, so that a broken one does not spin."""

    name: str
    start: Start
    end_signal: int = signal.SIGTERM
    patience: float = 10
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    failures: int = 0
    due: float = 0

    def launch(self) -> None:
        self.process = self.start()
        self.started = time.monotonic()

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def plan_restart(self) -> None:
        now = time.monotonic()
        self.failures = 0 if now - self.started > STEADY_AFTER else self.failures + 1
        self.due = now + min(LONGEST_PAUSE, 0.25 * self.failures)
        self.process = None

    def end(self) -> None:
        if self.process is not None:
            processes.end(self.process, with_signal=self.end_signal, patience=self.patience)
            self.process = None


@dataclass
class Supervisor:
    """Parts in the order they start; they end in the opposite order."""

    say: Callable[[str], None]
    parts: list[Part] = field(default_factory=list)
    stopping: bool = False

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def add(self, part: Part) -> None:
        part.launch()
        self.parts.append(part)

    def look(self) -> None:
        """One round: note what ended, start what is due."""
        for part in self.parts:
            if part.has_ended():
                assert part.process is not None
                self.say(
                    f"{part.name} 已停止（{part.process.returncode}），正在重新启动。 {part.name} ended, starting it again."
                )
                part.plan_restart()
            if part.process is None and time.monotonic() >= part.due:
                self._relaunch(part)

    def _relaunch(self, part: Part) -> None:
        try:
            part.launch()
        except Exception as trouble:  # a part that cannot start now is tried again, the others live on
            self.say(f"{part.name}: {trouble}")
            part.started = time.monotonic()
            part.plan_restart()

    def wait_for(self, process: subprocess.Popen[bytes]) -> int | None:
        """Watch the parts until a passing program ends; None when we are asked to stop first."""
        while process.poll() is None:
            if self.stopping:
                processes.end(process)
                return None
            self.look()
            time.sleep(LOOK_EVERY)
        return process.returncode

    def watch(self) -> None:
        while not self.stopping:
            self.look()
            time.sleep(LOOK_EVERY)

    def end(self) -> None:
        for part in reversed(self.parts):
            part.end()

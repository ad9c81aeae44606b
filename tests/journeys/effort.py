"""How long a task on a phone takes somebody who knows what to write: counted on the page, not guessed.

The page itself counts screens, taps, signs typed and photos; what each costs a person is set high (a keystroke-level
model gives 1.1 s a tap and 0.3 s a key; a hanzi is two to four keys). What the machine took is measured.
"""

import time
from contextlib import contextmanager
from dataclasses import dataclass

SCREEN, TAP, SIGN, PHOTO = 4.0, 1.2, 1.0, 10.0  # seconds: to look a screen over, to touch, to write, to take
THREE_MINUTES = 180.0
COUNTING = """
(function () {
  var kept = window.sessionStorage, known = new WeakMap();
  function add(what, much) { kept.setItem("effort-" + what, Number(kept.getItem("effort-" + what) || 0) + much); }
  add("screens", 1);
  document.addEventListener("click", function (event) { if (event.isTrusted) { add("taps", 1); } }, true);
  document.addEventListener("change", function (event) {
    if (event.target.type === "file") { add("photos", event.target.files.length); }
  }, true);
  document.addEventListener("input", function (event) {
    var field = event.target;
    if (!/^(text|search|tel|number|textarea|email|date)$/.test(field.type)) { return; }
    add("signs", Math.max(1, Math.abs(field.value.length - (known.get(field) || 0))));
    known.set(field, field.value.length);
  }, true);
}());
"""
READ = "what => Number(window.sessionStorage.getItem('effort-' + what) || 0)"


@dataclass
class Effort:
    screens: int = 0
    taps: int = 0
    signs: int = 0
    photos: int = 0
    machine: float = 0.0

    @property
    def seconds(self):
        person = SCREEN * self.screens + TAP * self.taps + SIGN * self.signs + PHOTO * self.photos
        return person + self.machine

    def __str__(self):
        return (
            f"{self.screens} screens, {self.taps} taps, {self.signs} signs typed, {self.photos} photos: about"
            f" {self.seconds:.0f} s, {self.machine:.0f} s of them the machine's"
        )


@contextmanager
def effort_on(page):
    """``with effort_on(team) as effort``: what is done on this page from here on; read when it ends."""
    effort = Effort()
    page.add_init_script(COUNTING)
    began = time.monotonic()
    yield effort
    effort.machine = time.monotonic() - began
    for name in ("screens", "taps", "signs", "photos"):
        setattr(effort, name, page.evaluate(READ, name))

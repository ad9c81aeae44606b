/* Handing a page on: the machine's own share sheet where there is one, else the address is copied and said to be.
   The button is hidden without it. Written for old WebViews. */
(function () {
  "use strict";
  var place = document.querySelector("[data-share]");
  var canonical = document.querySelector("link[rel=canonical]");
  if (!place || !canonical) { return; }
  var address = canonical.href;
  var told = place.querySelector("[role=status]");

  function say(words) {
    told.textContent = "";
    window.setTimeout(function () { told.textContent = words; }, 50); /* said again when pressed again */
  }
  function copied() { say(place.getAttribute("data-copied")); }
  function notCopied() { say(place.getAttribute("data-not-copied") + " " + address); }

  function copyByHand() {
    var field = document.createElement("textarea");
    var done = false;
    field.value = address;
    field.className = "vh";
    field.setAttribute("readonly", "");
    place.appendChild(field);
    field.select();
    try { done = document.execCommand("copy"); } catch (refused) { done = false; }
    place.removeChild(field);
    place.querySelector("button").focus();
    if (done) { copied(); } else { notCopied(); }
  }
  function copy() {
    if (!navigator.clipboard || !navigator.clipboard.writeText) { copyByHand(); return; }
    navigator.clipboard.writeText(address).then(copied, copyByHand);
  }

  place.querySelector("button").addEventListener("click", function () {
    if (!navigator.share) { copy(); return; }
    navigator.share({ title: document.title, url: address }).then(null, function (refused) {
      if (!refused || refused.name !== "AbortError") { copy(); } /* closed by whoever opened it: nothing to say */
    });
  });
  place.hidden = false;
}());

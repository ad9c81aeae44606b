/* A brand case while it is typed: what stands against a name, and which goods a word means.
   Without it the buttons do the same. Written for old WebViews. */
(function () {
  "use strict";
  var PAUSE = 400;

  function each(list, act) { Array.prototype.forEach.call(list, act); }

  function ask(url, done) {
    var request = new XMLHttpRequest();
    request.open("GET", url);
    request.setRequestHeader("Accept", "application/json");
    request.timeout = 15000;
    request.onloadend = function () {
      var answer = null;
      try { answer = JSON.parse(request.responseText); } catch (wrong) { answer = null; }
      done(request.status, answer);
    };
    request.send();
  }

  function make(tag, words, name) {
    var made = document.createElement(tag);
    if (words) { made.textContent = words; }
    if (name) { made.className = name; }
    return made;
  }

  function empty(place) { while (place.firstChild) { place.removeChild(place.firstChild); } }

  /* Calls act a moment after the last key; the answer to an older text is thrown away. */
  function pausing(input, act) {
    var timer = null;
    var asked = 0;
    function later() {
      window.clearTimeout(timer);
      timer = window.setTimeout(function () {
        var mine = ++asked;
        act(input.value.replace(/^\s+|\s+$/g, ""), function () { return mine === asked; });
      }, PAUSE);
    }
    input.addEventListener("input", later);
    return later;
  }

  each(document.querySelectorAll("[data-look-button], [data-goods-button]"), function (row) { row.hidden = true; });

  /* --- names --- */
  var look = document.querySelector("[data-look-at]");
  if (look) {
    each(look.querySelectorAll("[data-look]"), function (input) {
      var place = document.getElementById(input.getAttribute("aria-describedby").split(" ")[0]);
      var again = pausing(input, function (text, isNewest) { check(text, place, isNewest); });
      each(look.querySelectorAll("input[name=class]"), function (box) { box.addEventListener("change", again); });
    });
  }

  function check(text, place, isNewest) {
    var stopped = document.querySelector("[data-look-stopped]");
    if (stopped) { stopped.parentNode.removeChild(stopped); }  /* it spoke of the name before */
    if (!text) { empty(place); return; }
    if (navigator.onLine === false) { say(place, look.getAttribute("data-offline-words")); return; }
    say(place, look.getAttribute("data-wait"));
    var url = look.getAttribute("data-look-at") + "?name=" + encodeURIComponent(text);
    if (look.getAttribute("data-case")) { url += "&case=" + look.getAttribute("data-case"); }
    each(look.querySelectorAll("input[name=class]:checked"), function (box) { url += "&class=" + box.value; });
    ask(url, function (status, answer) {
      if (!isNewest()) { return; }
      if (!answer) { say(place, look.getAttribute("data-offline-words")); return; }
      if (status !== 200) { say(place, answer.said || ""); return; }
      empty(place);
      if (!answer.findings.length) { place.appendChild(make("p", look.getAttribute("data-good"), "look-fine")); }
      answer.findings.forEach(function (one) { place.appendChild(finding(one)); });
    });
  }

  function say(place, words) { empty(place); place.appendChild(make("p", words, "hint")); }

  function finding(one) {
    var tone = { stop: " notice-error", warn: " notice-warning" }[one.severity] || "";
    var box = make("div", "", "notice look look-" + one.severity + tone);
    var line = make("p");
    var icon = document.querySelector("[data-look-icon=" + one.severity + "] svg");
    if (icon) { box.appendChild(icon.cloneNode(true)); }
    line.appendChild(make("b", look.getAttribute("data-" + one.severity)));
    line.appendChild(document.createTextNode("\u3000" + one.reason + one.mend));
    line.appendChild(make("small", one.article));
    box.appendChild(line);
    return box;
  }

  /* --- goods --- */
  var goods = document.querySelector("[data-goods-at]");
  if (goods) {
    var found = document.getElementById("goods-found");
    var chosen = document.getElementById("goods-chosen");
    var typed = goods.querySelector("[data-goods]");
    pausing(typed, function (text, isNewest) {
      if (!text || navigator.onLine === false) { empty(found); return; }
      ask(goods.getAttribute("data-goods-at") + "?q=" + encodeURIComponent(text), function (status, answer) {
        if (!isNewest() || !answer) { return; }
        empty(found);
        if (status !== 200) { found.appendChild(make("p", answer.said || "", "hint")); return; }
        var fresh = answer.found.filter(function (one) { return !ticked(one.key); });
        if (!answer.found.length) { found.appendChild(make("p", goods.getAttribute("data-none"), "hint")); }
        fresh.forEach(function (one) { found.appendChild(option(one)); });
      });
    });
    /* A tick moves the tile to the chosen ones and makes room for the next word. */
    found.addEventListener("change", function (event) {
      var tile = event.target.parentNode;
      if (!event.target.checked || tile.parentNode !== found) { return; }
      chosen.appendChild(tile);
      typed.value = "";
      empty(found);
      var none = goods.querySelector("[data-goods-empty]");
      if (none) { none.hidden = true; }
      typed.focus();
    });
    /* Enter looks up a word; it does not leave the screen with the word unread. */
    typed.addEventListener("keydown", function (event) {
      var first = found.querySelector("input");
      if (event.key === "Enter" && typed.value) {
        event.preventDefault();
        if (first) { first.click(); }
      }
    });
  }

  function ticked(key) {
    return Array.prototype.some.call(chosen.querySelectorAll("input"), function (box) {
      return box.value === key && box.checked;
    });
  }

  function option(one) {
    var tile = make("label", "", "option");
    var box = document.createElement("input");
    box.type = "checkbox"; box.name = "chosen"; box.value = one.key;
    var words = make("span", one.word + (one.hint ? "，" + one.hint : ""));
    words.appendChild(make("small", one.says));
    tile.appendChild(box);
    tile.appendChild(words);
    return tile;
  }

  /* --- the owner: the tile of a new one opens its questions --- */
  var fresh = document.querySelector("[data-new-owner]");
  if (fresh) {
    document.addEventListener("change", function (event) {
      if (event.target.name === "producer") { fresh.open = event.target.value === "new"; }
    });
  }
})();

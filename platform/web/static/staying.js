/* A session that nobody uses ends. A minute before, the page says so; what was typed and not saved stays in
   this tab until it is sent or put aside. Phones, identity numbers and passwords are never kept.
   Without a script the server ends the session all the same. Written for old WebViews. */
(function () {
  "use strict";
  var tag = document.currentScript || document.querySelector("script[data-stay]");
  if (!tag) { return; }
  var words = function (name) { return tag.getAttribute("data-" + name) || ""; };
  var PRIVATE = /password|phone|id_number|code|secret|csrf|again|old/i;
  var WARN = 60;
  var store = null;
  try { store = window.sessionStorage; store.getItem("x"); } catch (refused) { store = null; }
  var person = words("person");
  var here = "kept:" + person + ":" + window.location.pathname;

  /* --- what was typed --- */
  function mine(key) { return key.indexOf("kept:") === 0; }
  function eachKept(act) {
    var names = [];
    var number;
    for (number = 0; number < store.length; number += 1) { names.push(store.key(number)); }
    names.filter(mine).forEach(act);
  }
  function forms() {
    return Array.prototype.filter.call(document.querySelectorAll("form"), function (form) {
      return /post/i.test(form.getAttribute("method") || "") && !form.hasAttribute("data-sign-out");
    });
  }
  function fields(form) {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name && !PRIVATE.test(field.name) && !/^(hidden|password|file|submit|button)$/.test(field.type);
    });
  }
  function typed(form) {
    return fields(form).map(function (field) {
      return [field.name, field.value, /^(checkbox|radio)$/.test(field.type) ? field.checked : null];
    });
  }
  function put(form, kept) {
    fields(form).forEach(function (field, number) {
      var one = kept[number];
      if (!one || one[0] !== field.name) { return; }
      if (one[2] === null) { field.value = one[1]; } else { field.checked = one[2]; }
    });
  }
  function keep(form, number) {
    try { store.setItem(here + "#" + number, JSON.stringify({ at: Date.now(), typed: typed(form) })); } catch (full) { return; }
  }
  /* A form that saves itself tells when the server has all of it. Sent without an answer it stays: its own page, shown
     anew, is what did not get through; the next screen is what did. */
  function mayBeLost(key, kept) {
    return !kept.sent || (key.indexOf(here + "#") === 0 && document.querySelector("form[data-autosave]"));
  }
  function read(key) { try { return JSON.parse(store.getItem(key)); } catch (broken) { return null; } }

  if (store && words("stay") === "sign-in") {
    /* What was sent a moment ago did not arrive: the session had ended. */
    eachKept(function (key) {
      var kept = read(key);
      if (kept && kept.sent) { delete kept.sent; store.setItem(key, JSON.stringify(kept)); }
    });
    return;
  }
  /* Wagtail's editor keeps its own drafts, every half second. */
  if (store && person && words("stay") !== "cms") {
    eachKept(function (key) {
      var kept = read(key);
      var foreign = key.indexOf("kept:" + person + ":") !== 0;
      if (!kept || foreign || !mayBeLost(key, kept) || Date.now() - kept.at > 12 * 3600 * 1000) { store.removeItem(key); }
    });
    forms().forEach(function (form, number) {
      var kept = read(here + "#" + number);
      if (kept && JSON.stringify(kept.typed) !== JSON.stringify(typed(form))) { offer(form, number, kept); }
      form.addEventListener("saved", function () { store.removeItem(here + "#" + number); });
      form.addEventListener("input", function () { keep(form, number); });
      form.addEventListener("change", function () { keep(form, number); });
      form.addEventListener("submit", function () {
        var last = read(here + "#" + number);
        if (last) { last.sent = true; store.setItem(here + "#" + number, JSON.stringify(last)); }
      });
    });
  }
  function offer(form, number, kept) {
    var bar = note("stay-kept", words("kept"));
    button(bar, words("put-back"), function () { put(form, kept.typed); tell(form); away(bar); });
    button(bar, words("put-aside"), function () { store.removeItem(here + "#" + number); away(bar); });
    form.parentNode.insertBefore(bar, form);
  }

  /* What was put back is typed again: a form that saves itself saves it. */
  function tell(form) {
    var typing = document.createEvent("Event");
    typing.initEvent("input", true, false);
    form.dispatchEvent(typing);
  }

  /* --- how long it lasts --- */
  var idle = parseInt(words("idle"), 10) || 0;
  var seen = Date.now();
  var moved = seen;
  var stirred = false;
  var bar = null;
  if (!idle || !person) { return; }
  ["keydown", "mousedown", "touchstart", "input"].forEach(function (kind) {
    document.addEventListener(kind, function () { stirred = true; moved = Date.now(); }, true);
  });
  window.setInterval(tick, 5000);

  function tick() {
    var quiet = (Date.now() - seen) / 1000;
    /* No network to ask over, and nobody here either: the server has ended it by now. */
    if (quiet > idle + 30 && (Date.now() - moved) / 1000 > idle) { over(); empty(); return; }
    if (stirred && quiet > Math.min(120, idle / 5)) { ask("POST", words("url")); return; }
    if (quiet > idle - WARN - 10) { ask("GET", words("left")); }
  }
  function ask(method, url) {
    var request = new XMLHttpRequest();
    var stirring = method === "POST";
    request.open(method, url);
    request.setRequestHeader("Accept", "application/json");
    if (stirring) { request.setRequestHeader("X-CSRFToken", words("csrf")); stirred = false; }
    request.onload = function () {
      var answer = null;
      try { answer = JSON.parse(request.responseText); } catch (page) { answer = null; }
      if (!answer) {
        if (request.status < 500) { over(); }
        /* Our own sign-in page, not some network's: only then is what stands here thrown away. */
        if (request.responseText.indexOf('data-stay="sign-in"') > 0) { empty(); }
        return;
      }
      seen = Date.now() - (idle - answer.left) * 1000;
      if (answer.left <= WARN) { warn(answer.left); } else if (bar) { away(bar); bar = null; }
    };
    request.send();
  }
  function warn(left) {
    if (left <= 0) { over(); empty(); return; }
    if (bar) { return; }
    bar = note("stay-warn", words("warn"));
    button(bar, words("go-on"), function () { ask("POST", words("url")); });
    document.body.appendChild(bar);
    window.setTimeout(function () { if (bar) { ask("GET", words("left")); } }, (left + 1) * 1000);
  }
  function over() {
    if (bar) { away(bar); }
    bar = note("stay-over", words("over"));
    button(bar, words("again"), function () { window.location.reload(); });
    document.body.appendChild(bar);
    idle = Infinity;
  }
  /* What the page shows was for whoever was signed in. It goes only where what they typed is kept: not from Wagtail's
     editor, nor from a draft that saves itself, which may wait for a network. */
  function empty() {
    if (!store || words("stay") === "cms" || document.querySelector("form[data-autosave]")) { return; }
    Array.prototype.forEach.call(document.querySelectorAll("main, .desk-side, .who"), function (part) {
      part.textContent = "";
    });
  }

  function note(kind, sentence) {
    var place = document.createElement("div");
    place.className = "stay " + kind;
    place.setAttribute("role", "alert");
    place.appendChild(document.createTextNode(sentence + " "));
    return place;
  }
  function button(place, name, act) {
    var one = document.createElement("button");
    one.type = "button";
    one.className = "btn btn-small";
    one.textContent = name;
    one.addEventListener("click", act);
    place.appendChild(one);
  }
  function away(place) { if (place.parentNode) { place.parentNode.removeChild(place); } }
}());

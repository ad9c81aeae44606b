/* What is nicer with a script. Every page works without it. */
(function () {
  "use strict";
  var wide = window.matchMedia("(min-width: 1024px)");
  var shopWide = window.matchMedia("(min-width: 900px)");

  function each(selector, act) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  }

  /* The desk's side list is a menu under 1024, the facets a sheet under 900. */
  function fold() {
    each(".desk-side details", function (menu) { menu.open = wide.matches; });
    each("details.sheet", function (sheet) { if (shopWide.matches) { sheet.open = true; } });
  }
  fold();
  wide.addListener(fold);
  shopWide.addListener(fold);
  if (!shopWide.matches) {
    each(".map details:not(.map-first-box)", function (part) { part.open = false; });
    each("details.sheet", function (sheet) { sheet.open = false; });
  }
  each(".map summary", function (head) {
    head.addEventListener("click", function (event) { if (shopWide.matches) { event.preventDefault(); } });
  });

  /* A selection that sends its form: the button beside it is for those without a script. */
  each("select[data-send]", function (field) {
    var button = field.form && field.form.querySelector("[data-send-button]");
    if (button) { button.hidden = true; }
    field.addEventListener("change", function () { field.form.submit(); });
  });

  /* Without a network a button leads to the browser's own page and what was typed stays behind: nothing goes, and the
     warning stands where the thumb is. Signing out is no matter of the network: what was typed goes at once. */
  var banner = document.querySelector("[data-offline]");
  var foot = document.querySelector(".steps-foot");
  if (banner && foot) { foot.insertBefore(banner, foot.firstChild); }
  function network() { if (banner) { banner.hidden = navigator.onLine !== false; } }
  function stays(event, button) {
    if (!banner || navigator.onLine !== false) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!foot) { button.parentNode.insertBefore(banner, button); }
    banner.setAttribute("role", "alert");
    network();
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-sign-out")) { stays(event, event.submitter || form.querySelector("button") || form); }
  }, true);
  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest(".steps a[href]") : null;
    if (link && /^http/.test(link.protocol) && link.pathname !== window.location.pathname) { stays(event, link); }
  }, true);
  window.addEventListener("online", network);
  window.addEventListener("offline", network);
  network();

  /* Danger is confirmed in words. */
  document.addEventListener("submit", function (event) {
    var asked = event.target.getAttribute("data-confirm");
    if (asked && !window.confirm(asked)) { event.preventDefault(); }
  });

  /* Pressed twice is meant once. Not for good: a form whose answer is a file leaves its page standing. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || !/post/i.test(form.getAttribute("method") || "")) { return; }
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "");
    window.setTimeout(function () { form.removeAttribute("data-sent"); }, 3000);
  });

  /* Whoever signs out leaves nothing typed behind, on an old browser too, and where the answer never comes. */
  document.addEventListener("submit", function (event) {
    if (!event.target.hasAttribute("data-sign-out")) { return; }
    try { window.sessionStorage.clear(); } catch (refused) { return; }
  });

  /* "/" goes to the desk's search. */
  document.addEventListener("keydown", function (event) {
    var field = document.querySelector(".desk-find input");
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && field && !typing) { event.preventDefault(); field.focus(); }
  });
  each("[data-print]", function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  /* One box ticks all of its kind. */
  each("[data-check-all]", function (box) {
    var name = box.getAttribute("data-check-all");
    box.hidden = false;
    box.addEventListener("change", function () {
      each('input[type=checkbox][name="' + name + '"]', function (one) { one.checked = box.checked; });
    });
  });

  /* The browser's own file button speaks the browser's language; ours speaks the page's. */
  each('input[type=file]:not([data-plain])', function (input) {
    var words = document.body;
    if (!input.id || !words.getAttribute("data-pick")) { return; }
    var button = document.createElement("label");
    var name = document.createElement("span");
    button.className = "btn";
    button.htmlFor = input.id;
    button.textContent = words.getAttribute("data-pick");
    name.className = "picked";
    name.textContent = words.getAttribute("data-picked-none");
    input.classList.add("vh");
    input.parentNode.insertBefore(button, input.nextSibling);
    input.parentNode.insertBefore(name, button.nextSibling);
    input.addEventListener("change", function () {
      var files = Array.prototype.map.call(input.files || [], function (file) { return file.name; });
      name.textContent = files.join("、") || words.getAttribute("data-picked-none");
    });
  });

  /* A form that came back: what is wrong with it is read first, wherever on the page it stands. */
  var wrong = document.querySelector(".errors[tabindex]");
  if (wrong) { wrong.focus(); }

  /* A toast: six seconds, never for errors. */
  window.jieti = {
    toast: function (sentence) {
      var note = document.createElement("div");
      note.className = "toast";
      note.setAttribute("role", "status");
      note.textContent = sentence;
      document.body.appendChild(note);
      window.setTimeout(function () { note.parentNode.removeChild(note); }, 6000);
    }
  };
  each(".toast", function (note) { window.setTimeout(function () { note.hidden = true; }, 6000); });
}());

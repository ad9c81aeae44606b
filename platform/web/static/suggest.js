/* Typing help under a search box: a combobox with a list (WAI-ARIA). Without a script the box is a plain box. */
(function () {
  "use strict";
  if (window.jietiSuggest) { return; }
  window.jietiSuggest = true;
  var WAIT = 120;
  var number = 0;

  function assist(input) {
    var box = input.form;
    var id = "suggest-" + (number += 1);
    var list = document.createElement("ul");
    var told = document.createElement("p");
    var request = null;
    var timer = 0;
    var typed = "";
    var asked = "";
    var shown = [];
    var at = -1;

    list.id = id;
    list.className = "suggest";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.getAttribute("data-suggest-label"));
    told.className = "vh";
    told.setAttribute("role", "status");
    box.parentNode.insertBefore(told, box.nextSibling);
    document.body.appendChild(list); /* pictures cut off what stands out of them */
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", id);
    input.setAttribute("aria-expanded", "false");

    function place() {
      var edge = box.getBoundingClientRect();
      list.style.top = edge.bottom + window.pageYOffset + "px";
      list.style.left = edge.left + window.pageXOffset + "px";
      list.style.width = edge.width + "px";
    }

    function close() {
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function stop() {
      window.clearTimeout(timer);
      if (request) { request.abort(); request = null; }
    }

    function mark(next) {
      if (at >= 0) { list.children[at].setAttribute("aria-selected", "false"); }
      at = next;
      if (at < 0) {
        input.removeAttribute("aria-activedescendant");
        input.value = typed;
        return;
      }
      list.children[at].setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", list.children[at].id);
      input.value = shown[at].text;
      list.scrollTop = list.children[at].offsetTop - list.clientHeight + list.children[at].offsetHeight;
    }

    function go(one) {
      stop();
      close();
      if (one.kind === "product" || one.kind === "county") { window.location.href = one.url; return; }
      input.value = one.text;
      box.submit();
    }

    function row(one, number) {
      var item = document.createElement("li");
      var text = document.createElement("span");
      var where = document.createElement("span");
      item.id = id + "-" + number;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      text.textContent = one.text;
      where.className = "suggest-where";
      where.textContent = [one.county && one.kind !== "county" ? one.county.name : "", one.kind_name].join(" ").trim();
      item.appendChild(text);
      item.appendChild(document.createTextNode(" "));
      item.appendChild(where);
      item.addEventListener("mousedown", function (event) { event.preventDefault(); });
      item.addEventListener("click", function () { go(one); });
      return item;
    }

    function show(found) {
      shown = found;
      at = -1;
      list.textContent = "";
      input.removeAttribute("aria-activedescendant");
      found.forEach(function (one, number) { list.appendChild(row(one, number)); });
      told.textContent = found.length ? box.getAttribute("data-suggest-told").replace("0", found.length) : "";
      place();
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", found.length ? "true" : "false");
    }

    function ask() {
      var mine = new XMLHttpRequest();
      if (request) { request.abort(); }
      request = mine;
      asked = typed;
      mine.open("GET", box.getAttribute("data-suggest") + "?q=" + encodeURIComponent(typed));
      mine.onload = function () {
        if (request !== mine) { return; }
        request = null;
        if (mine.status === 200 && document.activeElement === input) { show(JSON.parse(mine.responseText).suggestions); }
      };
      mine.onerror = function () { if (request === mine) { request = null; } };
      mine.send();
    }

    function hear() {
      typed = input.value;
      stop();
      if (!typed.trim()) { asked = ""; close(); return; }
      if (typed === asked && shown.length) { list.hidden = false; input.setAttribute("aria-expanded", "true"); return; }
      timer = window.setTimeout(ask, WAIT);
    }

    input.addEventListener("input", function (event) { if (!event.isComposing) { hear(); } });
    input.addEventListener("compositionend", hear);
    window.addEventListener("resize", function () { if (!list.hidden) { place(); } });
    input.addEventListener("blur", function () { stop(); close(); });
    input.addEventListener("keydown", function (event) {
      if (event.isComposing || event.keyCode === 229) { return; }
      if ((event.key === "ArrowDown" || event.key === "ArrowUp") && list.hidden) {
        if (event.key === "ArrowDown") { event.preventDefault(); hear(); }
        return;
      }
      if (list.hidden) { return; }
      if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1 < shown.length ? at + 1 : -1); }
      if (event.key === "ArrowUp") { event.preventDefault(); mark(at < 0 ? shown.length - 1 : at - 1); }
      if (event.key === "Escape") { event.preventDefault(); mark(-1); stop(); close(); }
      if (event.key === "Enter" && at >= 0) { event.preventDefault(); go(shown[at]); }
    });
  }

  Array.prototype.forEach.call(document.querySelectorAll("form[data-suggest] input[type=search]"), assist);
}());

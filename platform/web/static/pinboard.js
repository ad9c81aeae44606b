/* Remarks on a picture: a tap or the arrow keys say where. Without it the nine spots of the form do.
   Written for old WebViews. */
(function () {
  "use strict";
  var STEP = 20;
  var WHOLE = 1000;

  each(document.querySelectorAll("[data-board]"), function (board) {
    light(board);
    var picture = board.querySelector("[data-pin-here]");
    var form = board.querySelector("[data-pin-form]");
    if (picture && form) { pin(board, picture, form); }
  });

  function each(list, act) { Array.prototype.forEach.call(list, act); }

  function within(value) { return Math.max(0, Math.min(WHOLE, Math.round(value))); }

  function pin(board, picture, form) {
    var mark = board.querySelector("[data-new-pin]");
    var words = form.querySelector("textarea");
    var spots = form.querySelectorAll("[name=spot]");
    var place = null;
    form.querySelector("[data-without-script]").hidden = true;
    form.querySelector("[data-with-script]").hidden = false;

    function put(x, y) {
      place = { x: within(x), y: within(y) };
      form.elements.x.value = place.x;
      form.elements.y.value = place.y;
      each(spots, function (spot) { spot.checked = false; });
      draw();
    }

    function draw() {
      each(mark.children, function (part) {
        var along = part.tagName.toLowerCase() === "circle" ? ["cx", "cy"] : ["x", "y"];
        part.setAttribute(along[0], place.x / 10 + "%");
        part.setAttribute(along[1], place.y / 10 + "%");
      });
      mark.removeAttribute("hidden");
    }

    picture.addEventListener("click", function (event) {
      if (onMark(event.target)) { return; }
      var edge = picture.getBoundingClientRect();
      put((event.clientX - edge.left) * WHOLE / edge.width, (event.clientY - edge.top) * WHOLE / edge.height);
      words.focus();
    });
    picture.addEventListener("keydown", function (event) {
      var way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      var from = place || { x: WHOLE / 2, y: WHOLE / 2 };
      if (way) {
        event.preventDefault();
        put(from.x + way[0] * STEP, from.y + way[1] * STEP);
      } else if (event.key === "Enter" && event.target === picture) {
        event.preventDefault();
        if (!place) { put(from.x, from.y); }
        words.focus();
      }
    });
    each(spots, function (spot) {
      spot.addEventListener("change", function () {
        var at = spot.value.split(",");
        form.elements.x.value = "";
        form.elements.y.value = "";
        place = { x: Number(at[0]), y: Number(at[1]) };
        draw();
      });
    });
  }

  /* A mark of an old remark leads to its words. */
  function onMark(target) {
    while (target && target.tagName) {
      if (target.tagName.toLowerCase() === "a") { return true; }
      target = target.parentNode;
    }
    return false;
  }

  /* A remark that is read or answered shows its mark larger. */
  function light(board) {
    function set(event, on) {
      var item = event.target;
      while (item && item !== board && !/(^| )board-item( |$)/.test(item.className || "")) { item = item.parentNode; }
      var mark = item && item.id && board.querySelector('[data-mark="' + item.id + '"]');
      if (!mark) { return; }
      mark.setAttribute("class", mark.getAttribute("class").replace(/ board-on/g, "") + (on ? " board-on" : ""));
    }
    each(["mouseover", "focusin"], function (name) { board.addEventListener(name, function (event) { set(event, true); }); });
    each(["mouseout", "focusout"], function (name) { board.addEventListener(name, function (event) { set(event, false); }); });
  }
}());

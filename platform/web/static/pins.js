/* A finger on a draft: the place goes into the form below it. Without script a list of places does. */
(function () {
  "use strict";
  var form = document.querySelector("[data-pin-form]");
  var pictures = document.querySelectorAll("[data-pins]");
  if (!form || !pictures.length) { return; }
  var hint = form.querySelector("[data-pin-hint]");
  var mark = null;
  hint.hidden = false;

  function place(event) {
    var picture = event.currentTarget;
    var box = picture.getBoundingClientRect();
    var x = Math.round(1000 * (event.clientX - box.left) / box.width);
    var y = Math.round(1000 * (event.clientY - box.top) / box.height);
    form.elements.x.value = Math.min(Math.max(x, 0), 1000);
    form.elements.y.value = Math.min(Math.max(y, 0), 1000);
    form.elements.file.value = picture.getAttribute("data-pins");
    form.querySelector("[data-pin-spot]").hidden = true;
    show(picture, form.elements.x.value / 10, form.elements.y.value / 10);
    form.elements.words.focus();
  }

  function show(picture, x, y) {
    if (mark) { mark.parentNode.removeChild(mark); }
    mark = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    mark.setAttribute("class", "pin-new");
    mark.setAttribute("cx", x + "%");
    mark.setAttribute("cy", y + "%");
    mark.setAttribute("r", "13");
    picture.querySelector("svg").appendChild(mark);
  }

  for (var i = 0; i < pictures.length; i += 1) { pictures[i].addEventListener("click", place); }
})();

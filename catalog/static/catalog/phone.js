/* A product from a phone: what is typed is kept every few seconds, photos are made small before they
   travel. Without it every screen works by its buttons. Written for old WebViews. */
(function () {
  "use strict";
  var EVERY = 4000;
  var EDGE = 1920;

  function send(url, body, done) {
    var request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.timeout = 60000;
    request.onloadend = function () {
      var answer = null;
      try { answer = JSON.parse(request.responseText); } catch (wrong) { answer = null; }
      done(request.status, answer);
    };
    request.send(body);
  }

  var form = document.querySelector("form[data-autosave]");
  if (form && window.FormData) { keep(form); }

  function keep(form) {
    var dirty = false;
    var busy = false;
    var leaving = false;
    var pressed = null;
    function typed() { dirty = true; say(form, "unsaved"); }  /* the time of an older save would say that this is kept */
    form.addEventListener("compositionstart", typed);  /* a method of writing hanzi has its own first key */
    form.addEventListener("input", typed);
    form.addEventListener("change", typed);
    /* Old WebViews have no event.submitter. */
    document.addEventListener("click", function (event) {
      pressed = event.target.closest ? event.target.closest("button") : null;
    }, true);
    form.addEventListener("submit", function (event) {
      /* A save on its way could make a second draft of a first screen: let it land first. */
      if (!busy) { leaving = true; return; }
      event.preventDefault();
      var button = event.submitter || pressed;
      var wait = window.setInterval(function () {
        if (busy) { return; }
        window.clearInterval(wait);
        leaving = true;
        if (button && button.name) {
          var kept = document.createElement("input");
          kept.type = "hidden"; kept.name = button.name; kept.value = button.value;
          form.appendChild(kept);
        }
        form.submit();
      }, 100);
    });
    window.setInterval(function () {
      if (!dirty || busy || leaving || navigator.onLine === false) { return; }
      dirty = false;
      busy = true;
      say(form, "saving");
      send(form.getAttribute("data-autosave"), new FormData(form), function (status, answer) {
        busy = false;
        if (status !== 200 || !answer) { dirty = dirty || status === 0; say(form, "unsaved"); return; }
        if (answer.action) {
          form.setAttribute("action", answer.action);
          form.setAttribute("data-autosave", answer.autosave);
          window.history.replaceState(null, "", answer.action);
        }
        if (answer.saved && !dirty) {
          say(form, "saved", answer.saved);
          if (!answer.part) { form.dispatchEvent(event("saved")); }
        } else { say(form, "unsaved"); }
      });
    }, EVERY);
  }

  function event(name) {
    var made = document.createEvent("Event");
    made.initEvent(name, false, false);
    return made;
  }

  /* Is what stands here kept: saved (and when), saving, or unsaved. */
  function say(form, state, time) {
    var words = (form.getAttribute("data-" + state) || "") + (time ? " " + time : "");
    var place = document.querySelector(".steps-top .saved");
    if (!place) {
      place = document.createElement("span");
      place.setAttribute("role", "status");
      document.querySelector(".steps-top").appendChild(place);
    }
    place.className = state === "saved" ? "saved badge" : "saved badge saved-not";
    if (place.textContent !== words) { place.textContent = words; }
  }

  var photos = document.querySelector("form[data-photos]");
  if (photos && window.FormData && window.FileReader) { shoot(photos); }

  function shoot(form) {
    var input = form.querySelector("input[type=file]");
    var gallery = form.querySelector("[data-photo-gallery]");
    form.querySelector("[data-photo-send]").hidden = true;
    gallery.hidden = false;
    gallery.addEventListener("click", function () {
      input.removeAttribute("capture");
      input.click();
      input.setAttribute("capture", "environment");
    });
    input.addEventListener("change", function () {
      if (input.files.length) { smaller(input.files[0], function (file) { post(form, input, file); }); }
    });
  }

  function post(form, input, file) {
    var body = new FormData();
    var token = form.querySelector("[name=csrfmiddlewaretoken]");
    body.append(token.name, token.value);
    body.append("photo", file, "photo.jpg");
    show(form, "[data-photo-error]", "");
    show(form, "[data-photo-status]", form.getAttribute("data-sending"));
    send(form.action, body, function (status, answer) {
      show(form, "[data-photo-status]", "");
      if (status === 200) { window.location.reload(); return; }
      input.value = "";
      var errors = answer && answer.errors && answer.errors.length ? answer.errors.join("") : "";
      show(form, "[data-photo-error]", errors || form.getAttribute("data-failed"));
    });
  }

  function show(form, selector, words) {
    var place = form.querySelector(selector);
    place.textContent = words;
    place.hidden = !words;
  }

  /* Only where the browser turns a photo upright by itself: else the canvas would lose the turn. */
  function smaller(file, done) {
    var upright = window.CSS && CSS.supports && CSS.supports("image-orientation", "from-image");
    var canvas = document.createElement("canvas");
    if (!upright || !canvas.toBlob || file.size < 400000) { done(file); return; }
    var picture = new Image();
    var reader = new FileReader();
    reader.onerror = function () { done(file); };
    reader.onload = function () { picture.src = reader.result; };
    picture.onerror = function () { done(file); };
    picture.onload = function () {
      var scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(function (blob) { done(blob && blob.size < file.size ? blob : file); }, "image/jpeg", 0.85);
    };
    reader.readAsDataURL(file);
  }
})();

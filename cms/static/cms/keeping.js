/* The editor keeps a draft by itself, half a second after a change. What is written while a draft is under way, or before
   the editor has taken its first look at the form (two seconds), it would take for what was already kept: it would
   neither be stored nor be warned about on leaving. Here the editor is told what the draft really held. */
(function () {
  "use strict";
  var sent = null;

  function watcher(form) {
    var app = window.wagtail && window.wagtail.app;
    return app ? app.getControllerForElementAndIdentifier(form, "w-unsaved") : null;
  }
  /* The server may have filled in a number of its own (a new row's): that is no change of the editor's. */
  function told(form, answer) {
    var kept = new URLSearchParams(sent);
    Object.keys(answer.field_updates || {}).forEach(function (name) {
      if (kept.has(name)) { kept.set(name, answer.field_updates[name]); }
    });
    return kept.toString();
  }

  document.addEventListener("w-autosave:save", function (event) {
    var unsaved = watcher(event.target);
    sent = unsaved ? unsaved.formData : null;
  });
  document.addEventListener("w-autosave:success", function (event) {
    var unsaved = watcher(event.target);
    if (!unsaved || sent === null) { return; }
    unsaved.initialFormData = told(event.target, event.detail.response || {});
    unsaved.previousFormData = unsaved.initialFormData;
    unsaved.check();
  });
  var touched = null;
  function unlooked(form) {
    var unsaved = watcher(form);
    if (unsaved && !unsaved.initialFormData) { unsaved.forceValue = true; unsaved.hasEditsValue = true; }
  }
  /* Only a person's hand counts: the editor's own pieces set their fields up in these seconds, too. */
  function early(event) {
    var form = event.isTrusted && event.target.form;
    if (!form) { return; }
    touched = form;
    unlooked(form);
  }
  document.addEventListener("input", early, true);
  document.addEventListener("change", early, true);
  document.addEventListener("w-unsaved:ready", function (event) {
    if (event.target === touched) { window.setTimeout(function () { unlooked(touched); }, 0); }
  });
})();

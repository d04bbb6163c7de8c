/* Fields of a change form are checked by the server as soon as they are filled in; nothing is saved by it.
   Without this file the same errors come with the save. */
"use strict";

(function () {
  /* Where the theme puts the errors of a field: below its input and its help. */
  function placeOf(input) {
    const line = input.closest(".field-line") || input.closest("td");
    return line && line.querySelector(".grow");
  }

  function describe(input, list, id) {
    const others = (input.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== id);
    const all = list ? [...others, id] : others;
    if (all.length) input.setAttribute("aria-describedby", all.join(" "));
    else input.removeAttribute("aria-describedby");
    if (list) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  /* `list` is the list of errors as the form itself would show it, or nothing. */
  function tell(input, list) {
    const place = placeOf(input);
    if (!place) return;
    place.querySelectorAll(":scope > .text-red-600").forEach((old) => old.remove());
    const line = input.closest(".field-line, td");
    line.classList.toggle("errors", Boolean(list));
    const box = document.createElement("div");
    box.className = "mt-2 text-red-600 text-xs dark:text-red-500";
    box.setAttribute("role", "alert");
    box.innerHTML = list || "";
    const told = box.querySelector("ul");
    if (told && !told.id) told.id = `${input.id}_error`;
    describe(input, list, told ? told.id : `${input.id}_error`);
    if (list) place.append(box);
  }

  function follow(form) {
    const touched = new Set();
    let asked = 0;

    async function check() {
      const number = ++asked;
      let answer;
      try {
        answer = await fetch(window.location.href, {
          method: "POST", body: new FormData(form), headers: { "HB-Check": "1" }, redirect: "error",
        });
        if (!answer.ok) return;
        answer = (await answer.json()).problems;
      } catch {
        return;  /* No server, no session: the save will tell. */
      }
      /* Something was filled in meanwhile: the next answer counts. */
      if (number !== asked) return;
      touched.forEach((name) => {
        const input = form.elements[name] instanceof RadioNodeList ? form.elements[name][0] : form.elements[name];
        /* A date and its time are two inputs of one field: "at_0" and "at_1". */
        if (input) tell(input, answer[name] || answer[name.replace(/_[0-9]+$/, "")]);
      });
    }

    /* Searched selects tell of their changes by jQuery alone, which also hears those of all others. */
    const changed = (event) => {
      const field = event.target;
      if (!field.name || field.type === "file" || field.type === "hidden" || field.form !== form) return;
      touched.add(field.name);
      check();
    };
    const $ = window.django && window.django.jQuery;
    if ($) $(form).on("change", changed);
    else form.addEventListener("change", changed);
  }

  window.addEventListener("load", () => {
    const mark = document.querySelector("[data-checked-at-once]");
    if (mark) follow(mark.closest("form"));
  });
})();

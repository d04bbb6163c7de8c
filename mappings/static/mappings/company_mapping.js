/* Keys and the client finder of the company mapping page. The page does its job without it. */
"use strict";

(function () {
  const page = () => document.querySelector("[data-keys]");
  const rows = () => [...document.querySelectorAll("tr[data-row]")];
  let at = -1; /* index of the row that one is at; kept when the list is drawn anew */

  /* ---- finding a client ------------------------------------------------------------------------ */

  function finder(box) {
    if (box.dataset.ready) return;
    box.dataset.ready = "1";
    box.hidden = false;
    const text = box.querySelector("input[type=text]");
    const chosen = box.querySelector("input[type=hidden]");
    const list = box.querySelector("[role=listbox]");
    const button = box.querySelector("button");
    let marked = -1, timer = 0, asked = 0;

    /* Over everything: the table around it scrolls, and would cut it off. */
    const place = () => {
      const field = text.getBoundingClientRect();
      const below = window.innerHeight - field.bottom;
      list.style.left = `${field.left}px`;
      list.style.width = `${Math.max(field.width, 220)}px`;
      list.style.top = below > list.offsetHeight + 8 ? `${field.bottom + 4}px` : "auto";
      list.style.bottom = list.style.top === "auto" ? `${window.innerHeight - field.top + 4}px` : "auto";
    };
    const options = () => [...list.querySelectorAll("[role=option][data-id]")];
    const close = () => {
      list.hidden = true;
      window.removeEventListener("scroll", place, true);
      marked = -1;
      text.setAttribute("aria-expanded", "false");
      text.removeAttribute("aria-activedescendant");
    };
    const forget = () => {
      chosen.value = "";
      chosen.disabled = true;
      button.hidden = true;
      countChosen();
    };
    const take = (option) => {
      text.value = option.textContent;
      chosen.value = option.dataset.id;
      chosen.disabled = false;
      button.hidden = false;
      close();
      countChosen();
    };
    const mark = (index) => {
      const all = options();
      if (!all.length) return;
      marked = (index + all.length) % all.length;
      all.forEach((option, place) => option.setAttribute("aria-selected", String(place === marked)));
      text.setAttribute("aria-activedescendant", all[marked].id);
      all[marked].scrollIntoView({ block: "nearest" });
    };
    const show = (results, more) => {
      list.replaceChildren();
      results.forEach((result, place) => {
        const option = document.createElement("li");
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.id = `${list.id}-${place}`;
        option.dataset.id = result.id;
        option.textContent = result.text;
        list.append(option);
      });
      if (!results.length || more) {
        const note = document.createElement("li");
        note.className = "hb-muted hb-small";
        note.textContent = results.length ? "More: go on typing." : "No client matches.";
        list.append(note);
      }
      list.hidden = false;
      place();
      window.addEventListener("scroll", place, true);
      text.setAttribute("aria-expanded", "true");
    };
    const ask = async () => {
      const number = (asked += 1);
      const address = new URL(box.dataset.choose, window.location.href);
      address.searchParams.set("term", text.value);
      let told;
      try {
        const answer = await fetch(address, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        told = await answer.json();
      } catch (problem) {
        told = null;
      }
      if (number !== asked || document.activeElement !== text) return;
      if (told) return show(told.results, told.pagination.more);
      show([], false);
      list.firstChild.textContent = "The clients could not be read: try again.";
    };

    text.addEventListener("input", () => {
      forget();
      clearTimeout(timer);
      timer = setTimeout(ask, 200);
    });
    text.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) return ask();
        mark(event.key === "ArrowDown" ? marked + 1 : marked < 0 ? -1 : marked - 1);
      } else if (event.key === "Enter") {
        event.preventDefault();
        const all = options();
        const only = all.length === 1 ? 0 : -1;
        const index = marked >= 0 ? marked : only;
        if (!list.hidden && index >= 0) take(all[index]);
        else if (chosen.value) press(button);
      } else if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        if (!list.hidden) return close();
        text.value = "";
        forget();
        box.closest("tr").focus();
      }
    });
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option][data-id]");
      if (option) take(option);
    });
    text.addEventListener("blur", close);
  }

  function countChosen() {
    const button = document.querySelector("[data-map-chosen]");
    const number = document.querySelectorAll(".hb-choose input[type=hidden]:not([disabled])").length;
    if (!button) return;
    button.hidden = number < 2;
    button.textContent = `Map all ${number} that are chosen`;
  }

  /* ---- keys ------------------------------------------------------------------------------------ */

  function go(index) {
    const all = rows();
    if (!all.length) return;
    at = Math.max(0, Math.min(index, all.length - 1));
    all[at].focus();
    all[at].scrollIntoView({ block: "nearest" });
  }

  const row = () => rows()[at] || null;

  /* Buttons and links are pressed as if clicked, so that htmx sends what a click would send. */
  function press(target) {
    if (target) target.click();
  }

  const keys = {
    j: () => go(at + 1),
    ArrowDown: () => go(at + 1),
    k: () => go(at - 1),
    ArrowUp: () => go(at - 1),
    a: () => press(row()?.querySelector("[data-key=a]")),
    i: () => press(row()?.querySelector("[data-key=i]")),
    e: () => press(row()?.querySelector("[data-key=e]")),
    l: () => press(row()?.querySelector("[data-key=l]")),
    x: () => press(row()?.querySelector("input[name=company]")),
    c: () => {
      const text = row()?.querySelector(".hb-choose__text");
      /* Of a company that is mapped the client is changed on its page. */
      if (text) text.focus();
      else keys.e();
    },
    "/": () => document.getElementById("hb-search")?.focus(),
    "?": () => document.getElementById("hb-keys")?.showModal(),
  };

  function typing(target) {
    return target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable], details[open], [role=menu]");
  }

  document.addEventListener("keydown", (event) => {
    if (!page() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const arrow = event.key.startsWith("Arrow");
    /* Arrows scroll the page until one is at a row. */
    if (!keys[event.key] || (arrow && !event.target.closest("tr[data-row]"))) return;
    event.preventDefault();
    keys[event.key]();
  });

  document.addEventListener("focusin", (event) => {
    const here = event.target.closest && event.target.closest("tr[data-row]");
    if (here) at = rows().indexOf(here);
  });

  /* ---- searching while one types ----------------------------------------------------------------- */

  function live(field) {
    if (field.dataset.ready || !window.htmx) return;
    field.dataset.ready = "1";
    let timer = 0;
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const query = new URLSearchParams(new FormData(field.form));
        const address = `${window.location.pathname}?${query}`;
        window.htmx.ajax("GET", address, { target: "#hb-list", select: "#hb-list", swap: "outerHTML" });
        window.history.replaceState(window.history.state, "", address);
      }, 350);
    });
  }

  function start() {
    document.querySelectorAll("[data-choose]").forEach(finder);
    document.querySelectorAll("[data-live]").forEach(live);
    const help = document.querySelector("[data-keys-help]");
    if (help && !help.dataset.ready) {
      help.dataset.ready = "1";
      help.hidden = false;
      help.addEventListener("click", keys["?"]);
    }
  }

  /* What was asked for has been read: show it, unless somebody is in the middle of choosing. */
  function readAnew(note) {
    const choosing = [...document.querySelectorAll(".hb-choose__text")].some((text) => text.value);
    if (note.hasAttribute("hx-get") || choosing) return;
    const address = window.location.pathname + window.location.search;
    window.htmx.ajax("GET", address, { target: "#hb-list", select: "#hb-list", swap: "outerHTML" });
  }

  window.addEventListener("load", start);
  document.addEventListener("htmx:afterSettle", (event) => {
    start();
    const note = document.getElementById("hb-reading");
    if (note && event.target.id === "hb-reading") readAnew(note);
    /* After a button the list is drawn anew: stay at the row that one was at. */
    if (event.target.id === "hb-mapping" && at >= 0 && !event.target.contains(document.activeElement)) go(at);
  });
})();

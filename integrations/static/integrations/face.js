/* HaloBridge's own pages. Nothing here is needed to work: every page does its job without it. */
"use strict";

(function () {
  const parts = new Intl.DateTimeFormat("en-GB", {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    timeZoneName: "short",
  });

  /* "2026-03-01 10:05 CET", the seconds apart. */
  function spoken(at) {
    const of = Object.fromEntries(parts.formatToParts(at).map((part) => [part.type, part.value]));
    const day = `${of.year}-${of.month}-${of.day}`;
    return [`${day} ${of.hour}:${of.minute} ${of.timeZoneName}`, `${day} ${of.hour}:${of.minute}:${of.second} ${of.timeZoneName}`];
  }

  /* Times in the reader's own zone; with seconds as the tool tip. */
  function localTimes(root) {
    root.querySelectorAll("time.hb-time[datetime]:not([data-local])").forEach((element) => {
      const at = new Date(element.getAttribute("datetime"));
      if (Number.isNaN(at.getTime())) return;
      element.dataset.local = "1";
      const [short, exact] = spoken(at);
      element.title = exact;
      element.textContent = short;
    });
  }

  /* "All" of a group follows its members, and sets them. */
  function groups(root) {
    root.querySelectorAll("[data-all-of]").forEach((all) => {
      const scope = all.closest("fieldset, form, table");
      const members = () => [...scope.querySelectorAll(all.dataset.allOf)];
      const follow = () => {
        const ticked = members().filter((box) => box.checked).length;
        all.checked = ticked > 0 && ticked === members().length;
        all.indeterminate = ticked > 0 && ticked < members().length;
      };
      if (all.dataset.ready) return follow();
      all.dataset.ready = "1";
      all.closest("[hidden]")?.removeAttribute("hidden");
      all.addEventListener("change", () => {
        members().forEach((box) => { if (!box.disabled) box.checked = all.checked; });
      });
      scope.addEventListener("change", (event) => { if (event.target !== all) follow(); });
      follow();
    });
  }

  /* At most one of these boxes: ticking one takes the others away. */
  function onlyOne(root) {
    root.querySelectorAll("[data-only-one]").forEach((scope) => {
      if (scope.dataset.ready) return;
      scope.dataset.ready = "1";
      scope.addEventListener("change", (event) => {
        if (!event.target.checked || event.target.matches("[data-besides]")) return;
        scope.querySelectorAll("input[type=checkbox]:not([data-besides])").forEach((box) => {
          if (box !== event.target) box.checked = false;
        });
      });
    });
  }

  /* A field with data-send sends its form when it changes. */
  function sendOnChange(root) {
    root.querySelectorAll("[data-send]").forEach((field) => {
      if (field.dataset.ready) return;
      field.dataset.ready = "1";
      field.addEventListener("change", () => field.form.requestSubmit());
    });
  }

  /* A select with data-within shows only the options of what is chosen in the other select. */
  function within(root) {
    const $ = window.django && window.django.jQuery;
    root.querySelectorAll("select[data-within]").forEach((select) => {
      const other = document.getElementById(select.dataset.within);
      if (!other || select.dataset.ready) return;
      select.dataset.ready = "1";
      const all = [...select.querySelectorAll("optgroup")];
      const narrow = () => {
        const wanted = other.value;
        all.forEach((group) => group.remove());
        const inside = (group) => group.querySelector("option").value.startsWith(wanted + "/");
        all.filter((group) => !wanted || inside(group)).forEach((group) => select.append(group));
        if ($) $(select).trigger("change.select2");
      };
      other.addEventListener("change", narrow);
      if ($) $(other).on("select2:select select2:clear", narrow);
      narrow();
    });
  }

  /* A select with data-allowed (JSON: value of the other select -> values of this one) shows only those; what
     is chosen stays, so that nothing changes unseen: the form says what is wrong with it. */
  function allowed(root) {
    const $ = window.django && window.django.jQuery;
    root.querySelectorAll("select[data-allowed]").forEach((select) => {
      const other = document.getElementById(select.dataset.allowedBy);
      if (!other || select.dataset.ready) return;
      select.dataset.ready = "1";
      const some = JSON.parse(select.dataset.allowed);
      const all = [...select.options];
      const narrow = () => {
        const values = some[other.value];
        const chosen = select.value;
        const fits = (value) => !values || !value || value === chosen || values.includes(value);
        all.forEach((option) => option.remove());
        all.filter((option) => fits(option.value)).forEach((option) => select.append(option));
        select.value = chosen;
        if ($) $(select).trigger("change.select2");
      };
      other.addEventListener("change", narrow);
      if ($) $(other).on("select2:select select2:clear", narrow);
      narrow();
    });
  }

  /* A searched select whose choices depend on another field: the address carries that field's value. */
  function dependents(root) {
    const $ = window.django && window.django.jQuery;
    if (!$) return;
    root.querySelectorAll("select[data-depends-on]").forEach((select) => {
      const other = document.getElementById(select.dataset.dependsOn);
      if (!other || select.dataset.bound) return;
      select.dataset.bound = "1";
      const rebuild = () => {
        const address = new URL(select.dataset.address, window.location.href);
        address.searchParams.set(select.dataset.parameter, other.value);
        select.dataset["ajax-Url"] = address.pathname + address.search;
        select.setAttribute("data-ajax--url", address.pathname + address.search);
        if ($(select).hasClass("select2-hidden-accessible")) $(select).select2("destroy");
        $(select).removeData();
        $(select).select2();
        nameSelects();
      };
      $(other).on("change", () => {
        $(select).empty();
        rebuild();
      });
      rebuild();
    });
  }

  /* A group of fields that counts only while another field has a value (or has none) says so, and is left
     alone until then. What must not be sent meanwhile is disabled as well. */
  function conditional(root) {
    root.querySelectorAll("fieldset[data-only-with], fieldset[data-only-without]").forEach((group) => {
      const other = document.getElementById(group.dataset.onlyWith || group.dataset.onlyWithout);
      if (!other || group.dataset.bound) return;
      group.dataset.bound = "1";
      const fields = group.querySelector("[data-fields]");
      const decide = () => {
        const off = Boolean(other.value) !== Boolean(group.dataset.onlyWith);
        fields.inert = off;
        fields.classList.toggle("hb-off", off);
        group.querySelector("[data-why]").hidden = !off;
        if (group.dataset.onlyWith) group.disabled = off;
      };
      const $ = window.django && window.django.jQuery;
      if ($) $(other).on("change", decide);
      else other.addEventListener("change", decide);
      decide();
    });
  }

  /* The theme's searched selects and tool tips do not tell their names to a screen reader. */
  function nameSelects() {
    document.querySelectorAll("select.select2-hidden-accessible").forEach((select) => {
      const label = select.getAttribute("aria-label") || (select.labels[0] ? select.labels[0].textContent : "");
      const name = label.replace("*", "").trim();
      const shown = select.nextElementSibling;
      if (!name || !shown) return;
      const parts = ".select2-selection, .select2-selection__rendered[role=textbox], .select2-search__field";
      shown.querySelectorAll(parts).forEach((part) => {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", name);
      });
    });
    document.querySelectorAll(".help-tooltip[aria-label]").forEach((tip) => tip.setAttribute("role", "img"));
  }

  /* The name of an icon is no word: "domain Company mapping" would be read out. */
  function hideIcons() {
    const icons = document.querySelectorAll("#nav-sidebar li a > .material-symbols-outlined");
    icons.forEach((icon) => icon.setAttribute("aria-hidden", "true"));
  }

  /* A search field that shows only what holds every typed word; what is ticked stays ticked. */
  function filters(root) {
    root.querySelectorAll("input[data-filters]").forEach((field) => {
      if (field.dataset.ready) return;
      field.dataset.ready = "1";
      field.closest("[hidden]")?.removeAttribute("hidden");
      const items = () => [...document.querySelectorAll(field.dataset.filters)];
      field.addEventListener("input", () => {
        const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
        const sets = new Map();
        items().forEach((item) => {
          const set = item.closest("fieldset");
          const text = `${set ? set.querySelector("legend").textContent : ""} ${item.textContent}`.toLowerCase();
          item.hidden = !words.every((word) => text.includes(word));
          if (set) sets.set(set, sets.get(set) || !item.hidden);
        });
        sets.forEach((any, set) => { set.hidden = !any; });
      });
      field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    });
  }

  /* An open menu closes by Escape and by a click beside it. */
  function closing() {
    const shut = (keep) => document.querySelectorAll("details[data-closes][open]").forEach((menu) => {
      if (!menu.contains(keep)) menu.open = false;
    });
    document.addEventListener("click", (event) => shut(event.target));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      const menu = document.activeElement && document.activeElement.closest("details[data-closes][open]");
      shut(null);
      if (menu) menu.querySelector("summary").focus();
    });
  }

  /* Ticks that are sent as soon as they are set (`data-keeps`, by htmx): buttons of their form wait for the
     answer, and an answer that is not about them means that the page is out of date. */
  function keepsTicks(root) {
    const sender = root.querySelector("[data-keeps]");
    if (!sender || sender.dataset.ready) return;
    sender.dataset.ready = "1";
    const form = sender.closest("form");
    /* Browsers bring back boxes as they were left, some of them late; what is shown is what is stored. */
    const touched = new Set();
    form.addEventListener("change", (event) => touched.add(event.target));
    const asStored = () => form.querySelectorAll("input[name=ticked]").forEach((box) => {
      if (!touched.has(box)) box.checked = box.defaultChecked;
    });
    asStored();
    window.addEventListener("pageshow", asStored);
    const problem = form.querySelector("[data-not-kept]");
    let busy = false;
    let pressed = null;
    form.addEventListener("submit", (event) => {
      if (!busy) return;
      event.preventDefault();
      pressed = event.submitter || form.querySelector("button");
    });
    sender.addEventListener("htmx:beforeRequest", () => { busy = true; });
    sender.addEventListener("htmx:afterRequest", (event) => {
      busy = false;
      const answer = event.detail.xhr;
      problem.hidden = answer.status === 200;
      /* Fetched anew: a reload would bring back the box as it was left. */
      if (answer.status === 200 && !answer.getResponseHeader("HB-Kept")) {
        return window.location.replace(window.location.pathname + window.location.search);
      }
      /* The next one that waits is sent first. */
      setTimeout(() => {
        if (busy || !pressed) return;
        /* The answer may have put a new button in the place of the one that was pressed. */
        const alike = (button) => ["name", "value", "formaction"].every(
          (what) => button.getAttribute(what) === pressed.getAttribute(what));
        const button = form.contains(pressed) ? pressed : [...form.querySelectorAll("button")].find(alike);
        pressed = null;
        if (button) form.requestSubmit(button);
      });
    });
    /* A page that comes back from the browser's memory may show ticks of yesterday. */
    window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
  }

  /* After a save that was refused one is where something is wrong; what is folded there opens. */
  function toFirstError() {
    const field = document.querySelector("#content form [aria-invalid=true]");
    if (!field) return;
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const shown = field.matches(".select2-hidden-accessible")
      ? field.parentElement.querySelector(".select2-selection") : field;
    (shown || field).focus();
  }

  function start(root) {
    localTimes(root);
    groups(root);
    onlyOne(root);
    filters(root);
    sendOnChange(root);
    within(root);
    allowed(root);
    dependents(root);
    conditional(root);
    setTimeout(nameSelects);
  }

  document.addEventListener("DOMContentLoaded", () => keepsTicks(document));
  window.addEventListener("load", () => start(document));
  window.addEventListener("load", hideIcons);
  window.addEventListener("load", () => setTimeout(toFirstError));
  /* The theme makes its selects once jQuery says that the page is ready, which can be after it was loaded. */
  window.addEventListener("load", () => {
    const $ = window.django && window.django.jQuery;
    if ($) $(() => setTimeout(nameSelects));
  });
  closing();
  document.addEventListener("htmx:afterSettle", (event) => {
    const select2 = window.django && window.django.jQuery && window.django.jQuery.fn.djangoCustomSelect2;
    if (select2) window.django.jQuery(event.target).find(".unfold-admin-autocomplete").djangoCustomSelect2();
    start(document);
  });
  /* A row that was added to a table of a form: the theme makes its selects first. */
  document.addEventListener("formset:added", () => setTimeout(nameSelects));
})();

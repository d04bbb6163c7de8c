/* What is asked beside the page (by htmx) and not answered as it should be: the log-in gets the whole window,
   and every failure is told. Without this file such an answer would be lost, or shown inside the page. */
"use strict";

(function () {
  const RELOAD = "Reload the page and look.";
  const shown = document.createElement("p");
  shown.className = "hb-note hb-note--bad hb-above";
  shown.setAttribute("role", "alert");
  let about = "";
  let leaving = false;

  const onlyReads = (config) => config.verb === "get";
  const named = (config) => `${config.verb} ${config.path}`;

  function sentence(xhr, config) {
    const status = xhr.status;
    if (!status && onlyReads(config)) return `The bridge does not answer. What you see may be out of date. ${RELOAD}`;
    if (!status) return `The bridge did not answer, so it is not known whether this was done. ${RELOAD}`;
    if (status === 403) {
      return "Nothing was done: your account may not do this, or you have logged in anew since this page was "
        + "opened. Reload the page and try again.";
    }
    if (status < 500) return `Nothing was done: the bridge refused it (${status}). ${RELOAD}`;
    const name = xhr.getResponseHeader("X-Request-ID");
    const log = name ? ` Its log tells more under request ${name}.` : "";
    const what = onlyReads(config) ? "What you see may be out of date." : "It is not known whether this was done.";
    return `The bridge failed (${status}). ${what} ${RELOAD}${log}`;
  }

  function tell(event) {
    const { xhr, requestConfig: config, elt } = event.detail;
    /* Ticks that are not kept have a place of their own. */
    if (leaving || elt.closest("[data-keeps]")) return;
    const said = sentence(xhr, config);
    /* A page that asks every second says it once, and does not hide what was said about a button. */
    if (shown.isConnected && onlyReads(config)) return;
    about = named(config);
    shown.textContent = said;
    document.getElementById("content").prepend(shown);
    if (!onlyReads(config)) shown.scrollIntoView({ block: "nearest" });
  }

  function answered(event) {
    const { xhr, requestConfig: config } = event.detail;
    if (xhr.getResponseHeader("HB-Log-In")) {
      event.detail.shouldSwap = false;
      const place = new URL(xhr.responseURL);
      place.search = new URLSearchParams({ next: window.location.pathname + window.location.search });
      window.location.assign(place);
    } else if (xhr.status < 400 && about === named(config)) {
      shown.remove();
    }
  }

  window.addEventListener("pagehide", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  document.addEventListener("htmx:beforeSwap", answered);
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, tell));
})();

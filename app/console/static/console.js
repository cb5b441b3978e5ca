// What every page shares: keys, countdowns, the question for a key when the session has ended. Plain script, no build.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  document.documentElement.classList.add("js");

  const say = (text) => { const line = $("#said"); line.textContent = ""; requestAnimationFrame(() => { line.textContent = text; }); };
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];

  // An ended session: ask for the key in a window of its own and repeat what was refused. The page keeps all that was typed.
  let refused = null;
  const askForKey = (again) => { refused = again; const dialog = $("#again"); if (dialog && !dialog.open) dialog.showModal(); };
  const renew = (fresh) => {
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": fresh }));
    $$("input[name=csrf]").forEach((field) => { field.value = fresh; });
  };
  const signInAgain = async (event) => {
    event.preventDefault();
    const page = await fetch("/console/sign-in", { credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("input[name=csrf]").value;
    const answer = await fetch("/console/sign-in", { method: "POST", headers: { "HX-Request": "true" }, body: new URLSearchParams({ csrf: fresh, key: $("#again-key").value }) });
    if (!answer.ok) { $("#again-problem").textContent = (await answer.text()).trim(); return; }
    renew(answer.headers.get("X-CSRF-Token"));
    $("#again-key").value = ""; $("#again-problem").textContent = ""; $("#again").close();
    const again = refused; refused = null;
    if (again) again();
  };

  // Countdowns, in the words the page came with.
  const words = new Intl.NumberFormat(document.documentElement.lang);
  const span = (minutes) => {
    const unit = minutes < 90 ? ["minute", minutes] : minutes < 2880 ? ["hour", Math.round(minutes / 60)] : ["day", Math.round(minutes / 1440)];
    return new Intl.NumberFormat(words.resolvedOptions().locale, { style: "unit", unit: unit[0], unitDisplay: "long" }).format(unit[1]);
  };
  const count = () => $$("[data-due]").forEach((at) => {
    const minutes = Math.round((new Date(at.dataset.due) - Date.now()) / 60000);
    at.classList.toggle("late", minutes < 0); at.classList.toggle("soon", minutes >= 0 && minutes < 90); at.classList.toggle("fine-time", minutes >= 90);
    at.textContent = minutes < 0 ? `${at.dataset.late} ${span(-minutes)}` : `${span(minutes)} ${at.dataset.left}`;
  });

  // Keys: single ones only outside fields, and only while they are switched on.
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  const step = (by) => {
    const items = $$("[data-item]"); if (!items.length) return;
    const at = items.indexOf(document.activeElement);
    items[Math.max(0, Math.min(items.length - 1, at + by))].focus();
  };
  let lead = "";
  const actions = {
    "?": () => $("#help")?.showModal(), j: () => step(1), k: () => step(-1), "/": () => $("[data-first], main input:not([type=hidden]), main textarea")?.focus(),
    n: () => $("#make")?.click(), c: () => $("#copy")?.click(),
    1: () => $("#step-acknowledge")?.focus(), 2: () => $("#step-own")?.focus(), 3: () => $("#step-propose")?.focus(), 4: () => $("#step-ask")?.focus(),
  };
  const onKey = (event) => {
    if (event.key === "Escape" && typing(event.target) && !event.target.closest("dialog")) { event.target.blur(); return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && $("#sent")) { event.preventDefault(); $("#sent").click(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open]") || localStorage.getItem("keys") === "off") return;
    if (lead === "g") { lead = ""; const link = $(`[data-go="${CSS.escape(event.key)}"]`); if (link) { event.preventDefault(); link.click(); } return; }
    if (event.key === "g") { lead = "g"; setTimeout(() => { lead = ""; }, 5000); return; }
    const act = actions[event.key];
    if (act) { event.preventDefault(); act(); }
  };

  const start = () => {
    document.addEventListener("keydown", onKey);
    document.addEventListener("click", (event) => { const opener = event.target.closest("[data-open]"); if (opener) $("#" + opener.dataset.open).showModal(); });
    document.addEventListener("change", (event) => { if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit(); });
    $("#again-form")?.addEventListener("submit", signInAgain);
    const keys = $("#keys-on");
    if (keys) { keys.checked = localStorage.getItem("keys") !== "off"; keys.addEventListener("change", () => localStorage.setItem("keys", keys.checked ? "on" : "off")); }
    $$("[data-remember]").forEach((field) => {
      const name = "field-" + field.dataset.remember;
      if (!field.value) field.value = localStorage.getItem(name) || "";
      field.addEventListener("change", () => localStorage.setItem(name, field.value));
    });
    document.body.addEventListener("htmx:responseError", (event) => {
      if (event.detail.xhr.getResponseHeader("X-Signed-Out")) {
        const { elt, requestConfig: asked } = event.detail;
        askForKey(() => htmx.ajax(asked.verb, asked.path, { source: elt, target: event.detail.target, swap: elt.getAttribute("hx-swap") || "innerHTML", values: Object.fromEntries(Object.entries(asked.parameters).filter(([name]) => name !== "csrf")) }));
      }
    });
    count(); setInterval(count, 20000);
  };
  window.console_ = { $, $$, say, token, askForKey };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();

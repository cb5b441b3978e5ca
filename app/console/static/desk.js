// The draft on the desk: steps as they arrive, underlined findings while one types, copying. Text only ever enters the
// page as text.
"use strict";
(() => {
  const { $, $$, say, token, askForKey } = window.console_;
  const GRAVITY = ["block", "warn", "info", "gap"];
  const STEPS = ["acknowledge", "own", "propose", "ask"];
  let marks = {};
  let painted = {};

  // --- the draft arrives -------------------------------------------------------------------------------------------
  const skeleton = () => {
    const fresh = $("#draft-skeleton").content.cloneNode(true).firstElementChild;
    const height = $("#draft").offsetHeight;
    $("#draft").replaceWith(fresh);
    if (height > 200) fresh.style.minHeight = `${height}px`;
    $("[data-again]", fresh).addEventListener("click", draft);
    return fresh;
  };
  const place = (page, name, text) => {
    const box = $(`[data-step="${name}"]`, page);
    box.classList.toggle("here", text !== null);
    $("[data-text]", box).textContent = (text || "").trim();
  };
  const told = (page, event, data) => {
    if (event === "step") { place(page, data.name, data.text); if (data.name === "acknowledge") performance.mark("first-step"); }
    if (event === "restart") STEPS.forEach((name) => place(page, name, null));
    if (event === "draft") { page.dataset.done = data.id; }
    if (event === "error") { page.dataset.done = "error"; lost(page, data.detail); }
  };
  const lost = (page, why) => {
    const note = $("[data-lost]", page);
    if (why) $("p", note).textContent = why;
    note.hidden = false; page.removeAttribute("aria-busy"); $("[data-status]", page).hidden = true;
    $("[data-again]", page).focus();
  };
  const read = async (page, body) => {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const event = /^event: (.*)$/m.exec(block);
        const data = /^data: (.*)$/m.exec(block);
        if (event && data) told(page, event[1], JSON.parse(data[1]));
      }
    }
  };
  let running = null;
  const draft = async () => {
    const form = $("#options");
    running?.abort();
    const mine = running = new AbortController();
    performance.clearMarks("first-step"); performance.mark("asked");
    const page = skeleton(); const body = new URLSearchParams(new FormData(form));
    $("details", form).open = false;
    try {
      const answer = await fetch(form.dataset.stream, {
        method: "POST", signal: mine.signal, body,
        headers: { Accept: "text/event-stream", "HX-Request": "true", "X-CSRF-Token": token() },
      });
      if (answer.headers.get("X-Signed-Out")) { lost(page); askForKey(draft); return; }
      if (!(answer.headers.get("content-type") || "").startsWith("text/event-stream")) { refusedOptions(page, await answer.text()); return; }
      await read(page, answer.body);
    } catch (problem) {
      if (problem.name === "AbortError") return;
    }
    if (mine !== running || page.dataset.done === "error") return;
    if (!page.dataset.done) { lost(page); return; }
    const address = location.pathname;
    htmx.ajax("GET", `${address}?draft=${page.dataset.done}`, { target: "#draft", swap: "outerHTML" }).then(() => {
      history.replaceState(null, "", address); const make = $("#make"); make.textContent = make.dataset.then; make.blur();
    });
  };
  const refusedOptions = (page, html) => {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const form = parsed.querySelector("#options");
    if (form) { $("#options").replaceWith(document.adoptNode(form)); wire(); $("[aria-invalid]")?.focus(); }
    lost(page, form ? $(".problem", form)?.textContent : parsed.body.textContent.trim());
  };

  // --- underlines under the fields ---------------------------------------------------------------------------------
  const paint = (name) => {
    const field = $(`#step-${name}`); const under = field?.parentElement.querySelector(".under");
    if (!under) return;
    // Findings overlap: between two borders the shortest one speaks, in the colour of the gravest.
    const text = field.value; const parts = []; let at = 0;
    const own = (marks[name] || []).filter((m) => m.to > m.from && m.to <= text.length);
    const borders = [...new Set(own.flatMap((m) => [m.from, m.to]))].sort((a, b) => a - b);
    for (let i = 0; i + 1 < borders.length; i += 1) {
      const [from, to] = [borders[i], borders[i + 1]];
      const here = own.filter((m) => m.from <= from && to <= m.to).sort((a, b) => (a.to - a.from) - (b.to - b.from));
      if (!here.length) continue;
      parts.push(document.createTextNode(text.slice(at, from)));
      const node = document.createElement("mark");
      node.className = GRAVITY.find((kind) => here.some((m) => m.kind === kind)); node.textContent = text.slice(from, to);
      const speaks = here.find((m) => m.finding !== undefined);
      if (speaks) node.dataset.finding = speaks.finding;
      parts.push(node); at = to;
    }
    parts.push(document.createTextNode(text.slice(at) + "\n"));
    under.replaceChildren(...parts);
    painted[name] = text;
  };
  // Between a keystroke and its review the marks behind the edit move along with the text.
  const shift = (name, before, after) => {
    let head = 0;
    while (head < Math.min(before.length, after.length) && before[head] === after[head]) head += 1;
    let tail = 0;
    while (tail < Math.min(before.length, after.length) - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
    const by = after.length - before.length; const end = before.length - tail;
    marks[name] = (marks[name] || []).flatMap((mark) => {
      if (mark.to <= head) return [mark];
      if (mark.from >= end) return [{ ...mark, from: mark.from + by, to: mark.to + by }];
      return mark.to + by > mark.from ? [{ ...mark, to: Math.max(mark.from, mark.to + by) }] : [];
    });
  };
  const grow = (field) => { if (!CSS.supports("field-sizing", "content")) { field.style.height = "auto"; field.style.height = `${field.scrollHeight + 2}px`; } };
  const paintAll = () => {
    const told = $("#verdict")?.dataset.marks;
    if (told) marks = JSON.parse(told);
    // The server counts in the text without the space around it.
    for (const name of STEPS) {
      const field = $(`#step-${name}`); if (!field) continue;
      const lead = field.value.length - field.value.trimStart().length;
      if (lead) marks[name] = (marks[name] || []).map((m) => ({ ...m, from: m.from + lead, to: m.to + lead }));
      paint(name); grow(field);
    }
  };

  // --- reasons on hover and where the caret stands -----------------------------------------------------------------
  const hint = () => $("#hint");
  const show = (number, box) => {
    const finding = $(`[data-finding="${number}"].finding`); if (!finding) return;
    const bubble = hint();
    bubble.replaceChildren(...[...finding.querySelectorAll("p")].map((p) => p.cloneNode(true)));
    bubble.hidden = false;
    const top = box.bottom + bubble.offsetHeight + 8 > innerHeight ? box.top - bubble.offsetHeight - 6 : box.bottom + 6;
    bubble.style.left = `${Math.max(8, Math.min(box.left, innerWidth - bubble.offsetWidth - 8))}px`;
    bubble.style.top = `${Math.max(8, top)}px`;
    $$(".finding.lit").forEach((f) => f.classList.remove("lit")); finding.classList.add("lit");
  };
  const hide = () => { hint().hidden = true; $$(".finding.lit").forEach((f) => f.classList.remove("lit")); };
  const onMove = (event) => {
    const mark = event.target.matches?.(".paper textarea") && document.elementsFromPoint(event.clientX, event.clientY).find((e) => e.dataset?.finding && e.tagName === "MARK");
    if (mark) show(mark.dataset.finding, mark.getBoundingClientRect()); else if (!hint().hidden && event.target.matches?.(".paper textarea, .step")) hide();
  };
  const onCaret = () => {
    const field = document.activeElement;
    if (!field?.matches?.(".paper textarea")) return;
    const here = (marks[field.name.slice(5)] || []).filter((m) => m.finding !== undefined && m.from <= field.selectionStart && field.selectionStart <= m.to).sort((a, b) => (a.to - a.from) - (b.to - b.from))[0];
    const node = here && field.parentElement.querySelector(`mark[data-finding="${here.finding}"]`);
    if (node) show(here.finding, node.getBoundingClientRect()); else hide();
  };
  const jump = (finding) => {
    const number = Number(finding.dataset.finding);
    for (const name of STEPS) {
      const mark = (marks[name] || []).find((m) => m.finding === number);
      if (mark) { const field = $(`#step-${name}`); field.focus(); field.setSelectionRange(mark.from, mark.to); return; }
    }
  };

  // --- copying -----------------------------------------------------------------------------------------------------
  const reply = () => STEPS.map((name) => $(`#step-${name}`).value.trim()).join("\n\n");
  const copy = async () => {
    const text = reply();
    try { await navigator.clipboard.writeText(text); } catch {
      const pad = document.createElement("textarea"); pad.value = text; document.body.append(pad); pad.select(); document.execCommand("copy"); pad.remove();
    }
    say($("#copy").dataset.said);
    const button = $("#copy"); const was = button.textContent; button.textContent = "✓ " + was;
    setTimeout(() => { button.textContent = was; }, 1500);
  };

  const wire = () => $("#options")?.addEventListener("submit", (event) => { event.preventDefault(); draft(); });
  const start = () => {
    wire(); paintAll();
    document.addEventListener("input", (event) => {
      if (!event.target.matches(".paper textarea")) return;
      const name = event.target.name.slice(5);
      shift(name, painted[name] ?? "", event.target.value); paint(name); grow(event.target);
      $("#reply").dispatchEvent(new CustomEvent("recheck"));
    });
    document.addEventListener("mousemove", onMove);
    document.addEventListener("selectionchange", onCaret);
    document.addEventListener("focusin", (event) => { if (!event.target.matches(".paper textarea")) hide(); });
    document.addEventListener("scroll", hide, { passive: true });
    document.addEventListener("click", (event) => {
      if (event.target.closest("#copy")) copy();
      const finding = event.target.closest(".finding[data-finding]"); if (finding) jump(finding);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide();
      if (event.key === "Enter" && event.target.matches(".finding[data-finding]")) jump(event.target);
    });
    document.body.addEventListener("htmx:afterSwap", (event) => { if (["draft", "verdict"].includes(event.detail.target.id) || event.detail.elt.id === "draft") paintAll(); });
    document.body.addEventListener("htmx:afterSettle", paintAll);
    if ($("#options")?.matches("[data-begin]")) { history.replaceState(null, "", location.pathname); draft(); }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();

"use strict";
const byId = (id) => document.getElementById(id);
const heat = byId("heat");
const showHeat = () => document.querySelectorAll(".heat").forEach((h) => { h.style.display = h.dataset.name === heat.value ? "" : "none"; });
heat.addEventListener("change", showHeat);
showHeat();

const cases = [...document.querySelectorAll(".case")].map((node) => ({ node, text: node.textContent.toLowerCase() }));
const filter = () => {
  const words = byId("words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const cause = byId("cause").value, language = byId("language").value, bad = byId("bad").checked;
  let shown = 0;
  for (const { node, text } of cases) {
    const fits = words.every((w) => text.includes(w)) && (!cause || node.dataset.cause === cause)
      && (!language || node.dataset.language === language) && (!bad || node.dataset.bad === "1");
    node.hidden = !fits;
    shown += fits;
  }
  byId("count").textContent = `${shown} of ${cases.length} cases`;
};
byId("filter").addEventListener("input", filter);
filter();

"use strict";
const box = document.getElementById("q"), count = document.getElementById("n");
const rows = !box ? [] : [...document.querySelectorAll(".row")].map(row => {
  const around = row.closest("article");
  const told = [...row.querySelectorAll(":scope > .formulas math")].map(m => m.getAttribute("aria-label"));
  const head = around ? [around.id, around.dataset.words, around.querySelector("h3").textContent] : [];
  return [row, [...head, row.dataset.words, row.querySelector("h2, h3, h4").textContent, ...(around ? [] : [row.textContent]), ...told].join(" ").toLowerCase()];
});

function search() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const [row, text] of rows) {
    row.hidden = !words.every(word => text.includes(word));
    found += !row.hidden;
  }
  for (const around of [...document.querySelectorAll("article"), ...document.querySelectorAll("main > section")])
    around.hidden = words.length > 0 && !around.querySelector(".row:not([hidden])");
  count.textContent = words.length ? (found ? `${found} ${count.dataset.found}` : count.dataset.nothing) : "";
}

function reachable() {
  for (const box of document.querySelectorAll(".formula, .wide, figure"))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute("tabindex");
}

// What is folded is one compressed list; it is unpacked when the first of it is unfolded.
let unpacked;
async function unpack() {
  const bytes = Uint8Array.from(atob(document.getElementById("packed").textContent), c => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}
async function unfold(details) {
  const place = details.dataset.packed;
  if (place === undefined) return;
  delete details.dataset.packed;
  const pieces = await (unpacked ??= unpack());
  details.insertAdjacentHTML("beforeend", pieces[place]);
}

if (box) box.addEventListener("input", search);
addEventListener("resize", reachable);
document.addEventListener("toggle", event => unfold(event.target).then(reachable), true);
addEventListener("load", reachable);
document.fonts.ready.then(reachable);

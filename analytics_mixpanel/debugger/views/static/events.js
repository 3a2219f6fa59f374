// The live list of what arrived: filters, pausing, and the chart.

import { ask } from "./asking.js";
import { isPaused, onChange, setPaused } from "./live.js";
import { Rows } from "./rows.js";
import { drawChart } from "./chart.js";

const find = (id) => document.getElementById(id);
const form = find("filters");
const list = find("rows");
const template = find("row");
let newest = Number(list.dataset.newest);

const query = (more = {}) => {
  const chosen = [...new FormData(form)].filter(([, value]) => value !== "");
  return new URLSearchParams([...chosen, ...Object.entries(more)]).toString();
};

const rows = new Rows(find("scroller"), list, (offset, limit) => ask(`/debugger/events/rows?${query({ newest, offset, limit })}`), fill);

/** Write a row, with textContent alone: names are the sender's. */
function fill(row, link = template.content.firstElementChild.cloneNode(true)) {
  link.classList.toggle("loading", !row);
  if (!row) return link;
  link.href = `/debugger/events/${row.id}?${query()}`;
  link.dataset.verdict = row.verdict;
  const when = link.querySelector(".when");
  when.textContent = row.time;
  when.dateTime = row.instant;
  when.title = row.full;
  link.querySelector(".name").textContent = row.name || "(no name)";
  for (const part of ["brief", "user", "type", "library", "verdict"]) link.querySelector(`.${part}`).textContent = row[part];
  link.querySelector(".verdict").dataset.verdict = row.verdict;
  return link;
}

/** Show the list as it is now. */
async function renew() {
  const found = await ask(`/debugger/events/rows?${query({ limit: 100 })}`);
  newest = found.newest;
  rows.reset(found.total, found.rows);
  showTotal(found.total);
  find("fresh").hidden = true;
  if (found.newest > 0) begin();
}

/** Leave the list as it is, and say how much there is above it. */
async function countFresh() {
  const { count } = await ask(`/debugger/events/count?${query({ after: newest })}`);
  find("fresh").hidden = count === 0;
  find("fresh").textContent = `${count.toLocaleString("en")} new ↑`;
}

function showTotal(total) {
  find("total").textContent = total.toLocaleString("en");
  find("total-word").textContent = total === 1 ? "arrival" : "arrivals";
  find("none").hidden = total > 0;
}

function begin() {
  if (find("something").hidden) {
    find("something").hidden = false;
    find("nothing").hidden = true;
    rows.measure();
  }
}

/** Types and libraries that came up since. */
async function renewChoices() {
  const choices = await ask("/debugger/events/choices");
  for (const [name, values] of Object.entries(choices)) {
    const select = form.elements[name];
    const known = new Set([...select.options].map((option) => option.value));
    for (const value of values) if (!known.has(value)) select.add(new Option(value, value));
  }
}

const isReading = () => isPaused() || !rows.atTop || list.contains(document.activeElement);

onChange(async ({ reload }) => {
  if (reload || !isReading()) await renew();
  else await countFresh();
}, 300);
async function renewChart() {
  if (isPaused()) return;
  drawChart(await ask(`/debugger/events/volume?${query()}`));
}
onChange(renewChart, 1000);
onChange(renewChoices, 3000);

function toNewest() {
  if (isPaused()) pause(false);
  find("scroller").scrollTop = 0;
  return renew();
}

function pause(value) {
  find("pause").setAttribute("aria-pressed", value);
  find("pause").textContent = value ? "Resume" : "Pause";
  setPaused(value);
}

let typing = 0;
form.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(filter, 200);
});
form.addEventListener("submit", (event) => { event.preventDefault(); filter(); });

async function filter() {
  clearTimeout(typing);
  history.replaceState(null, "", `?${query()}`);
  find("scroller").scrollTop = 0;
  await renew();
  drawChart(await ask(`/debugger/events/volume?${query()}`));
}

// On a phone, all but the search waits until it is asked for, or chosen already.
function showFilters(value) {
  form.toggleAttribute("data-whole", value);
  find("more-filters").setAttribute("aria-expanded", value);
}
find("more-filters").addEventListener("click", () => showFilters(!form.hasAttribute("data-whole")));
showFilters([...form.querySelectorAll(".extra :is(input, select)")].some((field) => field.value));

find("pause").addEventListener("click", () => pause(!isPaused()));
find("fresh").addEventListener("click", toNewest);
find("scroller").addEventListener("scroll", () => { if (!find("fresh").hidden && !isReading()) renew(); }, { passive: true });

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || find("keys").open) return;
  if (event.target.matches("input:not([type=radio]), select, textarea")) {
    if (event.key === "ArrowDown" && event.target.type === "search") { event.preventDefault(); rows.focus(0); }
    return;
  }
  if (event.target.matches("[type=radio]") && event.key.startsWith("Arrow")) return;
  const moves = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 };
  if (event.key in moves) { event.preventDefault(); rows.move(moves[event.key]); }
  else if (event.key === "p") pause(!isPaused());
  else if (event.key === "g") { document.activeElement.blur(); toNewest(); }
  else if (event.key === "Escape") document.activeElement.blur();
});

rows.adopt(Number(list.dataset.total));
renewChart().then(renewChoices);

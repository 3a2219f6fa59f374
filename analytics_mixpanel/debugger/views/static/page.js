// What every view has: the keys, and a copy button on what is to be pasted.

import { onChange } from "./live.js";
import { copyButton } from "./copying.js";

const keys = document.getElementById("keys");
document.getElementById("show-keys").addEventListener("click", () => keys.showModal());
for (const block of document.querySelectorAll("pre.paste")) block.append(copyButton(() => block.querySelector("code").textContent));
onChange(() => {});

const isTyping = (target) => target.matches("input:not([type=radio], [type=checkbox]), textarea, select") || target.isContentEditable;

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
  if (event.key === "Escape" && isTyping(event.target)) { event.target.blur(); return; }
  if (isTyping(event.target)) return;
  const views = document.querySelectorAll(".top nav a");
  if (event.key === "?") { event.preventDefault(); keys.showModal(); }
  else if (event.key === "/") focusSearch(event);
  else if (/^[1-9]$/.test(event.key) && views[event.key - 1]) views[event.key - 1].click();
  else if (["j", "k", "ArrowDown", "ArrowUp"].includes(event.key)) moveInList(event);
});

function focusSearch(event) {
  const field = document.querySelector("[data-search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

// Lists that are whole on the page; the list of events, which is not, has keys of its own.
function moveInList(event) {
  const rows = [...document.querySelectorAll(".plain-list a.row")];
  if (!rows.length) return;
  event.preventDefault();
  const down = event.key === "j" || event.key === "ArrowDown";
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? 0 : Math.min(Math.max(at + (down ? 1 : -1), 0), rows.length - 1);
  rows[next].focus();
}

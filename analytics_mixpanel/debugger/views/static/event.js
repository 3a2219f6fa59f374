// One event opened: links between the record and the message, copying, and the keys.

import { copy } from "./copying.js";
import { linkTrees } from "./linking.js";

for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", () => copy(button.nextElementSibling.textContent, button));
}
linkTrees(document.getElementById("message"), document.getElementById("records"));

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const targets = { j: "older", k: "newer", b: "back", Escape: "back" };
  document.getElementById(targets[event.key])?.click();
});

// Reads what is pasted, while it is being typed.

import { tell } from "./asking.js";
import { copy } from "./copying.js";

const field = document.getElementById("paste");
const place = document.getElementById("read");
const empty = [...place.childNodes];
const EXAMPLE = `curl 'https://api.mixpanel.com/track?verbose=1&ip=0' \\
  --data-urlencode 'data=eyJldmVudCI6IlNpZ25lZCBVcCIsInByb3BlcnRpZXMiOnsidG9rZW4iOiJZT1VSX1BST0pFQ1RfVE9LRU4iLCJkaXN0aW5jdF9pZCI6InVzZXItMSIsInBsYW4iOiJwcm8iLCJzZWF0cyI6M319'`;
let waiting = 0;
let asked = 0;

async function read() {
  const number = asked += 1;
  if (!field.value.trim()) { place.replaceChildren(...empty); return; }
  const shown = await tell("/debugger/decode", { text: field.value }).catch((error) => [String(error.message)]);
  if (number === asked) place.replaceChildren(...shown);
}

field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(read, 150); });
document.getElementById("example").addEventListener("click", () => { field.value = EXAMPLE; read(); });
document.getElementById("clear").addEventListener("click", () => { field.value = ""; read(); field.focus(); });
place.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copies]");
  if (button) copy(button.nextElementSibling.textContent, button);
});
if (field.value) read();

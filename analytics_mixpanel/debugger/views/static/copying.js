// Copying text, and saying that it was.

/** Make a button that copies what `text()` gives. */
export function copyButton(text, label = "Copy") {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", () => copy(text(), button));
  return button;
}

export async function copy(text, button) {
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = fallback(text) ? "Copied" : "Could not copy";
  }
  setTimeout(() => { button.textContent = label; }, 1500);
}

// Where the page is not served from a secure address, browsers have no clipboard for it.
function fallback(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

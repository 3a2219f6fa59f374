// Shows where in the message a property of a record came from, and what became of a property of the message.

/** Light the lines of `message` that a line of `records` came from, and the other way round. */
export function linkTrees(message, records) {
  const unlight = () => { for (const lit of document.querySelectorAll(".tree .lit")) lit.classList.remove("lit"); };
  const light = (lines) => { for (const line of lines) line.classList.add("lit"); };
  const sources = (line) => JSON.parse(line.dataset.from).map((path) => at(message, path)).filter(Boolean);
  const uses = (line) => [...records.querySelectorAll("[data-from]")].filter((each) => JSON.parse(each.dataset.from).includes(line.dataset.path));

  const show = (event) => {
    unlight();
    const line = event.target.closest?.(".tree li");
    if (!line) return;
    if (line.dataset.from) {
      const found = sources(line);
      light(found);
      if (event.type === "focusin") found[0]?.scrollIntoView({ block: "nearest" });
    } else if (message.contains(line)) light(uses(line));
  };
  for (const place of [message, records]) {
    for (const type of ["mouseover", "focusin"]) place.addEventListener(type, show);
    for (const type of ["mouseleave", "focusout"]) place.addEventListener(type, unlight);
  }
}

const at = (tree, path) => [...tree.querySelectorAll(".tree li")].find((line) => line.dataset.path === path);

// The chart of how much arrived when; the server says where each bar is.

const SPACE = "http://www.w3.org/2000/svg";
const chart = document.getElementById("chart");
const label = document.getElementById("chart-label");

export function drawChart(data) {
  chart.replaceChildren(...data.bars.map(group));
  chart.setAttribute("aria-label", `How many arrived in the last ${data.span}`);
  document.getElementById("chart-span").textContent = data.span;
  label.textContent = `highest bar: ${data.most.toLocaleString("en")}`;
}

function group(bar) {
  const title = element("title", {});
  title.textContent = bar.label;
  const height = chart.viewBox.baseVal.height;
  const slot = element("rect", { class: "slot", x: bar.place * 10, y: 0, width: 10, height });
  const parts = bar.parts.map((part) => element("rect", {
    class: "bar", "data-verdict": part.verdict, x: bar.place * 10 + 1, y: part.y, width: 8, height: part.height,
  }));
  const all = element("g", { "data-place": bar.place });
  all.append(title, slot, ...parts);
  return all;
}

function element(name, attributes) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

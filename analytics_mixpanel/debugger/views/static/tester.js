// The mapping tester: a list of mappings, one of them being edited, tried on a sample while it is typed.

import { ask, tell } from "./asking.js";
import { Completing } from "./completing.js";
import { Editor } from "./editor.js";
import { linkTrees } from "./linking.js";
import { onChange } from "./live.js";

const find = (id) => document.getElementById(id);
const [condition, enabled, name, action] = ["condition", "enabled", "name", "action"].map(find);
const fields = new Editor("fields", changed);
const message = new Editor("message", changed);
let mappings = [];
let current = 0;
let offers = { directives: [], conditions: [], actions: [], paths: [] };
let waiting = 0;
let asked = 0;

new Completing(fields, () => ({
  directives: offers.directives,
  paths: offers.paths,
  fields: offers.actions.find((each) => each.name === action.value)?.fields ?? [],
}));

// JSON for people: what is short stays on its line.
function written(value, indent = "") {
  const short = JSON.stringify(value, null, 1).replace(/\n\s*/g, " ");
  if (short.length + indent.length <= 64 && indent || value === null || typeof value !== "object") return short;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const members = isList ? value.map((each) => written(each, inner)) : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${written(each, inner)}`);
  if (!members.length) return isList ? "[]" : "{}";
  return `${isList ? "[" : "{"}\n${members.map((member) => inner + member).join(",\n")}\n${indent}${isList ? "]" : "}"}`;
}

// The list

function take(list) {
  mappings = list.map(({ mapping = {}, ...head }) => ({ head: { enabled: true, ...head }, text: written(mapping) }));
  if (!mappings.length) mappings = [made()];
  open(0);
}

function made() {
  const first = offers.actions.find((each) => each.name === "trackEvent") ?? offers.actions[0];
  return { head: { name: "New mapping", enabled: true, partnerAction: first.name, subscribe: 'type = "track"' }, text: written(first.mapping) };
}

function open(index) {
  current = index;
  const { head, text } = mappings[index];
  name.value = head.name ?? "";
  enabled.checked = head.enabled !== false;
  action.value = head.partnerAction ?? "";
  condition.value = head.subscribe ?? "";
  fields.text = text;
  list();
  changed();
}

function list(marks = []) {
  find("mappings").replaceChildren(...mappings.map(({ head }, index) => {
    const button = document.createElement("button");
    button.type = "button";
    if (index === current) button.setAttribute("aria-current", "true");
    button.dataset.enabled = head.enabled === false ? "no" : "yes";
    button.dataset.matches = marks[index] ? "yes" : "no";
    for (const [kind, tag, text] of [["mark", "span", marks[index] ? "✓" : "·"], ["label", "span", head.name], ["action", "small", head.partnerAction]]) {
      const part = document.createElement(tag);
      part.className = kind;
      part.textContent = text;
      button.append(part);
    }
    button.title = marks[index] ? "its condition matches the sample" : "its condition does not match the sample";
    button.addEventListener("click", () => { open(index); find("mappings").children[index].firstElementChild.focus(); });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
}

// What is being typed

function keep() {
  const head = { ...mappings[current].head, name: name.value, enabled: enabled.checked, partnerAction: action.value, subscribe: condition.value };
  mappings[current] = { head, text: fields.text };
}

function changed() {
  if (!mappings.length) return;
  keep();
  clearTimeout(waiting);
  waiting = setTimeout(preview, 150);
}

const trial = () => ({ mapping: mappings[current].head, text: mappings[current].text, message: message.text });

async function preview() {
  const number = asked += 1;
  const found = await tell("/debugger/tester/preview", { ...trial(), conditions: mappings.map(({ head }) => head.subscribe ?? "") }).catch((error) => ({ failed: error }));
  if (number !== asked) return;
  if (found.failed) { find("preview").textContent = found.failed.message; return; }
  fields.show(found.problems);
  message.show(found.message_problem ? [found.message_problem] : []);
  put("explanation", found.condition);
  put("preview", found.preview);
  list(found.marks);
  find("send").disabled = found.problems.length > 0 || Boolean(found.message_problem);
}

// The server has escaped every value in it.
function put(id, html) {
  const nodes = new DOMParser().parseFromString(html, "text/html").body.childNodes;
  find(id).replaceChildren(...[...nodes].map((node) => document.adoptNode(node)));
}

async function send() {
  find("send").disabled = true;
  try {
    find("sent").replaceChildren(...await tell("/debugger/tester/send", trial()));
  } catch (error) {
    find("sent").textContent = error.message;
  }
  find("send").disabled = false;
}

// Samples

async function takeSample(query) {
  try {
    message.text = (await ask(`/debugger/tester/sample?${query}`)).text;
  } catch (error) {
    message.show([{ line: 0, path: "", message: error.message }]);
  }
  offers = await tell("/debugger/tester/completions", { message: message.text });
  changed();
}

async function listSamples() {
  const { messages } = await ask("/debugger/tester/samples");
  const group = find("live-samples");
  const chosen = find("sample").value;
  group.replaceChildren(...messages.map((each) => new Option([each.type, each.event].filter(Boolean).join(": "), `message=${each.id}`)));
  if (!messages.length) group.append(Object.assign(new Option("none yet", ""), { disabled: true }));
  find("sample").value = chosen;
  if (find("sample").selectedIndex < 0) find("sample").selectedIndex = 0;
}

// The document

function documentText() {
  const parts = mappings.map(({ head, text }) => {
    let content = {};
    try { content = JSON.parse(text || "{}"); } catch { throw new Error(`“${head.name}” is not valid JSON: mend it before saving`); }
    return { ...head, mapping: content };
  });
  return `${JSON.stringify(parts, null, 2)}\n`;
}

function complain(text) {
  find("document-problems").textContent = text;
  find("document-problems").hidden = !text;
}

const inWords = (problems) => problems.slice(0, 5).map((each) => `line ${each.line}: ${each.path ? `${each.path}: ` : ""}${each.message}`).join("\n");

function say(text) {
  find("saved").textContent = text;
  setTimeout(() => { find("saved").textContent = ""; }, 6000);
}

async function use() {
  complain("");
  try {
    const answer = await tell("/debugger/tester/mappings", { document: documentText() }, { method: "PUT" });
    if (answer.problems.length) complain(inWords(answer.problems));
    else say(answer.file ? `In force, and saved in ${answer.file}` : `${answer.count} mappings in force`);
  } catch (error) { complain(error.message); }
}

function save() {
  complain("");
  try {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([documentText()], { type: "application/json" }));
    link.download = "mappings.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say("mappings.json saved");
  } catch (error) { complain(error.message); }
}

async function load(file) {
  complain("");
  try {
    const answer = await tell("/debugger/tester/check", { document: await file.text() });
    if (answer.problems.length) complain(`${file.name} is not loaded.\n${inWords(answer.problems)}`);
    else { take(answer.mappings); find("file").textContent = file.name; }
  } catch (error) { complain(error.message); }
}

// Begin

for (const field of [condition, name]) field.addEventListener("input", changed);
for (const field of [enabled, action]) field.addEventListener("change", changed);
find("sample").addEventListener("change", (event) => takeSample(event.target.value));
find("send").addEventListener("click", send);
find("use").addEventListener("click", use);
find("save").addEventListener("click", save);
find("load").addEventListener("change", (event) => { if (event.target.files[0]) load(event.target.files[0]); event.target.value = ""; });
find("add").addEventListener("click", () => { keep(); mappings.push(made()); open(mappings.length - 1); name.focus(); name.select(); });
find("defaults").addEventListener("click", async () => { take((await ask("/debugger/tester/mappings?default=1")).mappings); find("file").textContent = "Segment's presets"; });
addEventListener("keydown", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  if (event.key === "Enter") { event.preventDefault(); if (!find("send").disabled) send(); }
  else if (event.key === "s") { event.preventDefault(); save(); }
});
linkTrees(find("message").closest("section"), find("preview"));

function offerConditions() {
  find("snippets").replaceChildren(...offers.conditions.flatMap((each) => {
    const term = document.createElement("dt");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = each.snippet;
    button.addEventListener("click", () => { condition.value = [condition.value.trim(), each.snippet].filter(Boolean).join(" "); condition.focus(); changed(); });
    term.append(button);
    const help = document.createElement("dd");
    help.textContent = each.help;
    return [term, help];
  }));
}

const wanted = new URLSearchParams(location.search).get("message");
await listSamples();
await takeSample(wanted ? `message=${wanted}` : find("sample").value);
if (wanted) find("sample").value = `message=${wanted}`;
action.replaceChildren(...offers.actions.map((each) => new Option(each.name)));
offerConditions();
take((await ask("/debugger/tester/mappings")).mappings);
onChange(listSamples, 2000);

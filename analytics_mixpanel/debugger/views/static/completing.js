// Completes directives, paths of the sample, and fields of the action, in the mapping's editor.

import { LINE } from "./editor.js";

const MOST = 12;

export class Completing {
  /** `offers()` gives `{directives, paths, fields}`. */
  constructor(editor, offers) {
    Object.assign(this, { editor, offers, choices: [], at: 0, list: document.createElement("ul") });
    this.list.className = "completions";
    this.list.id = `${editor.area.id}-completions`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Completions");
    this.list.hidden = true;
    editor.box.append(this.list);
    const { area } = editor;
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", this.list.id);
    area.addEventListener("input", () => this.offer(false));
    area.addEventListener("keydown", (event) => this.key(event), true);
    area.addEventListener("blur", () => this.close());
    area.addEventListener("click", () => this.close());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("li");
      if (item) { this.at = [...this.list.children].indexOf(item); this.accept(); }
    });
  }

  key(event) {
    if (event.key === " " && event.ctrlKey) { event.preventDefault(); this.offer(true); return; }
    if (this.list.hidden) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) { event.preventDefault(); this.select(this.at + moves[event.key]); }
    else if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); this.accept(); }
    else if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); this.close(); }
  }

  offer(asked) {
    const { area } = this.editor;
    const before = area.value.slice(0, area.selectionStart);
    const found = this.find(before, asked);
    this.choices = found.filter((choice) => choice.text !== choice.typed).slice(0, MOST);
    if (!this.choices.length) { this.close(); return; }
    this.list.replaceChildren(...this.choices.map((choice, index) => this.item(choice, index)));
    this.list.hidden = false;
    this.place(before);
    this.select(0);
  }

  /** Say what fits what stands before the caret. */
  find(before, asked) {
    const offers = this.offers();
    const directive = before.match(/"(@\w*)$/);
    if (directive || asked && /[{,:[]\s*$/.test(before)) return this.directives(offers, directive ? directive[1] : "", Boolean(directive), before);
    const path = before.match(/(?:"(\$[^"]*))$/);
    if (path) return offers.paths.filter((each) => each.path.startsWith(path[1])).map((each) => ({ label: each.path, help: example(each.example), text: each.path, typed: path[1] }));
    const key = before.match(/(?:^|[{,\n])\s*"(\w*)$/);
    if (key) return offers.fields.filter((each) => each.name.startsWith(key[1])).map((each) => ({ label: each.name, help: `${each.label}, ${each.type}${each.required ? ", required" : ""}`, text: `${each.name}": `, typed: key[1] }));
    return [];
  }

  directives(offers, typed, quoted, before) {
    const inside = quoted ? /\{\s*"@\w*$/.test(before) : /\{\s*$/.test(before);
    return offers.directives.filter((each) => each.name.startsWith(typed)).map((each) => {
      const whole = JSON.stringify(each.snippet, null, 1).replace(/\n\s*/g, " ");
      const text = inside ? whole.replace(/^\{\s*|\s*\}$/g, "") : whole;
      return { label: each.name, help: each.help, text, typed: quoted ? `"${typed}` : "" };
    });
  }

  item(choice, index) {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${index}`;
    item.setAttribute("role", "option");
    const label = document.createElement("code");
    label.textContent = choice.label;
    const help = document.createElement("span");
    help.textContent = choice.help;
    item.append(label, help);
    return item;
  }

  place(before) {
    const { area } = this.editor;
    const lines = before.split("\n");
    const width = this.width ??= measure(area);
    this.list.style.left = "0"; // its width must not depend on where it was
    const left = area.offsetLeft + 10 + lines.at(-1).length * width - area.scrollLeft;
    this.list.style.left = `${Math.max(0, Math.min(left, this.editor.box.clientWidth - this.list.offsetWidth - 4))}px`;
    const top = 8 + lines.length * LINE - area.scrollTop;
    const room = this.editor.box.clientHeight - top;
    this.list.style.top = room < 160 && top > room ? "" : `${top}px`;
    this.list.style.bottom = room < 160 && top > room ? `${this.editor.box.clientHeight - top + LINE}px` : "";
  }

  select(index) {
    this.at = (index + this.choices.length) % this.choices.length;
    [...this.list.children].forEach((item, each) => item.setAttribute("aria-selected", each === this.at));
    this.list.children[this.at].scrollIntoView({ block: "nearest" });
    this.editor.area.setAttribute("aria-activedescendant", this.list.children[this.at].id);
  }

  accept() {
    const choice = this.choices[this.at];
    const { area } = this.editor;
    const end = area.selectionStart;
    // A quote that closes what is completed stands there already.
    const closes = choice.text.endsWith('": ') || choice.typed.startsWith('"') ? /^"/.test(area.value.slice(end)) : false;
    const start = end - choice.typed.length;
    this.close();
    this.editor.replace(start, end + (closes ? 1 : 0), choice.text);
    const gap = choice.text.search(/PATH|TEXT/);
    if (gap >= 0) area.setSelectionRange(start + gap, start + gap + 4);
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.editor.area.removeAttribute("aria-activedescendant");
  }
}

const example = (value) => (value === undefined ? "" : JSON.stringify(value)?.slice(0, 60) ?? "");

function measure(area) {
  const context = document.createElement("canvas").getContext("2d");
  context.font = getComputedStyle(area).font;
  return context.measureText("0".repeat(50)).width / 50;
}

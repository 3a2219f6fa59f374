// A textarea with line numbers and marks at the lines that have errors.

export const LINE = 20;

export class Editor {
  constructor(name, onInput) {
    this.area = document.getElementById(name);
    this.box = this.area.closest(".editor");
    this.gutter = this.box.querySelector(".gutter");
    this.list = document.getElementById(`${name}-problems`);
    this.problems = [];
    this.area.addEventListener("input", () => { this.number(); onInput(); });
    this.area.addEventListener("scroll", () => { this.gutter.scrollTop = this.area.scrollTop; }, { passive: true });
    this.area.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.defaultPrevented && !event.ctrlKey) this.indent(event); });
    new ResizeObserver(() => { this.gutter.scrollTop = this.area.scrollTop; }).observe(this.area);
  }

  get text() { return this.area.value; }

  set text(value) {
    this.area.value = value;
    this.area.scrollTop = 0;
    this.show([]);
  }

  /** Put text in the place of a part, as typing does, so that it can be undone. */
  replace(start, end, text) {
    this.area.focus();
    this.area.setSelectionRange(start, end);
    document.execCommand("insertText", false, text);
  }

  /** Mark problems: objects with line, column, path and message; line 0 is beside the text. */
  show(problems) {
    this.problems = problems;
    this.number();
    this.area.setAttribute("aria-invalid", problems.length > 0);
    this.list.replaceChildren(...problems.map((problem) => this.item(problem)));
  }

  number() {
    const count = this.text.split("\n").length;
    const bad = new Set(this.problems.map((problem) => problem.line));
    if (this.gutter.childElementCount === count && this.marked === [...bad].join()) return;
    this.marked = [...bad].join();
    this.gutter.replaceChildren(...Array.from({ length: count }, (_, index) => {
      const line = document.createElement("div");
      line.textContent = index + 1;
      line.classList.toggle("bad", bad.has(index + 1));
      return line;
    }));
    this.gutter.scrollTop = this.area.scrollTop;
  }

  item(problem) {
    const item = document.createElement("li");
    if (problem.line > 0) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `Line ${problem.line}`;
      button.addEventListener("click", () => this.goTo(problem.line));
      item.append(button);
    }
    item.append(problem.path ? `${problem.path}: ${problem.message}` : problem.message);
    return item;
  }

  goTo(line) {
    const lines = this.text.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    this.area.focus();
    this.area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    this.area.scrollTop = Math.max(0, (line - 4) * LINE);
  }

  indent(event) {
    const { selectionStart: at } = this.area;
    const line = this.text.slice(this.text.lastIndexOf("\n", at - 1) + 1, at);
    const indent = line.match(/^\s*/)[0] + (/[[{]\s*$/.test(line) ? "  " : "");
    event.preventDefault();
    document.execCommand("insertText", false, `\n${indent}`);
  }
}

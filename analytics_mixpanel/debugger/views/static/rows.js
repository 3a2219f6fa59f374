// A list of any length: only the rows in sight are on the page, fetched in blocks.

const BLOCK = 100;
const AHEAD = 12;

export class Rows {
  /** `fetchBlock(offset, limit)` gives `{newest, total, rows}`; `fill(row)` makes an element of one. */
  constructor(scroller, list, fetchBlock, fill) {
    Object.assign(this, { scroller, list, fetchBlock, fill, total: 0, epoch: 0, blocks: new Map(), shown: new Map(), height: 34 });
    scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.measure()).observe(scroller);
  }

  get atTop() { return this.scroller.scrollTop < this.height; }

  /** Take the rows that the server wrote into the page. */
  adopt(total) {
    const items = [...this.list.children];
    this.total = total;
    items.forEach((item, index) => this.shown.set(index, item));
    this.blocks.set(0, items.length ? null : []);
    this.list.classList.add("virtual");
    this.measure();
  }

  /** Show another list, from its first block on; the old rows stay until the new ones are there. */
  reset(total, rows) {
    this.epoch += 1;
    this.total = total;
    this.blocks = new Map([[0, rows]]);
    const focused = [...this.shown].find(([, item]) => item.contains(document.activeElement));
    this.rowsChanged = true;
    this.draw();
    if (focused && !document.contains(document.activeElement)) this.focus(focused[0]);
  }

  measure() {
    const row = this.list.querySelector(".row");
    if (row && row.offsetHeight) this.height = row.offsetHeight;
    this.draw();
  }

  get inSight() {
    const first = Math.floor(this.scroller.scrollTop / this.height);
    const count = Math.ceil(this.scroller.clientHeight / this.height);
    return [Math.max(0, first - AHEAD), Math.min(this.total, first + count + AHEAD)];
  }

  draw() {
    this.list.style.height = `${this.total * this.height}px`;
    const [first, end] = this.inSight;
    for (const [index, item] of this.shown) {
      if (index < first || index >= end) { item.remove(); this.shown.delete(index); }
    }
    for (let index = first; index < end; index += 1) this.place(index);
    for (let block = Math.floor(first / BLOCK); block * BLOCK < end; block += 1) this.need(block);
    this.rowsChanged = false;
  }

  place(index) {
    const rows = this.blocks.get(Math.floor(index / BLOCK));
    const row = rows && rows[index % BLOCK];
    let item = this.shown.get(index);
    if (!item) {
      item = document.createElement("li");
      item.append(this.fill(null));
      this.shown.set(index, item);
      this.insert(index, item);
    }
    if (row && item.dataset.shows !== JSON.stringify(row)) {
      this.fill(row, item.firstElementChild);
      item.dataset.shows = JSON.stringify(row);
    }
    item.style.top = `${index * this.height}px`;
  }

  insert(index, item) {
    let after = null;
    for (const [other, element] of this.shown) {
      if (other > index && element !== item && (after === null || other < after[0])) after = [other, element];
    }
    this.list.insertBefore(item, after ? after[1] : null);
  }

  async need(block) {
    if (this.blocks.has(block) && this.blocks.get(block) !== null) return;
    if (block === 0 && this.blocks.get(0) === null && this.inSight[1] <= this.shown.size) return;
    const epoch = this.epoch;
    this.blocks.set(block, []);
    try {
      const found = await this.fetchBlock(block * BLOCK, BLOCK);
      if (epoch !== this.epoch) return;
      this.blocks.set(block, found.rows);
      this.draw();
    } catch {
      if (epoch === this.epoch) this.blocks.delete(block);
    }
  }

  /** Move the focus by some rows, and give the index that has it. */
  move(by) {
    const at = [...this.shown].find(([, item]) => item.contains(document.activeElement));
    const index = at ? at[0] + by : Math.ceil(this.scroller.scrollTop / this.height);
    return this.focus(Math.min(Math.max(index, 0), this.total - 1));
  }

  focus(index) {
    if (index < 0) return index;
    const top = index * this.height;
    const bottom = top + this.height - this.scroller.clientHeight;
    if (this.scroller.scrollTop > top) this.scroller.scrollTop = top;
    if (this.scroller.scrollTop < bottom) this.scroller.scrollTop = bottom;
    this.draw();
    this.shown.get(index)?.firstElementChild.focus({ preventScroll: true });
    return index;
  }
}

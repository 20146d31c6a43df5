// The photos of the workbench in the browser: what the server told of them, in the order that is asked for.
import { isOver } from "/components/clock.js";

const MINUTE = 60; // that the clock of what deletes may be ahead
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const ORDERS = {
  name: (one, other) => collator.compare(one.path, other.path) || one.at - other.at,
  time: (one, other) => other.at - one.at || collator.compare(one.path, other.path),
  doubt: (one, other) => other.score - one.score || collator.compare(one.path, other.path),
};

// The columns of a row as ui/api/strip.py sends it.
function read([id, name, folder, state, says, score, doubt, version, at, expires]) {
  const path = folder ? `${folder}/${name}` : name;
  return Object.freeze({ id, name, path, state, says, score, doubt, version, at, expires });
}

// All photos, by id and in order. Thousands: it is told what has changed, and sorts only if it must.
export class Roll {
  constructor() {
    this.byId = new Map();
    this.tick = 0;
    this.order = [];
    this.by = "name";
    this.review = false;
  }

  // Take in what the server tells; returns false where nothing is to be shown anew.
  take({ tick, whole, rows, gone }) {
    let moved = whole;
    if (whole) this.byId.clear();
    for (const row of rows) {
      const item = read(row);
      moved ||= !this.byId.has(item.id) || this.by === "doubt" || this.review;
      this.byId.set(item.id, item);
    }
    for (const id of gone) moved = this.leave(id) || moved;
    this.tick = tick;
    if (moved) this.arrange();
    return moved || rows.length > 0;
  }

  // What has gone by itself stays to be seen, and says so, until it is taken away.
  leave(id) {
    const item = this.byId.get(id);
    if (!isOver(item?.expires, MINUTE)) return this.byId.delete(id);
    this.byId.set(id, Object.freeze({ ...item, gone: true, version: "", doubt: "", score: 0 }));
    return true;
  }

  drop(id) {
    this.byId.delete(id);
    this.arrange();
  }

  // What was accepted is not doubtful any more, before the server has noted it.
  accept(id) {
    this.byId.set(id, Object.freeze({ ...this.byId.get(id), doubt: "", score: 0 }));
    this.arrange();
  }

  sort(by, review) {
    Object.assign(this, { by, review });
    this.arrange();
  }

  arrange() {
    const items = [...this.byId.values()];
    const shown = this.review ? items.filter((item) => item.doubt) : items;
    this.order = shown.sort(ORDERS[this.review ? "doubt" : this.by]).map((item) => item.id);
  }

  // The ids of what is worth a look, the most doubtful one first.
  doubtful() {
    return [...this.byId.values()].filter((item) => item.doubt).sort(ORDERS.doubt).map((item) => item.id);
  }

  // The one to look at after a photo; "" where none is left.
  next(id) {
    const ids = this.doubtful();
    const next = ids[(ids.indexOf(id) + 1) % ids.length];
    return next && next !== id ? next : "";
  }
}

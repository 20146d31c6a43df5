// The hand that holds the brush: from pointers to strokes, and from strokes to the library.
import { Picture } from "/components/picture.js";
import { Retouch } from "/components/retouch.js";

const LEAST = 1; // pixels of the photo that the smallest brush measures
const LIGHTEST = 0.25; // of the size of a brush under a pen that hardly touches
const FINEST = 0.1; // of the radius of a brush: a shorter way is no step of its own
const ERASER = 32; // the button of a pen that is held upside down

export class Hand {
  // `canvas` is the component whose photo is painted on.
  constructor(canvas) {
    this.canvas = canvas;
    this.held = new Map(); // by entry, what was painted last, and what could not be saved yet
    this.current = null;
    this.bare = null; // the cutout before anything is painted on it
    this.penned = false; // whether there is a pen: then fingers move the picture
  }

  get paint() {
    return this.current.paint;
  }

  get unsaved() {
    return [this.current, ...this.held.values()].some((one) => one?.unsaved);
  }

  // Take up the brush on the photo that is shown.
  async open() {
    this.close();
    const { canvas } = this;
    const { entry, width, height, strokes } = canvas;
    let known = this.held.get(entry);
    if (known && !known.unsaved && known.name !== strokes) known = null; // another page has painted meanwhile
    const current = known ?? new Retouch(entry, width, height, (one) => this.tell(one));
    for (const [key, one] of this.held) if (!one.unsaved || one === known) this.held.delete(key);
    this.current = current;
    this.last = null; // where the last stroke ended
    canvas.hand.size ||= Math.max(8, Math.max(width, height) / 24);
    try {
      if (!known) await current.load();
    } catch {
      if (this.current !== current) return;
      this.current = null;
      Object.assign(canvas.hand, { state: "unloaded", says: "" });
      return;
    }
    if (this.current !== current) return;
    this.look();
    this.tell(current);
    canvas.hand.ready = Boolean(this.bare); // which may have come while the strokes were loaded
    await this.lookAgain();
  }

  // Show what another page has painted; what is not saved here yet is joined with it when it is sent.
  async renew() {
    const { current, canvas } = this;
    const busy = () => this.current !== current || current.unsaved || current.saving || current.paint.stroke;
    if (!current?.loaded || current.name === canvas.strokes || busy()) return;
    const next = new Retouch(current.entry, canvas.width, canvas.height, (one) => this.tell(one));
    try {
      await next.load();
    } catch {
      return; // what is saved next is joined all the same
    }
    if (busy() || next.name === current.name) return;
    this.current = next;
    this.last = null;
    canvas.redraw();
    this.look();
    next.tell("theirs");
  }

  // Put it down; what is painted goes to the library.
  close() {
    const { current } = this;
    this.abandon();
    this.current = null;
    this.canvas.hand.ready = false;
    if (current?.loaded) {
      this.held.set(current.entry, current); // for its undo, until another photo is painted on
      current.save();
    }
    this.bare?.close();
    this.bare = null;
    this.bareKey = "";
    this.unhover();
  }

  // Load the cutout under the paint, where that has become another one.
  async lookAgain() {
    const { canvas } = this;
    const { bare, bareKey } = canvas;
    if (!this.current || !bare || bareKey === this.bareKey) return;
    this.bareKey = bareKey;
    const next = new Picture(bare, () => canvas.redraw());
    await next.first;
    if (this.bareKey !== bareKey) return next.close();
    this.bare?.close();
    this.bare = next;
    canvas.hand.ready = Boolean(this.current?.loaded);
    canvas.redraw();
  }

  // Strokes

  paints(event) {
    if (event.pointerType === "pen") this.penned = true;
    return this.canvas.hand.ready && !(this.penned && event.pointerType === "touch");
  }

  down(event, at) {
    const { hand } = this.canvas;
    const place = this.canvas.onPhoto(at);
    if (hand.name === "subject") return;
    if (hand.name === "hole" || hand.name === "island") return;
    const erases = (hand.name === "erase") !== Boolean(event.buttons & ERASER);
    this.brush = { white: erases ? 0 : 255, radius: hand.size / 2, hardness: hand.hardness / 100, opacity: hand.opacity / 100 };
    this.straight = event.shiftKey;
    this.from = this.straight && this.last ? this.last : place;
    this.begin();
    this.draw(this.from, place, event);
    this.at = place;
  }

  move(event) {
    if (!this.current?.paint.stroke) return;
    const events = event.getCoalescedEvents?.() ?? [];
    const all = events.length ? events : [event];
    for (const each of all) {
      const place = this.canvas.onPhoto(this.canvas.point(each));
      // What a large brush would hardly show is left to the last one.
      const near = Math.hypot(place.x - this.at.x, place.y - this.at.y) < this.brush.radius * FINEST;
      if (each !== all.at(-1) && (near || this.straight)) continue;
      if (this.straight) {
        this.canvas.redraw(this.paint.abandon());
        this.begin();
        this.draw(this.from, place, each);
      } else {
        this.draw(this.at, place, each);
      }
      this.at = place;
    }
  }

  up(event) {
    const { hand } = this.canvas;
    if (this.current?.paint.stroke) {
      this.last = this.at;
      if (this.paint.end()) this.changed();
      return;
    }
    const place = this.canvas.onPhoto(this.canvas.point(event));
    const { width, height } = this.canvas;
    if (!hand.ready || place.x < 0 || place.y < 0 || place.x >= width || place.y >= height) return;
    if (hand.name === "subject") this.canvas.$emit("subject", `${(place.x / width).toFixed(4)} ${(place.y / height).toFixed(4)}`);
    else if (hand.name === "hole" || hand.name === "island") this.part(hand.name, place);
  }

  begin() {
    this.paint.begin(this.brush);
  }

  draw(from, to, event) {
    const weight = event.pointerType === "pen" ? Math.max(LIGHTEST, event.pressure) : 1;
    this.canvas.redraw(this.paint.line(from, to, this.brush.radius * weight));
  }

  abandon() {
    if (this.current?.paint.stroke) this.canvas.redraw(this.paint.abandon());
  }

  async part(name, { x, y }) {
    const { current, canvas } = this;
    if (canvas.hand.busy) return;
    canvas.hand.busy = true;
    try {
      canvas.hand.says = await current.part(name, x, y);
    } catch {
      return current.tell("failed");
    } finally {
      canvas.hand.busy = false;
    }
    if (this.current !== current) return;
    canvas.redraw();
    this.look();
  }

  undo() {
    if (!this.paint.stroke && this.paint.undo()) this.changed();
  }

  redo() {
    if (!this.paint.stroke && this.paint.redo()) this.changed();
  }

  clear() {
    if (!this.paint.stroke && this.paint.clear()) this.changed();
  }

  changed() {
    this.canvas.hand.says = "";
    this.canvas.redraw();
    this.current.later();
    this.look();
  }

  save() {
    return Promise.all([this.current, ...this.held.values()].map((one) => one?.save()));
  }

  resize(factor) {
    const { hand, largest } = this.canvas;
    hand.size = Math.min(largest, Math.max(LEAST, hand.size * factor));
    this.hover(null, this.place);
  }

  // What is told

  look() {
    const { done, undone, empty } = this.paint;
    Object.assign(this.canvas.hand, { undo: done.length > 0, redo: undone.length > 0, painted: !empty });
  }

  tell({ entry, state, says }) {
    if (state === "saved" || state === "joined") this.canvas.$emit("saved");
    if (state === "joined") this.canvas.redraw();
    if (entry === this.current?.entry) Object.assign(this.canvas.hand, { state, says });
  }

  // The outline of the brush goes with the pointer.
  hover(event, at) {
    const { ring } = this.canvas.$refs;
    const { hand, tool, width, sheet } = this.canvas;
    const brush = tool === "brush" && (hand.name === "keep" || hand.name === "erase");
    if (!ring || !at || !brush || event?.pointerType === "touch") return this.unhover();
    this.place = at;
    const size = (hand.size * sheet.width) / width;
    Object.assign(ring.style, { width: `${size}px`, height: `${size}px`, opacity: 1, transform: `translate(${at[0] - size / 2}px, ${at[1] - size / 2}px)` });
  }

  unhover() {
    const { ring } = this.canvas.$refs;
    if (ring) ring.style.opacity = 0;
  }
}

// A layer of black and white paint over an alpha, in tiles that exist where something is painted.
//
// Each pixel has two bytes: how white the paint is (255 keeps, 0 erases) and how thick (0 none, 255 all).
import { readPng, writePng } from "/components/strokes_png.js";

export const SIDE = 256;
const TILE_BYTES = SIDE * SIDE * 2;
const MOST_UNDO = 64e6; // bytes: 488 tiles, of which a stroke right across 24 megapixels has some 30
const FULL = 255;
const NOTHING = new Uint8Array(TILE_BYTES);

export class Paint {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.across = Math.ceil(width / SIDE);
    this.tiles = new Map(); // bytes by the number of a tile, row after row
    this.done = []; // the tiles of each stroke as they were before it
    this.undone = [];
    this.stroke = null;
    this.version = 0; // of what is painted: another number, another layer
  }

  // Begin a stroke; where it crosses itself it is not thicker than elsewhere.
  begin({ white, radius, hardness, opacity }) {
    this.stroke = { white, radius, hardness, opacity, before: new Map(), cover: new Map() };
  }

  // Draw the brush from one place to another, in pixels of the photo; returns the box that it has changed.
  line(from, to, radius = this.stroke.radius) {
    const outer = Math.max(radius, 0.5) + 0.5;
    const box = this.clipped({
      left: Math.floor(Math.min(from.x, to.x) - outer),
      top: Math.floor(Math.min(from.y, to.y) - outer),
      right: Math.ceil(Math.max(from.x, to.x) + outer) + 1,
      bottom: Math.ceil(Math.max(from.y, to.y) + outer) + 1,
    });
    this.each(box, (index, part) => this.dab(index, part, from, to, radius));
    return box;
  }

  // Lay a shape over it, as one stroke: bytes of `width` x `height` that are 0 where nothing is.
  lay(shape, { left, top, width, height }, white) {
    this.begin({ white, radius: 0, hardness: 1, opacity: 1 });
    const box = this.clipped({ left, top, right: left + width, bottom: top + height });
    this.each(box, (index, part, x0, y0) => {
      const tile = this.touched(index);
      for (let y = part.top; y < part.bottom; y += 1) {
        for (let x = part.left; x < part.right; x += 1) {
          if (!shape[(y - top) * width + x - left]) continue;
          const at = 2 * ((y - y0) * SIDE + x - x0);
          tile[at] = white;
          tile[at + 1] = FULL;
        }
      }
    });
    this.end();
    return box;
  }

  // Take all paint away, as one stroke.
  clear() {
    this.begin({ white: 0, radius: 0, hardness: 1, opacity: 1 });
    for (const [index, tile] of this.tiles) this.stroke.before.set(index, tile);
    this.tiles.clear();
    return this.end();
  }

  end() {
    const { before } = this.stroke ?? {};
    this.stroke = null;
    if (!before?.size) return false;
    this.done.push(before);
    this.undone = [];
    this.version += 1;
    let bytes = this.done.reduce((sum, step) => sum + step.size * TILE_BYTES, 0);
    while (bytes > MOST_UNDO && this.done.length > 1) bytes -= this.done.shift().size * TILE_BYTES;
    return true;
  }

  // Take back a stroke that is under way.
  abandon() {
    const before = this.stroke?.before ?? new Map();
    this.stroke = null;
    return this.restore(before).box;
  }

  undo() {
    return this.step(this.done, this.undone);
  }

  redo() {
    return this.step(this.undone, this.done);
  }

  step(from, to) {
    const tiles = from.pop();
    if (!tiles) return null;
    const { box, before } = this.restore(tiles);
    to.push(before);
    this.version += 1;
    return box;
  }

  // Let another layer lie under what was painted here since both had a common beginning.
  join(base, theirs) {
    const changed = new Map();
    for (const index of new Set([...base.tiles.keys(), ...theirs.tiles.keys()])) {
      const [old, now] = [base.tiles.get(index) ?? NOTHING, theirs.tiles.get(index) ?? NOTHING];
      if (old.some((byte, at) => byte !== now[at])) changed.set(index, [old, now]);
    }
    const join = (tiles) => {
      for (const [index, [old, now]] of changed) {
        if (tiles === this.tiles || tiles.has(index)) tiles.set(index, joined(tiles.get(index) ?? NOTHING, old, now));
      }
    };
    // What was there before each step had nothing of theirs, either; a stroke under way has no end yet.
    for (const tiles of [this.tiles, ...this.done, ...this.undone, ...(this.stroke ? [this.stroke.before] : [])]) join(tiles);
    this.version += 1;
  }

  get empty() {
    return this.tiles.size === 0;
  }

  // A box around all that is painted.
  get box() {
    const [columns, rows] = [[...this.tiles.keys()].map((n) => n % this.across), [...this.tiles.keys()].map((n) => Math.floor(n / this.across))];
    return this.clipped({
      left: Math.min(...columns) * SIDE,
      top: Math.min(...rows) * SIDE,
      right: (Math.max(...columns) + 1) * SIDE,
      bottom: (Math.max(...rows) + 1) * SIDE,
    });
  }

  // The file of all that is painted.
  encode() {
    const fixed = new Map([...this.tiles].map(([index, tile]) => [index, tile.slice()])); // painting goes on meanwhile
    return writePng(this.width, this.height, (y, bytes) => {
      const row = Math.floor(y / SIDE);
      for (let column = 0; column < this.across; column += 1) {
        const tile = fixed.get(row * this.across + column);
        if (!tile) continue;
        const start = 2 * (y - row * SIDE) * SIDE;
        const length = 2 * Math.min(SIDE, this.width - column * SIDE);
        bytes.set(tile.subarray(start, start + length), 2 * column * SIDE);
      }
    });
  }

  // Begin with what a file has.
  async decode(buffer) {
    await readPng(buffer, (y, bytes) => {
      const row = Math.floor(y / SIDE);
      for (let column = 0; column < this.across; column += 1) {
        const line = bytes.subarray(2 * column * SIDE, 2 * Math.min(this.width, (column + 1) * SIDE));
        if (!line.some(Boolean)) continue;
        const index = row * this.across + column;
        if (!this.tiles.has(index)) this.tiles.set(index, new Uint8Array(TILE_BYTES));
        this.tiles.get(index).set(line, 2 * (y - row * SIDE) * SIDE);
      }
    });
    this.version += 1;
  }

  // Call for each tile that a box meets: its number, the part of the box in it, and where the tile begins.
  each({ left, top, right, bottom }, visit) {
    for (let y0 = Math.floor(top / SIDE) * SIDE; y0 < bottom; y0 += SIDE) {
      for (let x0 = Math.floor(left / SIDE) * SIDE; x0 < right; x0 += SIDE) {
        const part = { left: Math.max(left, x0), top: Math.max(top, y0), right: Math.min(right, x0 + SIDE), bottom: Math.min(bottom, y0 + SIDE) };
        visit((y0 / SIDE) * this.across + x0 / SIDE, part, x0, y0);
      }
    }
  }

  clipped({ left, top, right, bottom }) {
    return { left: Math.max(0, left), top: Math.max(0, top), right: Math.min(this.width, right), bottom: Math.min(this.height, bottom) };
  }

  // The tile of a number, ready to be changed by the stroke that is under way.
  touched(index) {
    let tile = this.tiles.get(index);
    if (!this.stroke.before.has(index)) {
      this.stroke.before.set(index, tile ? tile.slice() : null);
      if (!tile) this.tiles.set(index, (tile = new Uint8Array(TILE_BYTES)));
    }
    return tile;
  }

  dab(index, part, from, to, radius) {
    const { white, hardness, opacity, cover } = this.stroke;
    const tile = this.touched(index);
    const before = this.stroke.before.get(index);
    if (!cover.has(index)) cover.set(index, new Uint8Array(SIDE * SIDE));
    const covered = cover.get(index);
    const [x0, y0] = [(index % this.across) * SIDE, Math.floor(index / this.across) * SIDE];
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = dx * dx + dy * dy || 1;
    // Full inside, nothing outside, a smooth slope of a pixel at least between them.
    const inner = Math.min(radius * hardness, radius - 0.5);
    const slope = Math.max(radius - inner, 1);
    const [reach, whole] = [(inner + slope) ** 2, Math.max(0, inner) ** 2];
    for (let y = part.top; y < part.bottom; y += 1) {
      const py = y + 0.5 - from.y;
      for (let x = part.left; x < part.right; x += 1) {
        const at = (y - y0) * SIDE + x - x0;
        if (covered[at] === FULL) continue; // most of a stroke lies over its own beginning
        const px = x + 0.5 - from.x;
        const along = Math.min(1, Math.max(0, (px * dx + py * dy) / length));
        const ox = px - along * dx;
        const oy = py - along * dy;
        const away = ox * ox + oy * oy;
        if (away >= reach) continue;
        let share = FULL;
        if (away > whole) {
          const rest = Math.min(1, (inner + slope - Math.sqrt(away)) / slope);
          share = Math.round(FULL * rest * rest * (3 - 2 * rest));
        }
        if (share <= covered[at]) continue;
        covered[at] = share;
        over(tile, before, 2 * at, white, share * opacity);
      }
    }
  }

  // Put tiles back; returns the box that has changed, and the tiles as they were.
  restore(tiles) {
    const box = { left: this.width, top: this.height, right: 0, bottom: 0 };
    const before = new Map();
    for (const [index, tile] of tiles) {
      before.set(index, this.tiles.get(index) ?? null);
      if (tile) this.tiles.set(index, tile);
      else this.tiles.delete(index);
      const [x0, y0] = [(index % this.across) * SIDE, Math.floor(index / this.across) * SIDE];
      box.left = Math.min(box.left, x0);
      box.top = Math.min(box.top, y0);
      box.right = Math.max(box.right, Math.min(this.width, x0 + SIDE));
      box.bottom = Math.max(box.bottom, Math.min(this.height, y0 + SIDE));
    }
    return { box, before };
  }
}

// A tile as it is here, but with what others have changed wherever nothing has changed here.
function joined(own, old, now) {
  const made = own.slice();
  for (let at = 0; at < made.length; at += 2) {
    if (own[at] === old[at] && own[at + 1] === old[at + 1]) [made[at], made[at + 1]] = [now[at], now[at + 1]];
  }
  return made;
}

// Lay paint of a thickness 0..255 over what a pixel had before the stroke: `over` of Porter and Duff.
function over(tile, before, at, white, thick) {
  const rest = before ? (before[at + 1] * (FULL - thick)) / FULL : 0;
  const whole = thick + rest;
  const under = rest ? before[at] : 0;
  tile[at] = whole ? Math.round((white * thick + under * rest) / whole) : 0;
  tile[at + 1] = Math.round(whole);
}

// A large picture on a small screen: a preview first, then tiles of what is seen, at the size it is seen.
const SMALL = 1600; // the longer side of the preview, in pixels
const ROUGH = 640; // the same of what a hand at a slider waits for
const REST = 250; // milliseconds after which it rests, and the preview comes
const AT_ONCE = 6; // requests, as many as a browser makes to one place
const MOST = 72; // tiles that are kept: of 512 x 512 pixels, a megabyte each
const PAUSE = 60; // milliseconds between two looks at what is missing
const AGAIN = 3000; // milliseconds until what has failed is asked for again

export class Picture {
  // `address` is that of its preview; `changed` is called whenever there is more to see. A `rough` one is small at
  // first; `whole` is called when the preview is here.
  constructor(address, changed, rough = false, whole = () => {}) {
    this.address = address;
    this.changed = changed;
    this.rough = rough;
    this.whole = whole;
    this.small = null;
    this.size = null; // { width, height, side } of the whole, once somebody looks closely
    this.tiles = new Map(); // by "level/x/y", the one drawn last at the end
    this.loading = new Map(); // what is on its way, by the same name, and how to stop it
    this.failed = new Map(); // when, by the same name
    this.missing = [];
    this.closed = false;
    this.first = this.loadSmall(rough);
  }

  async loadSmall(rough) {
    let answer;
    try {
      answer = await fetch(`${this.address}?side=${rough ? ROUGH : SMALL}`);
    } catch {
      if (!this.closed) setTimeout(() => this.closed || this.loadSmall(rough), AGAIN); // the network is away
      return;
    }
    if (!answer.ok) return; // what cannot be opened is told of in words, elsewhere
    const small = await createImageBitmap(await answer.blob()).catch(() => null);
    if (this.closed || !small) return small?.close();
    this.small?.close();
    Object.assign(this, { small, rough });
    this.changed();
    if (rough) setTimeout(() => this.closed || this.loadSmall(false), REST);
    else this.whole();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    for (const stop of this.loading.values()) stop.abort();
    for (const tile of this.tiles.values()) tile.close();
    this.small?.close();
    this.small = null;
    this.tiles.clear();
  }

  // Draw it into `to` { left, top, width, height }, as far as `seen` of the same form shows it: device pixels, both.
  draw(context, to, seen) {
    if (!this.small) return;
    context.imageSmoothingEnabled = to.width < 2 * (this.size?.width ?? Infinity);
    const level = this.level(to);
    if (level === null) {
      this.want([]);
      const { left, top, right, bottom } = snapped(to.left, to.top, to.left + to.width, to.top + to.height);
      context.drawImage(this.small, left, top, right - left, bottom - top);
      return;
    }
    const cells = this.cells(level, to, seen);
    for (const cell of cells) this.drawCell(context, cell);
    this.want(cells.filter((cell) => !this.tiles.has(cell.name)));
  }

  // Which tiles are needed: null where the preview has pixels enough.
  level(to) {
    if (this.rough || to.width <= this.small.width) return null;
    if (!this.size) {
      this.measure();
      return null;
    }
    const level = Math.max(0, Math.floor(Math.log2(this.size.width / to.width) + 0.01));
    return level === 0 || this.size.width / 2 ** level > this.small.width ? level : null; // the first is exact
  }

  cells(level, to, seen) {
    const { width, height, side } = this.size;
    const [step, scale] = [side * 2 ** level, to.width / width];
    const tall = to.height / height; // a little other than `scale` where sides were rounded
    const range = (start, extent, from, length, by) => [
      Math.max(0, Math.floor((from - start) / by / step)),
      Math.min(Math.ceil(extent / step), Math.ceil((from + length - start) / by / step)),
    ];
    const [left, right] = range(to.left, width, seen.left, seen.width, scale);
    const [top, bottom] = range(to.top, height, seen.top, seen.height, tall);
    const cells = [];
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        const part = { left: x * step, top: y * step, right: Math.min(width, (x + 1) * step), bottom: Math.min(height, (y + 1) * step) };
        const place = snapped(to.left + part.left * scale, to.top + part.top * tall, to.left + part.right * scale, to.top + part.bottom * tall);
        cells.push({ name: `${level}/${x}/${y}`, level, x, y, part, place });
      }
    }
    const middle = { x: (left + right - 1) / 2, y: (top + bottom - 1) / 2 };
    return cells.sort((a, b) => Math.hypot(a.x - middle.x, a.y - middle.y) - Math.hypot(b.x - middle.x, b.y - middle.y));
  }

  // Each place is drawn once, by the best that is here: twice, and soft edges would become hard.
  drawCell(context, { name, level, x, y, part, place }) {
    const [width, height] = [place.right - place.left, place.bottom - place.top];
    for (let up = 0; up <= 8; up += 1) {
      const key = `${level + up}/${x >> up}/${y >> up}`;
      const tile = up ? this.tiles.get(key) : this.tiles.get(name);
      if (!tile) continue;
      this.tiles.delete(key);
      this.tiles.set(key, tile);
      const [step, shrunk] = [this.size.side * 2 ** (level + up), 2 ** (level + up)];
      const [left, top] = [part.left - (x >> up) * step, part.top - (y >> up) * step];
      const [wide, high] = [part.right - part.left, part.bottom - part.top];
      context.drawImage(tile, left / shrunk, top / shrunk, wide / shrunk, high / shrunk, place.left, place.top, width, height);
      return;
    }
    const [fx, fy] = [this.small.width / this.size.width, this.small.height / this.size.height];
    context.drawImage(this.small, part.left * fx, part.top * fy, (part.right - part.left) * fx, (part.bottom - part.top) * fy, place.left, place.top, width, height);
  }

  async measure() {
    if (this.measuring || this.closed) return;
    this.measuring = true;
    try {
      const answer = await fetch(this.address.replace(/preview\.webp$/, "tiles"));
      if (answer.ok) this.size = await answer.json();
    } catch {
      // Without the network there is the preview.
    }
    if (this.closed) return;
    setTimeout(() => (this.measuring = false), AGAIN);
    if (this.size) this.changed();
  }

  want(cells) {
    this.missing = cells;
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.fetch();
    }, PAUSE);
  }

  fetch() {
    if (this.closed) return;
    const names = new Set(this.missing.map((cell) => cell.name));
    for (const [name, stop] of this.loading) if (!names.has(name)) stop.abort();
    const now = performance.now();
    for (const { name } of this.missing) {
      if (this.loading.size >= AT_ONCE) break;
      if (this.tiles.has(name) || this.loading.has(name) || now - (this.failed.get(name) ?? -AGAIN) < AGAIN) continue;
      this.load(name);
    }
  }

  async load(name) {
    const stop = new AbortController();
    this.loading.set(name, stop);
    try {
      const answer = await fetch(this.address.replace(/preview\.webp$/, `tiles/${name}.webp`), { signal: stop.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      const tile = await createImageBitmap(await answer.blob());
      if (this.closed) return tile.close();
      this.tiles.set(name, tile);
      this.drop();
      this.changed();
    } catch {
      if (!stop.signal.aborted) this.failed.set(name, performance.now());
    } finally {
      if (this.loading.get(name) === stop) this.loading.delete(name);
    }
    this.fetch();
  }

  drop() {
    for (const [name, tile] of this.tiles) {
      if (this.tiles.size <= MOST) return;
      this.tiles.delete(name);
      tile.close();
    }
  }
}

// Whole device pixels: no seam shows between neighbours.
function snapped(left, top, right, bottom) {
  return { left: Math.round(left), top: Math.round(top), right: Math.round(right), bottom: Math.round(bottom) };
}

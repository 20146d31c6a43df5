// What the canvas shows, drawn: before and after on a ground, paint over both, and a grid of pixels.
const CHECK = 8; // pixels of the screen that a square of the checkerboard measures
const GRID_FROM = 8; // device-independent pixels that a pixel of the photo measures before it gets an outline
const FULL = 255;

// The ground: a colour, or the squares of a checkerboard.
export class Ground {
  constructor(colour, squares, ratio) {
    this.size = Math.max(1, Math.round(CHECK * ratio));
    this.colours = (colour ? [colour, colour] : squares).map(channels);
  }

  fill(context, { left, top, right, bottom }) {
    context.fillStyle = this.pattern(context);
    context.fillRect(left, top, right - left, bottom - top);
  }

  pattern(context) {
    if (this.made) return this.made;
    const cell = new OffscreenCanvas(2 * this.size, 2 * this.size);
    const pen = cell.getContext("2d");
    for (const [x, y] of [[0, 0], [1, 0], [0, 1], [1, 1]]) {
      pen.fillStyle = `rgb(${this.colours[(x + y) % 2]})`;
      pen.fillRect(x * this.size, y * this.size, this.size, this.size);
    }
    this.made = context.createPattern(cell, "repeat");
    return this.made;
  }

  at(x, y) {
    return this.colours[(Math.floor(x / this.size) + Math.floor(y / this.size)) % 2];
  }
}

const known = new Map();

function channels(colour) {
  if (!known.has(colour)) {
    const pen = new OffscreenCanvas(1, 1).getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    known.set(colour, [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)]);
  }
  return known.get(colour);
}

// Draw a picture on its ground, between two columns of the canvas. Places are in device pixels.
export function lay(context, picture, ground, to, [from, until] = [0, Infinity]) {
  const { width, height } = context.canvas;
  const box = {
    left: Math.max(0, Math.round(to.left), from),
    top: Math.max(0, Math.round(to.top)),
    right: Math.min(width, Math.round(to.left + to.width), until),
    bottom: Math.min(height, Math.round(to.top + to.height)),
  };
  if (box.right <= box.left || box.bottom <= box.top) return;
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.clip();
  if (ground) ground.fill(context, box);
  picture?.draw(context, to, { left: box.left, top: box.top, width: box.right - box.left, height: box.bottom - box.top });
  context.restore();
}

// Outline the pixels of a photo of so many a side, where they are large enough for that.
export function drawGrid(context, to, size, ratio) {
  const [step, tall] = [to.width / size.width, to.height / size.height];
  if (step < GRID_FROM * ratio - 0.001) return;
  const { width, height } = context.canvas;
  const [left, right] = [Math.max(0, to.left), Math.min(width, to.left + to.width)];
  const [top, bottom] = [Math.max(0, to.top), Math.min(height, to.top + to.height)];
  context.beginPath();
  for (let x = Math.ceil((left - to.left) / step); to.left + x * step <= right; x += 1) {
    const at = Math.round(to.left + x * step) + 0.5;
    context.moveTo(at, top);
    context.lineTo(at, bottom);
  }
  for (let y = Math.ceil((top - to.top) / tall); to.top + y * tall <= bottom; y += 1) {
    const at = Math.round(to.top + y * tall) + 0.5;
    context.moveTo(left, at);
    context.lineTo(right, at);
  }
  context.lineWidth = 1;
  context.strokeStyle = "rgb(128 128 128 / 0.45)";
  context.stroke();
}

// Two views of the same place, without paint, from which the painted one is mixed where paint is.
export class Mixer {
  constructor() {
    this.views = [0, 1].map(() => new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true }));
  }

  // Draw the cutout as it is seen now; the photo waits until there is paint.
  prepare(size, photo, cutout, ground, to) {
    Object.assign(this, { photo, ground, to, waits: true });
    this.view(1, cutout, size);
  }

  get cutout() {
    return this.views[1].canvas;
  }

  view(number, picture, { width, height }) {
    const view = this.views[number];
    if (view.canvas.width !== width || view.canvas.height !== height) Object.assign(view.canvas, { width, height });
    else view.clearRect(0, 0, width, height);
    lay(view, picture, this.ground, this.to);
  }

  // Show what a box of the photo looks like under the paint on it.
  show(context, paint, box) {
    const { to } = this;
    const scale = to.width / paint.width;
    const { width, height } = context.canvas;
    const left = Math.max(0, Math.floor(to.left + box.left * scale) - 1, Math.round(to.left));
    const top = Math.max(0, Math.floor(to.top + box.top * scale) - 1, Math.round(to.top));
    const right = Math.min(width, Math.ceil(to.left + box.right * scale) + 1, Math.round(to.left + to.width));
    const bottom = Math.min(height, Math.ceil(to.top + box.bottom * scale) + 1, Math.round(to.top + to.height));
    if (right <= left || bottom <= top) return;
    if (this.waits) this.view(0, this.photo, context.canvas);
    this.waits = false;
    const [photo, made] = this.views.map((view) => view.getImageData(left, top, right - left, bottom - top));
    this.mix(made, photo, paint, left, top, scale);
    context.putImageData(made, left, top);
  }

  // made = made * (1 - s) + photo * s * white + ground * s * (1 - white), for paint of thickness s.
  mix(made, photo, paint, left, top, scale) {
    const fine = scale < 0.75 ? 2 : 1; // samples a side: a screen pixel may have many of the photo
    const [xs, ys] = [
      places(made.width * fine, left * fine, this.to.left * fine, scale * fine, paint.width),
      places(made.height * fine, top * fine, this.to.top * fine, (this.to.height / paint.height) * fine, paint.height),
    ];
    const [out, before, all] = [made.data, photo.data, fine * fine * FULL];
    let [index, tile] = [-1, null]; // of the last sample: the next one mostly has the same
    for (let y = 0; y < made.height; y += 1) {
      for (let x = 0; x < made.width; x += 1) {
        let thick = 0;
        let white = 0;
        for (let sy = y * fine; sy < (y + 1) * fine; sy += 1) {
          const py = ys[sy];
          for (let sx = x * fine; sx < (x + 1) * fine; sx += 1) {
            const px = xs[sx];
            const wanted = (py >> 8) * paint.across + (px >> 8);
            if (wanted !== index) {
              index = wanted;
              tile = paint.tiles.get(index);
            }
            if (!tile) continue;
            const at = 2 * (((py & 255) << 8) + (px & 255));
            thick += tile[at + 1];
            white += tile[at + 1] * tile[at];
          }
        }
        if (!thick) continue;
        const s = thick / all;
        const w = white / all / FULL;
        const at = 4 * (y * made.width + x);
        const under = this.ground.at(left + x, top + y);
        out[at] = out[at] * (1 - s) + before[at] * w + under[0] * (s - w);
        out[at + 1] = out[at + 1] * (1 - s) + before[at + 1] * w + under[1] * (s - w);
        out[at + 2] = out[at + 2] * (1 - s) + before[at + 2] * w + under[2] * (s - w);
      }
    }
  }
}

function places(count, from, origin, scale, most) {
  return Int32Array.from({ length: count }, (_, n) => Math.min(most - 1, Math.max(0, Math.floor((from + n + 0.5 - origin) / scale))));
}

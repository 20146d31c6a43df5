// Where the cells of a strip or a grid are: pure sums, so that only those in sight need be in the page.

const GRID = { least: 168, height: 196, gap: 12, pad: 16 };
const STRIP = { height: 110, gap: 10, pad: 12 };
const ROW = { width: 64, height: 56, gap: 8, pad: 8, columns: 1, across: true };
const WHY = 36; // more for a reason below each photo of a review
const SPARE = 3; // rows beyond what is in sight

// The size of the cells in a box; `across` for a row that is scrolled sideways.
export function layout({ width }, { grid, across, review }) {
  if (across) return ROW;
  const { least, gap, pad, height } = grid ? GRID : { ...STRIP, least: width };
  const columns = Math.max(1, Math.floor((width - 2 * pad + gap) / (least + gap)));
  const cell = (width - 2 * pad - gap * (columns - 1)) / columns;
  return { gap, pad, columns, width: cell, height: height + (grid && review ? WHY : 0) };
}

// The size of the list, as CSS.
export function extent({ gap, pad, height, width, columns, across }, count) {
  if (across) return { width: `${2 * pad + count * (width + gap)}px`, height: `${height + 2 * pad}px` };
  return { height: `${2 * pad + Math.ceil(count / columns) * (height + gap) - gap}px` };
}

// Which cells are seen and which are made, from the first one on to that before the last.
export function range({ gap, pad, height, width, columns, across }, box, count) {
  const [size, room] = across ? [width + gap, box.width] : [height + gap, box.height];
  const first = Math.floor((box.at - pad) / size);
  const end = first + Math.ceil(room / size) + 1;
  const bound = (row) => Math.min(count, Math.max(0, row * columns));
  return { seen: [bound(first), bound(end)], made: [bound(first - SPARE), bound(end + SPARE)] };
}

// The place of a cell, as CSS.
export function place({ gap, pad, height, width, columns, across }, at) {
  const [x, y] = across ? [at, 0] : [at % columns, Math.floor(at / columns)];
  const move = `translate(${pad + x * (width + gap)}px, ${pad + y * (height + gap)}px)`;
  return { transform: move, width: `${width}px`, height: `${height}px` };
}

// How far to scroll so that a cell is in sight, from where it is now.
export function scrolled({ gap, pad, height, width, columns, across }, box, at, now) {
  const [size, room] = across ? [width + gap, box.width] : [height + gap, box.height];
  const start = pad + Math.floor(at / columns) * size;
  return Math.min(start - pad, Math.max(now, start + size + pad - gap - room));
}

// Layers of paint as PNG files of grey and alpha, 8 bits each (w3.org/TR/png-3), a few rows at a time.
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const GREY_ALPHA = 4;
const CHANNELS = 2;
const BAND = 64; // rows that are handed over at once

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

function chunk(kind, data) {
  const made = new Uint8Array(data.length + 12);
  const view = new DataView(made.buffer);
  view.setUint32(0, data.length);
  made.set([...kind].map((letter) => letter.charCodeAt(0)), 4);
  made.set(data, 8);
  view.setUint32(data.length + 8, crc(made.subarray(4, data.length + 8)));
  return made;
}

// Write a picture; `fill(row, bytes)` puts one row of it, grey and alpha in turn, into bytes that are all 0.
export async function writePng(width, height, fill) {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, GREY_ALPHA);
  const row = 1 + width * CHANNELS; // before each row stands the number of its filter: none
  let at = 0;
  const rows = new ReadableStream({
    pull(to) {
      const band = new Uint8Array(row * Math.min(BAND, height - at));
      for (let start = 0; start < band.length; start += row, at += 1) fill(at, band.subarray(start + 1, start + row));
      to.enqueue(band);
      if (at === height) to.close();
    },
  });
  const packed = await new Response(rows.pipeThrough(new CompressionStream("deflate"))).arrayBuffer();
  const chunks = [chunk("IHDR", new Uint8Array(header.buffer)), chunk("IDAT", new Uint8Array(packed)), chunk("IEND", [])];
  return new Blob([new Uint8Array(SIGNATURE), ...chunks], { type: "image/png" });
}

// Read a picture of grey, or of grey and alpha; `take(row, bytes)` is given each of its rows.
export async function readPng(buffer, take) {
  const view = new DataView(buffer);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const channels = view.getUint8(25) === GREY_ALPHA ? CHANNELS : 1;
  const parts = [];
  for (let at = 8; at < buffer.byteLength; at += view.getUint32(at) + 12) {
    const kind = String.fromCharCode(...new Uint8Array(buffer, at + 4, 4));
    if (kind === "IDAT") parts.push(new Uint8Array(buffer, at + 8, view.getUint32(at)));
  }
  const rows = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const length = 1 + width * channels;
  let [row, held, above] = [0, new Uint8Array(0), new Uint8Array(width * channels)];
  while (row < height) {
    const { value, done } = await rows.read();
    if (done) break;
    const bytes = new Uint8Array(held.length + value.length);
    bytes.set(held);
    bytes.set(value, held.length);
    let at = 0;
    for (; at + length <= bytes.length && row < height; at += length, row += 1) {
      const line = bytes.slice(at + 1, at + length);
      unfilter(bytes[at], line, above, channels);
      take(row, line);
      above = line;
    }
    held = bytes.slice(at);
  }
  return { width, height };
}

// The five filters of PNG, 9.2: a byte is stored as its difference to one before, above, or both.
function unfilter(kind, line, above, step) {
  if (kind === 0) return;
  for (let i = 0; i < line.length; i += 1) {
    const left = i >= step ? line[i - step] : 0;
    if (kind === 1) line[i] += left;
    else if (kind === 2) line[i] += above[i];
    else if (kind === 3) line[i] += (left + above[i]) >> 1;
    else line[i] += paeth(left, above[i], i >= step ? above[i - step] : 0);
  }
}

function paeth(a, b, c) {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

// A worker of its own: the SHA-256 of a file, piece by piece, so that neither a page nor its memory
// notices. Browsers have none that takes pieces (crypto.subtle wants all bytes at once).
const PIECE = 1 << 20;
const BLOCK = 64;

// The first 64 primes give the constants: 32 bits behind the point of their roots (FIPS 180-4, 4.2.2 and 5.3.3).
const primes = [];
for (let number = 2; primes.length < 64; number++) if (primes.every((prime) => number % prime)) primes.push(number);
const behind = (root) => (root % 1) * 2 ** 32;
const ROUND = Int32Array.from(primes, (prime) => behind(Math.cbrt(prime)));
const START = Int32Array.from(primes.slice(0, 8), (prime) => behind(Math.sqrt(prime)));

const words = new Int32Array(64);

// Take whole blocks of bytes into the state.
function take(state, bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + BLOCK <= bytes.length; at += BLOCK) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const x = words[i - 15], y = words[i - 2];
      const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[i] = (words[i - 16] + low + words[i - 7] + high) | 0;
    }
    let a = state[0], b = state[1], c = state[2], d = state[3];
    let e = state[4], f = state[5], g = state[6], h = state[7];
    for (let i = 0; i < 64; i++) {
      const mixed = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + mixed + ((e & f) ^ (~e & g)) + ROUND[i] + words[i]) | 0;
      const other = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (other + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d;
    state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }
}

// What is left, a one, zeros, and the length in bits as 64 of them.
function end(state, rest, length) {
  const last = new Uint8Array(rest.length + 9 > BLOCK ? 2 * BLOCK : BLOCK);
  last.set(rest);
  last[rest.length] = 0x80;
  new DataView(last.buffer).setBigUint64(last.length - 8, BigInt(length) * 8n);
  take(state, last);
  return [...new Uint32Array(state.buffer)].map((word) => word.toString(16).padStart(8, "0")).join("");
}

onmessage = async ({ data: file }) => {
  const state = START.slice();
  try {
    let rest = new Uint8Array(0);
    for (let at = 0; at < file.size; at += PIECE) {
      // Pieces are whole blocks, all but the last one.
      const bytes = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
      const whole = bytes.length - (bytes.length % BLOCK);
      take(state, bytes.subarray(0, whole));
      rest = bytes.subarray(whole);
      postMessage({ share: Math.min(1, (at + PIECE) / file.size) });
    }
    postMessage({ sha256: end(state, rest, file.size) });
  } catch {
    postMessage({ failed: true }); // the file is gone, or cannot be read any more
  }
};

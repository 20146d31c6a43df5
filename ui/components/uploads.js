// Files on their way to the library: two at a time, straight over HTTP, never over the socket.
import { computed, reactive } from "vue";
import { carried, dropCarried } from "/components/hands.js";
import { announced, posted } from "/components/sending.js";

const SOON = 120; // seconds that are waited without a word of the visitor
const AT_ONCE = 2; // one comes in while the other is being kept
const IGNORED = /^(\..*|thumbs\.db|desktop\.ini|__macosx)$/i;

// What is on its way now, and what failed: {id, name, progress 0..1, says, again}.
// `says` is why it failed, `again` whether it may help to send it once more, `pays` whether it lacks
// credits.
export const uploads = reactive([]);
// Why nothing is sent for now, in a sentence, where the server has asked to come back later.
export const held = reactive({ says: "" });
// How many files have not begun. They are no rows of their own: a folder may hold thousands.
const unsent = reactive({ length: 0 });
export const queue = reactive({ length: computed(() => unsent.length + carried.left) });

const files = new Map(); // of uploads, by id: {file, folder, alone}
const sendings = new Map(); // what stops them, by id
const waiting = []; // {id, file, folder, alone, token}: the last by which an announcement is known again
let running = 0;
let serial = 0;
let arrived = () => {};
let words = {};
let announces = false;

// Tell a listener of each photo that is in the library now: its id, and whether it came alone.
// What goes wrong is told in `said`. With `ahead`, files are announced before they are sent.
export function onArrival(listener, said, ahead) {
  arrived = listener;
  words = said;
  announces = ahead;
}

// Put files in the queue: a list of {file, folder}.
export function send(found) {
  const wanted = found.filter(({ file }) => !IGNORED.test(file.name));
  for (const { file, folder } of wanted)
    waiting.push({ id: `upload-${++serial}`, file, folder, alone: wanted.length === 1 });
  next();
}

export function sendAgain(id) {
  waiting.unshift({ id, ...files.get(id) });
  dismiss(id);
  next();
}

// Stop an upload, or take away what is said of one that failed.
export function dismiss(id) {
  const at = uploads.findIndex((upload) => upload.id === id);
  if (at < 0) return;
  uploads.splice(at, 1);
  files.delete(id);
  sendings.get(id)?.abort();
}

// Tell of a file that was not taken in on another way.
export function refused(name, says) {
  uploads.push({ id: `upload-${++serial}`, name, progress: 0, says, again: false });
}

// Give up what has not begun.
export function dismissWaiting() {
  waiting.length = unsent.length = 0;
  held.says = "";
  dropCarried();
}

// Send what was held back.
export function goOn() {
  clearTimeout(held.timer);
  held.says = "";
  next();
}

// Keep a file until the server takes more; soon enough that is tried by itself.
function hold(id, what, says, seconds) {
  dismiss(id);
  waiting.unshift({ id, ...what });
  held.says = says;
  clearTimeout(held.timer);
  if (seconds <= SOON) held.timer = setTimeout(goOn, seconds * 1000);
}

// Files of an <input>, with the folders they were chosen in.
export function fromInput(input) {
  const found = [...input.files].map((file) => ({
    file,
    folder: (file.webkitRelativePath || "").split("/").slice(0, -1).join("/"),
  }));
  input.value = "";
  return found;
}

// Files and folders of a drop, all the way down.
export async function fromDrop(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, folder: "" }));
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

async function walk(entry, folder, found) {
  if (IGNORED.test(entry.name)) return;
  try {
    if (entry.isFile) {
      found.push({ file: await new Promise((done, fail) => entry.file(done, fail)), folder });
      return;
    }
    const inside = folder ? `${folder}/${entry.name}` : entry.name;
    const reader = entry.createReader();
    for (;;) {
      // A reader gives at most a hundred entries at a time.
      const some = await new Promise((done, fail) => reader.readEntries(done, fail));
      if (!some.length) return;
      for (const child of some) await walk(child, inside, found);
    }
  } catch {
    uploads.push({ id: `upload-${++serial}`, name: entry.name, progress: 0, says: words.unreadable });
  }
}

function next() {
  while (running < AT_ONCE && waiting.length && !held.says) {
    running += 1;
    post(waiting.shift()).finally(() => {
      running -= 1;
      next();
    });
  }
  unsent.length = waiting.length;
}

async function post({ id, ...what }) {
  const { file, folder, alone, token = crypto.getRandomValues(new Uint32Array(4)).join("-") } = what;
  const upload = reactive({ id, name: file.name, progress: 0, says: "", again: false, pays: false });
  const sending = new AbortController();
  uploads.push(upload);
  files.set(id, what);
  sendings.set(id, sending);
  const progress = (share) => (upload.progress = share);
  try {
    const way = { words, token, progress, signal: sending.signal };
    const entry = await (announces ? announced : posted)(file, folder, way);
    sendings.delete(id); // from here on there is nothing to stop
    dismiss(id);
    arrived(entry, alone);
  } catch (error) {
    sendings.delete(id);
    if (sending.signal.aborted) return;
    const { says = words.notTaken, again = false, seconds = 0, status } = error;
    if (seconds) hold(id, { ...what, token }, says, seconds);
    else Object.assign(upload, { says, again, pays: status === 402 });
  }
}

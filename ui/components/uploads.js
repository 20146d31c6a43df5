// Files on their way to the library: two at a time, straight over HTTP, never over the socket.
import { reactive } from "vue";

const SOON = 120; // seconds that are waited without a word of the visitor
const AT_ONCE = 2; // one comes in while the other is being kept
const IGNORED = /^(\..*|thumbs\.db|desktop\.ini|__macosx)$/i;

// What is on its way now, and what failed: {id, name, progress 0..1, says, again}.
// `says` is why it failed, `again` whether it may help to send it once more.
export const uploads = reactive([]);
// Why nothing is sent for now, in a sentence, where the server has asked to come back later.
export const held = reactive({ says: "" });
// How many files have not begun. They are no rows of their own: a folder may hold thousands.
export const queue = reactive({ length: 0 });

const files = new Map(); // of uploads, by id: {file, folder, alone}
const requests = new Map(); // by id
const waiting = []; // {id, file, folder, alone}
let running = 0;
let serial = 0;
let arrived = () => {};
let words = {};

// Tell a listener of each photo that is in the library now: its id, and whether it came alone.
// What goes wrong is told in `said`.
export function onArrival(listener, said) {
  arrived = listener;
  words = said;
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
  const request = requests.get(id);
  if (request?.readyState < XMLHttpRequest.DONE) request.abort();
}

// Give up what has not begun.
export function dismissWaiting() {
  waiting.length = queue.length = 0;
  held.says = "";
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
  queue.length = waiting.length;
}

function post({ id, ...what }) {
  const { file, folder, alone } = what;
  const upload = reactive({ id, name: file.name, progress: 0, says: "", again: false });
  const request = new XMLHttpRequest();
  uploads.push(upload);
  files.set(id, what);
  requests.set(id, request);
  return new Promise((done) => {
    request.open("POST", `/upload?${new URLSearchParams({ name: file.name, folder })}`);
    request.upload.onprogress = (event) => {
      upload.progress = event.total ? event.loaded / event.total : 0;
    };
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status === 201) {
        dismiss(id);
        arrived(answer.id, alone);
      } else if (Number(request.getResponseHeader("Retry-After"))) {
        hold(id, what, answer.says, Number(request.getResponseHeader("Retry-After")));
      } else {
        // What is wrong with the file stays wrong; a full disk, a busy library or no credits may not.
        const again = request.status >= 500 || request.status === 402;
        Object.assign(upload, { says: answer.says ?? words.notTaken, again });
      }
    };
    request.onerror = () => Object.assign(upload, { says: words.brokeOff, again: true });
    request.onloadend = () => {
      requests.delete(id);
      done();
    };
    request.send(file);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

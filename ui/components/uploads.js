// Files on their way to the library: three at a time, straight over HTTP, never over the socket.
import { reactive } from "vue";

const AT_ONCE = 3;
const IGNORED = /^(\..*|thumbs\.db|desktop\.ini|__macosx)$/i;

// {id, name, progress 0..1, says}: `says` is why a file was refused.
export const uploads = reactive([]);
const waiting = [];
let running = 0;
let serial = 0;

// Put files in the queue: a list of {file, folder}.
export function send(arrivals) {
  for (const { file, folder } of arrivals) {
    if (IGNORED.test(file.name)) continue;
    const upload = reactive({ id: `upload-${++serial}`, name: file.name, progress: 0, says: "" });
    uploads.push(upload);
    waiting.push({ upload, file, folder });
  }
  next();
}

export function dismiss(id) {
  const at = uploads.findIndex((upload) => upload.id === id);
  if (at >= 0) uploads.splice(at, 1);
}

// Files of an <input>, with the folders they were chosen in.
export function fromInput(input) {
  const arrivals = [...input.files].map((file) => ({
    file,
    folder: (file.webkitRelativePath || "").split("/").slice(0, -1).join("/"),
  }));
  input.value = "";
  return arrivals;
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
  if (entry.isFile) {
    found.push({ file: await new Promise((done, fail) => entry.file(done, fail)), folder });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A reader gives at most a hundred entries at a time.
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return;
    for (const child of some) await walk(child, folder ? `${folder}/${entry.name}` : entry.name, found);
  }
}

function next() {
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    post(waiting.shift()).finally(() => {
      running -= 1;
      next();
    });
  }
}

function post({ upload, file, folder }) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const refuse = (says) => {
      upload.says = says;
      done();
    };
    request.open("POST", `/upload?${new URLSearchParams({ name: file.name, folder })}`);
    request.upload.onprogress = (event) => {
      upload.progress = event.loaded / event.total;
    };
    request.onload = () => {
      if (request.status === 201) {
        dismiss(upload.id);
        done();
      } else {
        refuse(sentence(request));
      }
    };
    request.onerror = () => refuse("The connection broke off. Drop this file again.");
    request.send(file);
  });
}

function sentence(request) {
  try {
    return JSON.parse(request.responseText).says;
  } catch {
    return "This file could not be taken in. Drop it again.";
  }
}

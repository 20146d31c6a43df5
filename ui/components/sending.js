// One photo on its way to the workbench, over HTTP.

const HASHED = 0.1; // of the way, when the hash of a file is known
const TRIES = [1, 2, 4]; // seconds that are waited before a piece that was lost is sent again
const TUS = { "Tus-Resumable": "1.0.0" };

// Why a photo was not taken: a sentence, whether it may help to send it again, and in how many seconds.
export class Refusal extends Error {
  constructor(says, { status = 0, again = false, seconds = 0 } = {}) {
    super(says);
    Object.assign(this, { says, status, again, seconds });
  }
}

// Send a file to our own route, which hashes and looks at it as it comes. Returns the id of its entry.
export async function posted(file, folder, way) {
  const { answer } = await ask("POST", `/upload?${query(file, folder)}`, file, {}, way, way.progress);
  return answer.id;
}

// Announce a file by its hash, send it to where it is told, if it has to be sent at all, and say so.
// What has no name of a photo, or cannot be sent there, goes the other way.
export async function announced(file, folder, way) {
  const sha256 = await hashed(file, way);
  const said = { sha256, size: file.size, filename: file.name };
  const headers = { "Content-Type": "application/json", "Idempotency-Key": way.token };
  const where = `?${new URLSearchParams({ folder })}`;
  let told;
  try {
    told = (await ask("POST", `/intake${where}`, JSON.stringify(said), headers, way)).answer;
  } catch (refusal) {
    if (refusal.status === 415 || refusal.status === 422) return posted(file, folder, way);
    throw refusal;
  }
  if (told.entry_id) return told.entry_id;
  const task = `/jobs/${told.job_id}`;
  // Whoever gives up does not want it any more.
  way.signal.addEventListener("abort", () => fetch(task, { method: "DELETE", keepalive: true }));
  try {
    if (told.upload_url) await put(file, told, way);
    return (await ask("POST", `${task}/uploaded${where}`, "", {}, way)).answer.entry_id;
  } catch (refusal) {
    // Another name than its bytes have, or a storage that is not reached from here.
    const unreached = refusal.beyond && !refusal.status;
    if (refusal.status === 415 || unreached) return posted(file, folder, way);
    throw refusal;
  }
}

function query(file, folder) {
  return new URLSearchParams({ name: file.name, folder });
}

function hashed(file, { words, progress, signal }) {
  return new Promise((done, fail) => {
    const worker = new Worker("/components/hasher.js");
    const leave = (act, with_) => { worker.terminate(); act(with_); };
    worker.onmessage = ({ data }) => {
      if (data.sha256) leave(done, data.sha256);
      else if (data.failed) leave(fail, new Refusal(words.unreadable));
      else progress(HASHED * data.share);
    };
    worker.onerror = () => leave(fail, new Refusal(words.notTaken, { again: true }));
    signal.addEventListener("abort", () => leave(fail, new Refusal("")));
    worker.postMessage(file);
  });
}

async function put(file, told, way) {
  const further = (share) => way.progress(HASHED + (1 - HASHED) * share);
  try {
    if (told.resumable) await inPieces(file, told.resumable, way, further);
    else await ask("PUT", told.upload_url, file, told.upload_headers, way, further);
  } catch (refusal) {
    if (refusal.status === 409) return; // it is there: an answer was lost
    throw Object.assign(refusal, { beyond: true });
  }
}

// The protocol TUS: what was lost on the way goes on where the server has it.
async function inPieces(file, { url, headers, piece }, way, progress) {
  const begun = await ask("POST", url, "", { ...headers, "Upload-Length": file.size }, way);
  // Behind its proxy the storage does not know how it is reached: only the last part is its own.
  const place = `${url}/${begun.header("Location").split("/").pop()}`;
  const own = { ...TUS, "x-signature": headers["x-signature"] };
  let at = 0, lost = 0;
  while (at < file.size) {
    const told = (share) => progress((at + share * Math.min(piece, file.size - at)) / file.size);
    try {
      if (lost && (at = offset(await ask("HEAD", place, null, own, way))) >= file.size) return;
      const head = { ...own, "Upload-Offset": at, "Content-Type": "application/offset+octet-stream" };
      at = offset(await ask("PATCH", place, file.slice(at, at + piece), head, way, told));
      lost = 0;
    } catch (refusal) {
      const final = refusal.status && refusal.status < 500 && refusal.status !== 409;
      if (way.signal.aborted || final || lost >= TRIES.length) throw refusal;
      await new Promise((done) => setTimeout(done, 1000 * TRIES[lost++]));
    }
  }
}

function offset({ header }) {
  return Number(header("Upload-Offset"));
}

// Ask for something; progress of the body is told, and anything but success is a Refusal.
function ask(method, url, body, headers, { words, signal }, progress = () => {}) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => progress(event.total ? event.loaded / event.total : 0);
    request.onload = () => {
      const { status } = request;
      const answer = parsed(request.responseText);
      const header = (name) => request.getResponseHeader(name);
      if (status >= 200 && status < 300) return done({ answer, header });
      // What is wrong with the file stays wrong; a full disk, a busy library or no credits may not.
      const again = status >= 500 || status === 402;
      const seconds = Number(header("Retry-After"));
      fail(new Refusal(answer.detail ?? answer.says ?? words.notTaken, { status, again, seconds }));
    };
    request.onerror = () => fail(new Refusal(words.brokeOff, { again: true }));
    request.onabort = () => fail(new Refusal(""));
    if (signal.aborted) return fail(new Refusal(""));
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

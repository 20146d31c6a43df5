// What reaches beyond the page: the browser's own hands, or those of a window that lends it better ones.
import { reactive } from "vue";

const waiting = new Map(); // by id, what takes an answer
let serial = 0;
let send = null;

// Files that a window takes in by their paths: how many have not come in yet.
export const carried = reactive({ left: 0 });

// Let everything go by way of a window: `ask` tells it what is wanted.
export function lend(ask) {
  send = ask;
}

export function answered(id, answer) {
  waiting.get(id)?.(answer);
  waiting.delete(id);
}

function ask(what, details = {}) {
  const id = ++serial;
  send({ id, what, ...details });
  return new Promise((done) => waiting.set(id, done));
}

export const isLent = () => send !== null;

// Photos ("files") or a folder of them: dialogs of the system know paths, an <input> of the page does not.
export function choose(which, input) {
  return send ? ask(which) : input.click();
}

// A folder for results, as a path; nothing where none is chosen.
export async function chooseTarget() {
  return (await ask("target")).path;
}

// Save what an address answers to a link, or to a form with fields. A browser does it by itself.
export function save(address, form = null) {
  return ask("save", { address, form });
}

// Copy a picture with its transparency: why that failed, in a sentence, or nothing.
export async function copy(address, words) {
  if (send) {
    const { says } = await ask("copy", { address });
    return says;
  }
  if (!navigator.clipboard?.write || !window.ClipboardItem) return words.unable;
  let says = "";
  // The browser wants to be asked at once, and is content to wait for the picture.
  const png = fetch(address).then(async (answer) => {
    if (answer.ok) return answer.blob();
    says = (await answer.json()).says;
    throw new Error(says);
  });
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
    return "";
  } catch {
    return says || words.refused;
  }
}

export function dropCarried() {
  if (send) ask("stop");
}

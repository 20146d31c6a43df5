// What a key does to the strip: see ui/keys.py for the list that people read.
import { between } from "/components/selection.js";

// Where keys are for something else.
export const OTHERS = "input, textarea, select, [contenteditable], [role=slider], [role=dialog], .q-dialog";
const STEPS = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] };

// What is to be done, or nothing where the key is not for the strip.
export function effect(strip, event) {
  const { key, shiftKey, ctrlKey, metaKey } = event;
  const plain = !ctrlKey && !metaKey;
  if (key in STEPS) return plain && step(strip, STEPS[key], shiftKey);
  if (!plain) return { a: () => strip.setMarks(new Set(strip.order)), " ": () => strip.mark(strip.chosen) }[key];
  if (key === "Enter") return isForPhoto(strip, event) && (() => strip.accept());
  const remove = () => strip.tell("discard");
  return {
    Delete: remove,
    Backspace: remove,
    Escape: strip.marks.size > 1 && (() => strip.alone(strip.chosen)),
    e: () => strip.tell("export"),
    r: () => strip.lookAt(strip.roll.next(strip.chosen)),
    g: () => (strip.grid = !strip.grid),
  }[key];
}

function step(strip, [across, down], extend) {
  const at = strip.order.indexOf(strip.chosen);
  const columns = strip.grid ? strip.layout.columns : 1;
  const id = strip.order[at + across + down * columns];
  if (!id) return null;
  return () => {
    if (!extend) strip.alone(id);
    else strip.setMarks(between(strip.order, (strip.anchor ||= strip.chosen), id));
    strip.choose(id);
  };
}

// Enter is for what is in focus, unless that is a photo.
function isForPhoto(strip, { target }) {
  const other = target.closest("button, a, summary, [role=button]") && !target.closest(".filmstrip .picture");
  return strip.roll.byId.has(strip.chosen) && !other;
}

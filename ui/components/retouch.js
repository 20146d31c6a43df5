// What is painted on one photo, and how it gets to the library: once, when the hand rests.
import { Paint } from "/components/paint.js";

const REST = 4000; // milliseconds after a stroke: each time a cutout is rendered, and kept as a version

export class Retouch {
  // `told` is called whenever there is news: state is "", "saving", "saved" or "failed", and `says` tells why.
  constructor(entry, width, height, told) {
    this.entry = entry;
    this.paint = new Paint(width, height);
    this.saved = 0; // the version of the paint that the library has
    this.name = ""; // what the recipe calls it
    this.loaded = false;
    this.state = "";
    this.says = "";
    this.told = told;
  }

  get unsaved() {
    return this.paint.version !== this.saved;
  }

  // Begin with what the library has, under the name that the recipe gives it.
  async load(name) {
    const answer = await fetch(`/entries/${this.entry}/strokes.png`, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    if (answer.status !== 204) await this.paint.decode(await answer.arrayBuffer());
    Object.assign(this, { name, saved: this.paint.version, loaded: true });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), REST);
  }

  // Send all that is painted. What fails stays here, and is sent with the next stroke or when it is asked for.
  async save() {
    clearTimeout(this.timer);
    if (this.saving) return this.saving;
    if (!this.unsaved || this.paint.stroke) return true;
    this.saving = this.send();
    const done = await this.saving;
    this.saving = null;
    if (done && this.unsaved) this.later();
    return done;
  }

  async send() {
    const { version } = this.paint;
    this.tell("saving");
    try {
      const body = await this.paint.encode();
      const answer = await fetch(`/entries/${this.entry}/strokes`, { method: "POST", body });
      if (!answer.ok) {
        this.tell("failed", (await answer.json().catch(() => ({}))).says ?? "");
        return false;
      }
      this.name = (await answer.json()).strokes;
    } catch {
      this.tell("failed");
      return false;
    }
    this.saved = version;
    this.tell("saved");
    return true;
  }

  // Ask for the hole or the island at a place, and fill or remove it; tells what went wrong, or nothing.
  async part(spot, x, y) {
    if (!(await this.save())) return this.says;
    const { width, height } = this.paint;
    const answer = await fetch(`/entries/${this.entry}/parts/${spot}.png?x=${x / width}&y=${y / height}`, { cache: "no-store" });
    if (!answer.ok) return (await answer.json()).says;
    const [left, top] = answer.headers.get("X-Place").split(" ").map(Number);
    const shape = await createImageBitmap(await answer.blob());
    const pen = new OffscreenCanvas(shape.width, shape.height).getContext("2d", { willReadFrequently: true });
    pen.drawImage(shape, 0, 0);
    const red = pen.getImageData(0, 0, shape.width, shape.height).data.filter((_, at) => at % 4 === 0);
    this.paint.lay(red, { left, top, width: shape.width, height: shape.height }, spot === "hole" ? 255 : 0);
    this.later();
    return "";
  }

  tell(state, says = "") {
    Object.assign(this, { state, says });
    this.told(this);
  }
}

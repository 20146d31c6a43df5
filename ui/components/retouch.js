// What is painted on one photo, and how it gets to the library: once, when the hand rests.
import { Paint } from "/components/paint.js";

const REST = 4000; // milliseconds after a stroke: each time a cutout is rendered, and kept as a version
const TURNS = 5; // as often as others may come first
const PAINTED = 409; // what the library answers where another page has painted meanwhile

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

  // Begin with what the library has.
  async load() {
    const [name, paint] = await this.layer();
    Object.assign(this, { name, paint, saved: paint.version, loaded: true });
  }

  // What the library has now, or had under a name: the name that recipes give it, and the paint.
  async layer(name) {
    const query = name === undefined ? "" : `?name=${name}`;
    const answer = await fetch(`/entries/${this.entry}/strokes.png${query}`, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const paint = new Paint(this.paint.width, this.paint.height);
    if (answer.status !== 204) await paint.decode(await answer.arrayBuffer());
    return [answer.headers.get("X-Strokes"), paint];
  }

  // Another page has painted meanwhile: let that lie under what was painted here.
  async join() {
    const [name, theirs] = await this.layer();
    const nothing = [this.name, new Paint(theirs.width, theirs.height)];
    const [, base] = await this.layer(this.name).catch(() => nothing); // it may be gone after days
    this.paint.join(base, theirs);
    this.name = name;
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), REST);
  }

  // Send all that is painted. What fails stays here, and is sent with the next stroke or when it is asked for.
  async save() {
    clearTimeout(this.timer);
    if (this.saving) return (await this.saving) && this.save(); // more may be painted since it began
    if (!this.unsaved || this.paint.stroke) return true;
    this.saving = this.send();
    const done = await this.saving;
    this.saving = null;
    if (done && this.unsaved) this.later();
    return done;
  }

  async send() {
    let [version, joined] = [0, false];
    this.tell("saving");
    try {
      let answer;
      for (let turn = 0; turn < TURNS; turn += 1) {
        version = this.paint.version;
        const body = await this.paint.encode();
        answer = await fetch(`/entries/${this.entry}/strokes?over=${this.name}`, { method: "POST", body });
        if (answer.status !== PAINTED) break;
        await this.join();
        joined = true;
      }
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
    this.tell(joined ? "joined" : "saved");
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

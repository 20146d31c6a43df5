// The chosen photo: before and after in one place, near enough for every pixel, and the brush on it.
import BrushBar from "/components/brush_bar.js";
import { Hand } from "/components/hand.js";
import { Picture } from "/components/picture.js";
import { drawGrid, Ground, lay, Mixer } from "/components/scene.js";

const STEP = 2; // percent of the stage that an arrow key moves the handle
const MOST = 32; // pixels of the screen for one of the photo, at the closest
const MARGIN = 24; // pixels around a picture that fits
const REACH = 20; // pixels from the handle that still take hold of it
const SIDE = 1600; // of the previews
const PATIENCE = 300; // milliseconds on one photo before its neighbours are fetched
const NUDGE = 1.25; // how much + and - zoom

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

export default {
  components: { BrushBar },
  props: {
    entry: String,
    before: String,
    after: String,
    pending: Boolean, // whether another cutout is on its way
    bare: String, // the cutout before anything is painted on it
    bareKey: String,
    background: String,
    framed: Boolean,
    width: Number,
    height: Number,
    subject: String,
    shift: Number,
    feather: Number,
    ahead: Array,
    paintable: Boolean,
    words: Object,
  },
  emits: ["subject", "edge", "saved"],
  data: () => ({
    stage: { width: 0, height: 0 },
    form: null,
    tool: "split",
    split: 50,
    blend: 50,
    zoom: 1,
    x: 0,
    y: 0,
    held: false,
    hand: { name: "keep", size: 60, hardness: 80, opacity: 100, state: "", says: "", ready: false, undo: false, redo: false },
  }),
  template: `
    <div :class="['canvas', tool]">
      <div :class="['stage', { zoomed: zoom > 1, held, ready: tool !== 'brush' || hand.ready }]" ref="stage" @wheel.prevent="wheel" @pointerdown="down" @pointermove="move"
        @pointerup="up" @pointercancel="cancel" @pointerleave="leave" @contextmenu.prevent>
        <canvas ref="canvas" aria-hidden="true"></canvas>
        <div v-if="before && stage.width" class="sheet" :style="place">
          <img :key="before" :src="before + '?side=' + side" :alt="words.photo" draggable="false" @error="hide">
          <img v-if="shownAfter" :key="shownAfter" :src="shownAfter + '?side=' + side" :alt="words.cutout" draggable="false" @load="loaded">
        </div>
        <template v-if="shownAfter && tool === 'split' && !held">
          <span class="corner">{{ words.before }}</span>
          <span class="corner right">{{ words.after }}</span>
        </template>
        <div v-if="shownAfter && tool === 'split'" v-show="!held" class="handle" role="slider" tabindex="0" :aria-label="words.handle"
          aria-valuemin="0" aria-valuemax="100" :aria-valuenow="Math.round(cut)" :style="{ left: splitAt + 'px' }" @keydown="key">
          <span class="grip"><span class="material-symbols-outlined" aria-hidden="true">arrow_range</span></span>
        </div>
        <div v-show="tool === 'brush'" class="ring" ref="ring" aria-hidden="true"></div>
      </div>
      <BrushBar v-if="tool === 'brush'" :hand="hand.name" :brush="hand" :most="largest" :shift="shift" :feather="feather" :subject="subject"
        :state="hand.state" :says="hand.says" :words="words" @hand="take" @brush="(change) => Object.assign(hand, change)"
        @edge="(edge) => $emit('edge', edge)" @subject="(place) => $emit('subject', place)" @save="work.save()" />
      <div v-if="before" class="view-tools">
        <span class="group" role="group" :aria-label="words.view">
          <button v-for="name in tools" :key="name" type="button" class="button small" :aria-pressed="tool === name"
            :disabled="!shownAfter" :title="words[name + '-how']" @click="use(name)">{{ words[name + '-tool'] }}</button>
        </span>
        <label v-if="tool === 'onion' && shownAfter" class="blend">
          <span>{{ words.before }}</span>
          <input type="range" min="0" max="100" step="1" v-model.number="blend" :aria-label="words.blend">
          <span>{{ words.after }}</span>
        </label>
        <span class="group">
          <button type="button" class="button small" :disabled="!shownAfter" :aria-pressed="held" :title="words['hold-how']" @pointerdown="hold(true)"
            @pointerup="hold(false)" @pointerleave="hold(false)" @keydown.enter="hold(true)" @keyup.enter="hold(false)" @blur="hold(false)">{{ words.hold }}</button>
          <button type="button" class="button small" :aria-pressed="zoom === 1" @click="fit">{{ words.fit }}</button>
          <button type="button" class="button small" :aria-pressed="Math.abs(zoom - actual) < 0.001" @click="full">{{ words.full }}</button>
          <span class="percent">{{ Math.round(scale * zoom * 100) }} %</span>
        </span>
        <span class="group" v-if="tool === 'brush'">
          <button type="button" class="icon-button" :aria-label="words.undo" :title="words.undo" :disabled="!hand.undo" @click="work.undo()">
            <span class="material-symbols-outlined" aria-hidden="true">undo</span></button>
          <button type="button" class="icon-button" :aria-label="words.redo" :title="words.redo" :disabled="!hand.redo" @click="work.redo()">
            <span class="material-symbols-outlined" aria-hidden="true">redo</span></button>
        </span>
      </div>
    </div>`,
  computed: {
    // How much smaller than its own pixels the photo is when it fits.
    scale() {
      const { width, height } = this.stage;
      const { picture } = this;
      return Math.max(0.001, Math.min((width - 2 * MARGIN) / picture.width, (height - 2 * MARGIN) / picture.height, 1));
    },
    // A framed picture has a form of its own: as large as the photo, until it is told from its preview.
    picture() {
      const { width, height } = this;
      if (!this.framed || !this.form || this.tool === "brush") return { width, height };
      const grown = Math.max(width, height) / Math.max(this.form.width, this.form.height);
      return { width: this.form.width * grown, height: this.form.height * grown };
    },
    sheet() {
      const grown = this.scale * this.zoom;
      return { width: this.picture.width * grown, height: this.picture.height * grown };
    },
    left() {
      return (this.stage.width - this.sheet.width) / 2 + this.x;
    },
    top() {
      return (this.stage.height - this.sheet.height) / 2 + this.y;
    },
    place() {
      return { width: `${this.sheet.width}px`, height: `${this.sheet.height}px`, transform: `translate(${this.left}px, ${this.top}px)` };
    },
    // The handle belongs to the stage, not to the photo: it stays in sight while that is zoomed.
    splitAt() {
      const right = this.left + this.sheet.width;
      return clamp((this.split / 100) * this.stage.width, Math.max(0, this.left), Math.min(this.stage.width, right));
    },
    // Percent of the photo that is shown as it came.
    cut() {
      if (this.held) return 100;
      return clamp(((this.splitAt - this.left) / this.sheet.width) * 100, 0, 100);
    },
    actual() {
      return 1 / this.scale;
    },
    largest() {
      return Math.max(64, Math.max(this.width, this.height) / 4);
    },
    side: () => SIDE,
    tools() {
      return this.paintable ? ["split", "onion", "brush"] : ["split", "onion"];
    },
    // While another cutout is on its way, the last one stays.
    shownAfter() {
      return this.after || (this.pending ? this.last : "");
    },
  },
  watch: {
    entry() {
      this.last = "";
      this.form = null;
      this.fit();
      if (this.tool === "brush") this.work.open();
    },
    before: { handler: "show", flush: "post" },
    shownAfter: { handler: "show", flush: "post" },
    bareKey() {
      if (this.tool === "brush") this.work.lookAgain();
    },
    after(after) {
      this.last = after || this.last;
    },
    ahead(addresses) {
      clearTimeout(this.fetching);
      this.fetching = setTimeout(() => {
        for (const address of addresses.filter(Boolean)) new Image().src = `${address}?side=${SIDE}`;
      }, PATIENCE);
    },
  },
  created() {
    this.last = this.after;
    this.pictures = { before: null, after: null };
    Object.assign(this, { frame: null, dirty: [], stale: true });
    this.pointers = new Map(); // where each finger is, by its id
    this.drag = ""; // what the pointer moves: "split", "pan" or "paint"
    this.byPointer = false; // whether the focus came by a pointer: then no key is meant for it
    this.mixer = new Mixer();
    this.work = new Hand(this);
    this.listeners = {
      keydown: this.shortcut,
      keyup: this.release,
      blur: this.release,
      pointerdown: () => (this.byPointer = true),
      beforeunload: (event) => this.work.unsaved && event.preventDefault(),
      online: () => this.work.save(),
    };
  },
  mounted() {
    this.context = this.$refs.canvas.getContext("2d");
    this.observer = new ResizeObserver(([entry]) => (this.stage = entry.contentRect));
    this.observer.observe(this.$refs.stage);
    this.dressing = new MutationObserver(() => this.redraw());
    this.dressing.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    for (const [name, listener] of Object.entries(this.listeners)) window.addEventListener(name, listener);
    this.$watch(
      () => [this.left, this.top, this.sheet, this.splitAt, this.held, this.tool, this.blend, this.background, this.stage],
      () => this.redraw(),
    );
    this.show();
  },
  unmounted() {
    this.observer.disconnect();
    this.dressing.disconnect();
    clearTimeout(this.fetching);
    cancelAnimationFrame(this.frame);
    this.work.close();
    for (const picture of Object.values(this.pictures)) picture?.close();
    for (const [name, listener] of Object.entries(this.listeners)) window.removeEventListener(name, listener);
  },
  methods: {
    // Pictures

    // Load what is to be seen; what was seen stays until there is something to see in its place.
    async show() {
      const wanted = { before: this.before, after: this.shownAfter };
      const stays = this.pictures.before?.address === wanted.before;
      for (const [name, address] of Object.entries(wanted)) {
        const old = this.pictures[name];
        if ((old?.address ?? "") === (address ?? "")) continue;
        const next = address ? new Picture(address, () => this.redraw()) : null;
        const take = () => {
          if (this.pictures[name] !== old) return next?.close();
          old?.close();
          this.pictures[name] = next;
          this.redraw();
        };
        if (next && stays) next.first.then(take);
        else take();
      }
    },
    loaded({ target }) {
      this.form = { width: target.naturalWidth, height: target.naturalHeight };
    },
    // A photo that cannot be opened is told of in words.
    hide(event) {
      event.target.hidden = true;
    },

    // Drawing

    // Draw anew before the next frame: all of it, or a box of the photo where paint has changed.
    redraw(box) {
      if (box) this.dirty.push(box);
      else this.stale = true;
      this.frame ??= requestAnimationFrame(() => {
        this.frame = null;
        this.draw();
      });
    },
    draw() {
      const { canvas } = this.$refs;
      const ratio = window.devicePixelRatio;
      const [width, height] = [this.stage.width, this.stage.height].map((side) => Math.round(side * ratio));
      if (!width || !height) return;
      if (canvas.width !== width || canvas.height !== height) {
        Object.assign(canvas, { width, height });
        this.stale = true;
      }
      const to = { left: this.left * ratio, top: this.top * ratio, width: this.sheet.width * ratio, height: this.sheet.height * ratio };
      const grid = to.width / this.width >= 8 * ratio - 0.001;
      const painting = this.tool === "brush" && this.hand.ready && !this.held;
      if (painting && !this.stale && !grid) for (const box of this.dirty) this.mixer.show(this.context, this.work.paint, box);
      else this.drawAll(to, ratio, painting, grid);
      Object.assign(this, { dirty: [], stale: false });
    },
    drawAll(to, ratio, painting, grid) {
      const { context } = this;
      const { before, after } = this.pictures;
      const ground = this.ground(ratio);
      const within = contained(to, this.width / this.height);
      context.clearRect(0, 0, context.canvas.width, context.canvas.height);
      if (painting) {
        this.mixer.prepare(context.canvas, before, this.work.bare, ground, to);
        context.drawImage(this.mixer.cutout, 0, 0);
        if (!this.work.paint.empty) this.mixer.show(context, this.work.paint, this.work.paint.box);
      } else if (this.held || !after) {
        lay(context, before, ground, within);
      } else if (this.tool === "onion") {
        lay(context, after, ground, to);
        context.globalAlpha = 1 - this.blend / 100;
        lay(context, before, null, within);
        context.globalAlpha = 1;
      } else {
        const split = Math.round(this.tool === "split" ? this.splitAt * ratio : 0);
        lay(context, before, ground, within, [0, split]);
        lay(context, after, ground, to, [split, Infinity]);
      }
      if (grid) drawGrid(context, within, { width: this.width, height: this.height }, ratio);
    },
    ground(ratio) {
      const style = getComputedStyle(document.body);
      const squares = ["--check-a", "--check-b"].map((name) => style.getPropertyValue(name).trim());
      const key = [this.background, ...squares, ratio].join();
      if (this.groundKey !== key) Object.assign(this, { groundKey: key, made: new Ground(this.background, squares, ratio) });
      return this.made;
    },

    // Where one looks

    fit() {
      Object.assign(this, { zoom: 1, x: 0, y: 0 });
    },
    full() {
      this.zoomTo(this.actual, this.stage.width / 2, this.stage.height / 2);
    },
    // Zoom so that what is under (px, py) of the stage stays there.
    zoomTo(wanted, px, py) {
      const zoom = clamp(wanted, 1, Math.max(1, MOST * this.actual));
      if (zoom === 1) return this.fit();
      const factor = zoom / this.zoom;
      const [left, top] = [px - (px - this.left) * factor, py - (py - this.top) * factor];
      this.zoom = zoom;
      this.x = left - (this.stage.width - this.sheet.width) / 2;
      this.y = top - (this.stage.height - this.sheet.height) / 2;
    },
    wheel(event) {
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
      this.zoomTo(this.zoom * Math.exp(-pixels * (event.ctrlKey ? 0.008 : 0.0015)), ...this.point(event));
    },
    // Some of the picture always stays in sight.
    pan(dx, dy) {
      const most = (stage, sheet) => Math.max(0, (stage + sheet) / 2 - 3 * MARGIN);
      this.x = clamp(this.x + dx, -most(this.stage.width, this.sheet.width), most(this.stage.width, this.sheet.width));
      this.y = clamp(this.y + dy, -most(this.stage.height, this.sheet.height), most(this.stage.height, this.sheet.height));
    },
    pinch(id, last, now) {
      const [, other] = [...this.pointers].find(([each]) => each !== id);
      const distance = (from) => Math.hypot(from[0] - other[0], from[1] - other[1]) || 1;
      this.zoomTo((this.zoom * distance(now)) / distance(last), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      if (this.zoom > 1) this.pan((now[0] - last[0]) / 2, (now[1] - last[1]) / 2);
    },
    splitTo(px) {
      this.split = clamp((px / this.stage.width) * 100, 0, 100);
    },
    // Where a point of the stage is on the photo, in its pixels.
    onPhoto([px, py]) {
      return { x: ((px - this.left) / this.sheet.width) * this.width, y: ((py - this.top) / this.sheet.height) * this.height };
    },

    // Pointers

    point(event) {
      const box = this.$refs.stage.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    },
    down(event) {
      if (event.button > 1 && event.pointerType === "mouse") return;
      this.$refs.stage.setPointerCapture(event.pointerId);
      const at = this.point(event);
      this.pointers.set(event.pointerId, at);
      if (this.pointers.size === 2) {
        if (this.drag === "paint") this.work.abandon();
        this.drag = "";
      }
      if (this.pointers.size !== 1) return;
      this.drag = this.dragFor(event, at);
      if (this.drag === "split") this.splitTo(at[0]);
      else if (this.drag === "paint") this.work.down(event, at);
      else this.held = false; // Space and a drag move the picture
    },
    dragFor(event, [px]) {
      if (event.button === 1 || this.held) return "pan";
      if (this.tool === "brush") return this.work.paints(event) ? "paint" : "pan";
      const near = this.zoom === 1 || Math.abs(px - this.splitAt) < REACH;
      return this.tool === "split" && this.shownAfter && near ? "split" : "pan";
    },
    move(event) {
      const now = this.point(event);
      this.work.hover(event, now);
      const last = this.pointers.get(event.pointerId);
      if (!last) return;
      this.pointers.set(event.pointerId, now);
      if (this.pointers.size === 2) this.pinch(event.pointerId, last, now);
      else if (this.drag === "split") this.splitTo(now[0]);
      else if (this.drag === "paint") this.work.move(event);
      else if (this.drag === "pan" && this.zoom > 1) this.pan(now[0] - last[0], now[1] - last[1]);
    },
    up(event) {
      if (this.drag === "paint" && this.pointers.has(event.pointerId)) this.work.up(event);
      this.lift(event);
    },
    cancel(event) {
      if (this.drag === "paint") this.work.abandon();
      this.lift(event);
    },
    lift(event) {
      this.pointers.delete(event.pointerId);
      this.drag = "";
    },
    leave() {
      this.work.unhover();
    },

    // Tools and keys

    use(tool) {
      if (this.tool === "brush" && tool !== "brush") this.work.close();
      this.tool = tool === this.tool ? "split" : tool;
      if (this.tool === "brush") this.work.open();
    },
    take(name) {
      Object.assign(this.hand, { name, says: "" });
    },
    hold(held) {
      this.held = held && Boolean(this.shownAfter);
    },
    key(event) {
      const at = (this.splitAt / this.stage.width) * 100;
      const moves = { ArrowLeft: at - STEP, ArrowRight: at + STEP, Home: 0, End: 100 };
      if (!(event.key in moves)) return;
      event.preventDefault();
      event.stopPropagation();
      this.split = clamp(moves[event.key], 0, 100);
    },
    shortcut(event) {
      if (event.key === "Tab") this.byPointer = false;
      if (event.altKey || this.meantForOthers(event) || !this.before) return;
      const key = event.key.toLowerCase();
      const act = event.ctrlKey || event.metaKey ? this.withCtrl(event, key) : this.alone(event, key);
      if (!act) return;
      event.preventDefault();
      act();
    },
    withCtrl({ shiftKey }, key) {
      if (this.tool !== "brush") return null;
      if (key === "z") return shiftKey ? () => this.work.redo() : () => this.work.undo();
      return key === "y" ? () => this.work.redo() : null;
    },
    alone(event, key) {
      const middle = [this.stage.width / 2, this.stage.height / 2];
      const acts = {
        " ": () => !event.repeat && this.hold(true),
        z: () => (this.zoom === 1 ? this.full() : this.fit()),
        "+": () => this.zoomTo(this.zoom * NUDGE, ...middle),
        "-": () => this.zoomTo(this.zoom / NUDGE, ...middle),
        b: this.paintable ? () => this.shownAfter && this.use("brush") : null,
      };
      const brush = {
        x: () => this.take(this.hand.name === "keep" ? "erase" : "keep"),
        "[": () => this.work.resize(1 / NUDGE),
        "]": () => this.work.resize(NUDGE),
        escape: () => this.use("split"),
      };
      return acts[key] ?? (this.tool === "brush" ? brush[key] : null) ?? null;
    },
    release(event) {
      if (event.type === "keyup" && event.key !== " ") return;
      // Otherwise Space would also press the button that was clicked last.
      if (this.held) event.preventDefault();
      this.held = false;
    },
    meantForOthers({ target, key }) {
      if (target.closest?.("input:not([type=range]), select, textarea, .q-dialog")) return true;
      return key === " " && !this.byPointer && Boolean(target.closest?.("button, a"));
    },
  },
};

// The largest place of a form, width by height, in the middle of another one.
function contained(to, form) {
  const width = Math.min(to.width, to.height * form);
  const height = width / form;
  return { left: to.left + (to.width - width) / 2, top: to.top + (to.height - height) / 2, width, height };
}

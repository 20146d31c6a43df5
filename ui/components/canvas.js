// The chosen photo: before and after in one place, near enough for every pixel, and the brush on it.
import BrushBar from "/components/brush_bar.js";
import { Keys, Pointers } from "/components/gestures.js";
import { Hand } from "/components/hand.js";
import { Picture } from "/components/picture.js";
import { drawGrid, Ground, lay, Mixer } from "/components/scene.js";
import { View } from "/components/view.js";

const TOOLS = { split: "compare", onion: "opacity", brush: "brush" };
const SIDE = 1600; // of the previews
const PATIENCE = 300; // milliseconds on one photo before its neighbours are fetched

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

export default {
  components: { BrushBar },
  mixins: [View, Pointers, Keys],
  props: {
    entry: String,
    before: String,
    after: String,
    pending: Boolean, // whether another cutout is on its way
    bare: String, // the cutout before anything is painted on it
    bareKey: String,
    background: String,
    under: String, // the same for what is painted
    framed: Boolean,
    width: Number,
    height: Number,
    strokes: String, // the name of what is painted on it
    subject: String,
    shift: Number,
    feather: Number,
    ahead: Array,
    paintable: Boolean,
    words: Object,
  },
  emits: ["subject", "edge", "saved"],
  data: () => ({
    form: null,
    whole: "", // the cutout that is here in full, or is going to be at once
    tool: "split",
    split: 50,
    blend: 50,
    held: false,
    last: { entry: "", address: "" }, // the cutout that was here last, and of which photo
    hand: { name: "keep", size: 0, hardness: 80, opacity: 100, state: "", says: "", ready: false, busy: false, undo: false, redo: false, painted: false },
  }),
  template: `
    <div :class="['canvas', tool]">
      <div :class="['stage', { zoomed: zoom > 1, held, ready: tool !== 'brush' || (hand.ready && !hand.busy) }]" ref="stage" @wheel.prevent="wheel" @pointerdown="down" @pointermove="move"
        @pointerup="up" @pointercancel="cancel" @pointerleave="leave" @contextmenu.prevent>
        <canvas ref="canvas" aria-hidden="true"></canvas>
        <div v-if="before && stage.width" class="sheet" :style="place">
          <img :key="before" :src="before + '?side=' + side" :alt="words.photo" draggable="false" @error="hide">
          <img v-if="shownAfter && whole" :key="whole" :src="whole + '?side=' + side" :alt="words.cutout" draggable="false" @load="loaded">
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
      <BrushBar v-if="tool === 'brush'" :hand="hand.name" :brush="hand" :painted="hand.painted" :most="largest" :shift="shift" :feather="feather" :subject="subject"
        :state="hand.state" :says="hand.says" :words="words" @hand="take" @brush="(change) => Object.assign(hand, change)"
        @edge="(edge) => $emit('edge', edge)" @subject="(place) => $emit('subject', place)" @save="work.save()" @clear="work.clear()" />
      <div v-if="before" class="view-tools">
        <span class="group" role="group" :aria-label="words.view">
          <button v-for="(icon, name) in tools" :key="name" type="button" class="button small" :aria-pressed="tool === name"
            :aria-label="words[name + '-tool']" :disabled="!shownAfter" :title="words[name + '-how']" @click="use(name)">
            <span class="material-symbols-outlined" aria-hidden="true">{{ icon }}</span><span class="name">{{ words[name + '-tool'] }}</span>
          </button>
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
    // A framed picture has a form of its own: as large as the photo, until it is told from its preview.
    picture() {
      const { width, height } = this;
      if (!this.framed || !this.form || this.tool === "brush") return { width, height };
      const grown = Math.max(width, height) / Math.max(this.form.width, this.form.height);
      return { width: this.form.width * grown, height: this.form.height * grown };
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
    largest() {
      return Math.max(64, Math.max(this.width, this.height) / 4);
    },
    side: () => SIDE,
    tools() {
      const { brush, ...looks } = TOOLS;
      return this.paintable ? { ...looks, brush } : looks;
    },
    // While another cutout is on its way, the last one of the same photo stays.
    shownAfter() {
      const stays = this.pending && this.last.entry === this.entry;
      return this.after || (stays ? this.last.address : "");
    },
  },
  watch: {
    entry() {
      this.form = null;
      this.fit();
      if (this.tool === "brush") this.work.open();
    },
    before: { handler: "show", flush: "post" },
    shownAfter: { handler: "show", flush: "post" },
    strokes() {
      if (this.tool === "brush") this.work.renew();
    },
    bare: "lookAgain",
    bareKey: "lookAgain",
    after: {
      handler(address) {
        if (address) this.last = { entry: this.entry, address };
      },
      immediate: true,
    },
    ahead(addresses) {
      clearTimeout(this.fetching);
      this.fetching = setTimeout(() => {
        for (const address of addresses.filter(Boolean)) new Image().src = `${address}?side=${SIDE}`;
      }, PATIENCE);
    },
  },
  created() {
    this.pictures = { before: null, after: null };
    this.wanted = { before: "", after: "" }; // their addresses, before they are here
    Object.assign(this, { frame: null, dirty: null, stale: true });
    this.mixer = new Mixer();
    this.work = new Hand(this);
    this.listeners = {
      beforeunload: (event) => this.work.unsaved && event.preventDefault(),
      online: () => this.work.save(),
      visibilitychange: () => this.work.save(),
    };
  },
  mounted() {
    this.context = this.$refs.canvas.getContext("2d");
    this.dressing = new MutationObserver(() => this.redraw());
    this.dressing.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    for (const [name, listener] of Object.entries(this.listeners)) window.addEventListener(name, listener);
    this.$watch(
      () => [this.left, this.top, this.sheet, this.splitAt, this.held, this.tool, this.blend, this.background, this.under, this.stage],
      () => this.redraw(),
    );
    this.show();
  },
  unmounted() {
    this.dressing.disconnect();
    clearTimeout(this.fetching);
    cancelAnimationFrame(this.frame);
    this.work.close();
    this.wanted = {};
    for (const picture of Object.values(this.pictures)) picture?.close();
    for (const [name, listener] of Object.entries(this.listeners)) window.removeEventListener(name, listener);
  },
  methods: {
    // Pictures

    // Load what is to be seen; what was seen stays until there is something to see in its place.
    show() {
      const stays = this.pictures.before?.address === this.before;
      for (const [name, address] of Object.entries({ before: this.before ?? "", after: this.shownAfter })) {
        if (this.wanted[name] === address) continue;
        this.wanted[name] = address;
        const next = address ? this.looked(name, address, stays) : null;
        const take = () => {
          if (this.wanted[name] !== address) return next?.close();
          this.pictures[name]?.close();
          this.pictures[name] = next;
          if (name === "after" && next?.small) this.form = { width: next.small.width, height: next.small.height };
          this.redraw();
        };
        if (next && stays) next.first.then(take);
        else take();
      }
    },
    // Of a photo that is being dressed, another look is small at first: whoever holds a slider waits for it.
    looked(name, address, stays) {
      const rough = stays && address.includes("/looks/") && this.zoom === 1;
      const whole = () => name === "after" && this.wanted.after === address && (this.whole = address);
      if (!rough) whole();
      return new Picture(address, () => this.redraw(), rough, whole);
    },
    loaded({ target }) {
      this.form = { width: target.naturalWidth, height: target.naturalHeight };
    },
    // A photo that cannot be opened is told of in words.
    hide(event) {
      event.target.hidden = true;
    },
    lookAgain() {
      if (this.tool === "brush") this.work.lookAgain();
    },

    // Drawing

    // Draw anew before the next frame: all of it, or a box of the photo where paint has changed.
    redraw(box) {
      if (box) this.dirty = this.dirty ? joined(this.dirty, box) : box;
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
      if (!painting || this.stale || grid) this.drawAll(to, ratio, painting, grid);
      else if (this.dirty) this.mixer.show(this.context, this.work.paint, this.dirty);
      Object.assign(this, { dirty: null, stale: false });
    },
    drawAll(to, ratio, painting, grid) {
      const { context } = this;
      const { before, after } = this.pictures;
      const ground = this.ground(ratio, painting ? this.under : this.background);
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
    ground(ratio, background) {
      const style = getComputedStyle(document.body);
      const squares = ["--check-a", "--check-b"].map((name) => style.getPropertyValue(name).trim());
      const key = [background, ...squares, ratio].join();
      if (this.groundKey !== key) Object.assign(this, { groundKey: key, made: new Ground(background, squares, ratio) });
      return this.made;
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
  },
};

// A box around two boxes.
function joined(one, other) {
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

// The largest place of a form, width by height, in the middle of another one.
function contained(to, form) {
  const width = Math.min(to.width, to.height * form);
  const height = width / form;
  return { left: to.left + (to.width - width) / 2, top: to.top + (to.height - height) / 2, width, height };
}

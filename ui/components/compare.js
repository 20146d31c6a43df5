// Before and after under one handle, with zoom and pan.
const STEP = 2; // percent of the stage that an arrow key moves the handle
const MOST = 16; // times as large as it fits
const MARGIN = 24; // pixels around a picture that fits
const REACH = 20; // pixels from the handle that still take hold of it
const SIDES = [1600, 4096]; // of the previews: one for a look, one for a close look
const PATIENCE = 300; // milliseconds on one photo before its neighbours are fetched

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

export default {
  props: {
    before: String,
    after: String,
    background: String,
    framed: Boolean,
    width: Number,
    height: Number,
    ahead: Array,
    words: Object,
  },
  data: () => ({ stage: { width: 0, height: 0 }, form: null, split: 50, zoom: 1, x: 0, y: 0, held: false }),
  template: `
    <div class="compare">
      <div :class="['stage', { zoomed: zoom > 1 }]" ref="stage" @wheel.prevent="wheel" @pointerdown="down"
        @pointermove="move" @pointerup="up" @pointercancel="up">
        <div v-if="before && stage.width" class="sheet" :style="place">
          <img :key="before" :src="before + '?side=' + side" :alt="words.photo" draggable="false" @error="hide"
            :style="{ clipPath: after ? 'inset(0 ' + (100 - cut) + '% 0 0)' : null }">
          <div v-if="after" :key="before" class="after" :style="{ clipPath: 'inset(0 0 0 ' + cut + '%)' }">
            <div :class="['ground', { checker: !background }]" :style="ground"></div>
            <img :src="after + '?side=' + side" :alt="words.cutout" draggable="false" @load="loaded">
          </div>
        </div>
        <div v-if="after" v-show="!held" class="handle" role="slider" tabindex="0" :aria-label="words.handle"
          aria-valuemin="0" aria-valuemax="100" :aria-valuenow="Math.round(cut)"
          :style="{ left: splitAt + 'px' }" @keydown="key">
          <span class="grip"><span class="material-symbols-outlined" aria-hidden="true">arrow_range</span></span>
        </div>
      </div>
      <div v-if="before" class="view-tools">
        <span class="quiet">{{ after ? words.before : "" }}</span>
        <span>
          <button type="button" class="button small" :aria-pressed="zoom === 1" @click="fit">{{ words.fit }}</button>
          <button type="button" class="button small" :aria-pressed="Math.abs(zoom - actual) < 0.001" @click="full">{{ words.full }}</button>
          <span class="percent">{{ Math.round(scale * zoom * 100) }} %</span>
        </span>
        <span class="quiet">{{ after ? words.after : "" }}</span>
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
      if (!this.framed || !this.form) return { width, height };
      const grown = Math.max(width, height) / Math.max(this.form.width, this.form.height);
      return { width: this.form.width * grown, height: this.form.height * grown };
    },
    sheet() {
      return { width: this.picture.width * this.scale, height: this.picture.height * this.scale };
    },
    left() {
      return (this.stage.width - this.sheet.width * this.zoom) / 2 + this.x;
    },
    top() {
      return (this.stage.height - this.sheet.height * this.zoom) / 2 + this.y;
    },
    place() {
      return {
        width: `${this.sheet.width}px`,
        height: `${this.sheet.height}px`,
        transform: `translate(${this.left}px, ${this.top}px) scale(${this.zoom})`,
      };
    },
    // The checkerboard keeps its size while the picture grows.
    ground() {
      return this.background ? { background: this.background } : { backgroundSize: `${16 / this.zoom}px ${16 / this.zoom}px` };
    },
    // The handle belongs to the stage, not to the photo: it stays in sight while that is zoomed.
    splitAt() {
      const right = this.left + this.sheet.width * this.zoom;
      return clamp((this.split / 100) * this.stage.width, Math.max(0, this.left), Math.min(this.stage.width, right));
    },
    // Percent of the photo that is shown as it came.
    cut() {
      if (this.held) return 100;
      return clamp(((this.splitAt - this.left) / (this.sheet.width * this.zoom)) * 100, 0, 100);
    },
    side() {
      const shown = Math.max(this.sheet.width, this.sheet.height) * this.zoom * window.devicePixelRatio;
      return shown > SIDES[0] ? SIDES[1] : SIDES[0];
    },
    actual() {
      return 1 / this.scale;
    },
  },
  watch: {
    before() {
      this.form = null;
      this.fit();
    },
    ahead(addresses) {
      clearTimeout(this.fetching);
      this.fetching = setTimeout(() => {
        for (const address of addresses.filter(Boolean)) new Image().src = `${address}?side=${SIDES[0]}`;
      }, PATIENCE);
    },
  },
  created() {
    this.pointers = new Map(); // where each finger is, by its id
    this.splits = false; // whether the drag moves the handle, or else the photo
    this.byPointer = false; // whether the focus came by a pointer: then no key is meant for it
    this.listeners = {
      keydown: this.shortcut,
      keyup: this.release,
      blur: this.release,
      pointerdown: () => (this.byPointer = true),
    };
  },
  mounted() {
    this.observer = new ResizeObserver(([entry]) => (this.stage = entry.contentRect));
    this.observer.observe(this.$refs.stage);
    for (const [name, listener] of Object.entries(this.listeners)) window.addEventListener(name, listener);
  },
  unmounted() {
    this.observer.disconnect();
    clearTimeout(this.fetching);
    for (const [name, listener] of Object.entries(this.listeners)) window.removeEventListener(name, listener);
  },
  methods: {
    loaded({ target }) {
      this.form = { width: target.naturalWidth, height: target.naturalHeight };
    },
    // A photo that cannot be opened is told of in words.
    hide(event) {
      event.target.hidden = true;
    },
    fit() {
      Object.assign(this, { zoom: 1, x: 0, y: 0 });
    },
    full() {
      this.zoomTo(this.actual, this.stage.width / 2, this.stage.height / 2);
    },
    // Zoom so that what is under (px, py) of the stage stays there.
    zoomTo(wanted, px, py) {
      const zoom = clamp(wanted, 1, Math.max(MOST, this.actual));
      if (zoom === 1) return this.fit();
      const factor = zoom / this.zoom;
      const [left, top] = [px - (px - this.left) * factor, py - (py - this.top) * factor];
      this.zoom = zoom;
      this.x = left - (this.stage.width - this.sheet.width * zoom) / 2;
      this.y = top - (this.stage.height - this.sheet.height * zoom) / 2;
    },
    wheel(event) {
      this.zoomTo(this.zoom * Math.exp(-event.deltaY * 0.0015), ...this.point(event));
    },
    point(event) {
      const box = this.$refs.stage.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    },
    down(event) {
      if (event.button) return;
      this.$refs.stage.setPointerCapture(event.pointerId);
      const [px, py] = this.point(event);
      this.pointers.set(event.pointerId, [px, py]);
      const alone = this.pointers.size === 1;
      this.splits = alone && this.after && (this.zoom === 1 || Math.abs(px - this.splitAt) < REACH);
      if (this.splits) this.splitTo(px);
    },
    move(event) {
      const last = this.pointers.get(event.pointerId);
      if (!last) return;
      const now = this.point(event);
      if (this.splits) this.splitTo(now[0]);
      else if (this.pointers.size === 2) this.pinch(event.pointerId, last, now);
      else if (this.zoom > 1) this.pan(now[0] - last[0], now[1] - last[1]);
      this.pointers.set(event.pointerId, now);
    },
    up(event) {
      this.pointers.delete(event.pointerId);
      this.splits = false;
    },
    pan(dx, dy) {
      this.x += dx;
      this.y += dy;
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
      if (event.ctrlKey || event.metaKey || event.altKey || this.meantForOthers(event)) return;
      if (event.key === " ") {
        event.preventDefault();
        this.held = Boolean(this.after);
      } else if (event.key.toLowerCase() === "z") {
        if (this.zoom === 1) this.full();
        else this.fit();
      }
    },
    release(event) {
      if (event.type === "keyup" && event.key !== " ") return;
      // Otherwise Space would also press the button that was clicked last.
      if (this.held) event.preventDefault();
      this.held = false;
    },
    meantForOthers({ target, key }) {
      if (target.closest?.("input, textarea, .q-dialog")) return true;
      return key === " " && !this.byPointer && Boolean(target.closest?.("button, a"));
    },
  },
};

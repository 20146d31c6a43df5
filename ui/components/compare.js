// Before and after under one handle, with zoom and pan.
const STEP = 2; // percent that an arrow key moves the handle
const MOST = 16; // times as large as it fits
const MARGIN = 24; // pixels around a picture that fits
const SIDES = [1600, 4096]; // of the previews: one for a look, one for a close look

export default {
  props: { before: String, after: String, background: String, width: Number, height: Number, words: Object },
  data: () => ({ stage: { width: 1, height: 1 }, split: 50, zoom: 1, x: 0, y: 0, drag: null, held: false }),
  template: `
    <div class="compare">
      <div :class="['stage', { zoomed: zoom > 1 }]" ref="stage" @wheel.prevent="wheel" @pointerdown="down"
        @pointermove="move" @pointerup="up" @pointercancel="up">
        <div v-if="before" class="sheet" :style="place">
          <img :src="before + '?side=' + side" :alt="words.photo" draggable="false">
          <div v-if="after" class="after" :style="{ clipPath: 'inset(0 0 0 ' + (held ? 100 : split) + '%)' }">
            <div :class="['ground', { checker: !background }]" :style="{ background: background || null }"></div>
            <img :src="after + '?side=' + side" :alt="words.cutout" draggable="false">
          </div>
        </div>
        <div v-if="after" v-show="!held" class="handle" role="slider" tabindex="0" :aria-label="words.handle"
          aria-valuemin="0" aria-valuemax="100" :aria-valuenow="Math.round(split)" :style="{ left: handleAt + 'px' }"
          @keydown="key">
          <span class="grip" aria-hidden="true"><span class="material-symbols-outlined">arrow_range</span></span>
        </div>
      </div>
      <div class="view-tools">
        <span class="quiet">{{ after ? words.before : "" }}</span>
        <span>
          <button class="button small" :aria-pressed="zoom === 1" @click="fit">{{ words.fit }}</button>
          <button class="button small" :aria-pressed="Math.abs(zoom - actual) < 0.001" @click="full">100 %</button>
        </span>
        <span class="quiet">{{ after ? words.after : "" }}</span>
      </div>
    </div>`,
  computed: {
    // How much smaller than its own pixels the photo is when it fits.
    scale() {
      const { width, height } = this.stage;
      return Math.max(0.001, Math.min((width - 2 * MARGIN) / this.width, (height - 2 * MARGIN) / this.height, 1));
    },
    sheet() {
      return { width: this.width * this.scale, height: this.height * this.scale };
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
    // The handle is drawn outside the sheet, so that it keeps its size.
    handleAt() {
      return this.left + (this.split / 100) * this.sheet.width * this.zoom;
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
    before: "fit",
  },
  mounted() {
    this.observer = new ResizeObserver(([entry]) => (this.stage = entry.contentRect));
    this.observer.observe(this.$refs.stage);
    window.addEventListener("keydown", this.shortcut);
    window.addEventListener("keyup", this.release);
    window.addEventListener("blur", this.release);
  },
  unmounted() {
    this.observer.disconnect();
    window.removeEventListener("keydown", this.shortcut);
    window.removeEventListener("keyup", this.release);
    window.removeEventListener("blur", this.release);
  },
  methods: {
    fit() {
      Object.assign(this, { zoom: 1, x: 0, y: 0 });
    },
    full() {
      this.zoomTo(this.actual, this.stage.width / 2, this.stage.height / 2);
    },
    // Zoom so that what is under (px, py) of the stage stays there.
    zoomTo(zoom, px, py) {
      const factor = zoom / this.zoom;
      const [left, top] = [px - (px - this.left) * factor, py - (py - this.top) * factor];
      this.zoom = zoom;
      this.x = left - (this.stage.width - this.sheet.width * zoom) / 2;
      this.y = top - (this.stage.height - this.sheet.height * zoom) / 2;
      if (zoom === 1) this.fit();
    },
    point(event) {
      const box = this.$refs.stage.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    },
    wheel(event) {
      const zoom = Math.min(Math.max(MOST, this.actual), Math.max(1, this.zoom * Math.exp(-event.deltaY * 0.0015)));
      this.zoomTo(zoom, ...this.point(event));
    },
    down(event) {
      if (event.button) return;
      this.$refs.stage.setPointerCapture(event.pointerId);
      const [px, py] = this.point(event);
      const splits = this.after && (this.zoom === 1 || Math.abs(px - this.handleAt) < 20);
      this.drag = { splits, dx: px - this.x, dy: py - this.y };
      if (splits) this.splitAt(px);
    },
    move(event) {
      if (!this.drag) return;
      const [px, py] = this.point(event);
      if (this.drag.splits) this.splitAt(px);
      else if (this.zoom > 1) Object.assign(this, { x: px - this.drag.dx, y: py - this.drag.dy });
    },
    up() {
      this.drag = null;
    },
    splitAt(px) {
      this.split = Math.min(100, Math.max(0, ((px - this.left) / (this.sheet.width * this.zoom)) * 100));
    },
    key(event) {
      const moves = { ArrowLeft: this.split - STEP, ArrowRight: this.split + STEP, Home: 0, End: 100 };
      if (!(event.key in moves)) return;
      event.preventDefault();
      event.stopPropagation();
      this.split = Math.min(100, Math.max(0, moves[event.key]));
    },
    shortcut(event) {
      if (event.target.closest?.("input, textarea, dialog") || event.ctrlKey || event.metaKey) return;
      if (event.key === " " && !event.target.closest?.("a, button:not(.picture)")) {
        event.preventDefault();
        this.held = true;
      } else if (event.key.toLowerCase() === "z") {
        if (this.zoom === 1) this.full();
        else this.fit();
      }
    },
    release(event) {
      if (event.type === "blur" || event.key === " ") this.held = false;
    },
  },
};

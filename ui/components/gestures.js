// What mouse, finger, pen and keys do to the canvas.
const STEP = 2; // percent of the stage that an arrow key moves the handle
const REACH = 20; // pixels from the handle that still take hold of it
const NUDGE = 1.25; // how much + and - zoom, and [ and ] change the brush

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

export const Pointers = {
  created() {
    this.pointers = new Map(); // where each finger is, by its id
    this.drag = ""; // what the pointer moves: "split", "pan" or "paint"
  },
  methods: {
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
    splitTo(px) {
      this.split = clamp((px / this.stage.width) * 100, 0, 100);
    },
  },
};

export const Keys = {
  created() {
    this.byPointer = false; // whether the focus came by a pointer: then no key is meant for it
    this.listening = {
      keydown: this.shortcut,
      keyup: this.release,
      blur: this.release,
      pointerdown: () => (this.byPointer = true),
    };
  },
  mounted() {
    for (const [name, listener] of Object.entries(this.listening)) window.addEventListener(name, listener);
  },
  unmounted() {
    for (const [name, listener] of Object.entries(this.listening)) window.removeEventListener(name, listener);
  },
  methods: {
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
      if (key === "s") return () => this.work.save();
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

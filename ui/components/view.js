// Where one looks on a picture: fitted to the stage, or nearer.
const MOST = 32; // pixels of the screen for one of the photo, at the closest
const MARGIN = 24; // pixels around a picture that fits

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

// For a component with a `stage` and, in its own pixels, a `picture`, both of a width and a height.
export const View = {
  data: () => ({ stage: { width: 0, height: 0 }, zoom: 1, x: 0, y: 0 }),
  mounted() {
    this.observer = new ResizeObserver(([entry]) => (this.stage = entry.contentRect));
    this.observer.observe(this.$refs.stage);
  },
  unmounted() {
    this.observer.disconnect();
  },
  computed: {
    // How much smaller than its own pixels the photo is when it fits.
    scale() {
      const { width, height } = this.stage;
      const { picture } = this;
      return Math.max(0.001, Math.min((width - 2 * MARGIN) / picture.width, (height - 2 * MARGIN) / picture.height, 1));
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
    actual() {
      return 1 / this.scale;
    },
  },
  methods: {
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
    // Where a point of the stage is on the photo, in its pixels.
    onPhoto([px, py]) {
      return { x: ((px - this.left) / this.sheet.width) * this.width, y: ((py - this.top) / this.sheet.height) * this.height };
    },
  },
};

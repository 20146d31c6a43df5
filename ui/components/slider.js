// A number that is dragged. While it is held, the hand knows better than what comes back.
import { Echo } from "/components/echo.js";

const PAUSE = 150; // milliseconds between two moves that are told

export default {
  props: { name: String, unit: String, value: Number, least: Number, most: Number, step: Number },
  emits: ["move"],
  data() {
    return { shown: this.value, told: 0, held: false };
  },
  template: `
    <label class="slider">
      <span>{{ name }}</span>
      <input type="range" :min="least" :max="most" :step="step" :aria-label="name" v-model.number="shown"
        @input="tell" @change="release" @pointerdown="held = true" @pointerup="held = false" @pointercancel="held = false">
      <span class="value">{{ shown }}{{ unit }}</span>
    </label>`,
  watch: {
    value(value) {
      if (this.echo.isNews(value) && !this.held && !this.waiting) this.shown = value;
    },
  },
  created() {
    this.echo = new Echo();
  },
  unmounted() {
    clearTimeout(this.waiting);
  },
  methods: {
    // The first move is told at once, those that follow a few times a second, the last one always.
    tell() {
      if (this.waiting) return;
      const rest = Math.max(0, this.told + PAUSE - Date.now());
      this.waiting = setTimeout(this.flush, rest);
    },
    release() {
      this.held = false;
      if (this.waiting) this.flush();
    },
    flush() {
      clearTimeout(this.waiting);
      this.waiting = null;
      this.told = Date.now();
      this.$emit("move", this.echo.say(this.shown));
    },
  },
};

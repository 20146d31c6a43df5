// A field whose words are looked for when the typing pauses.
import { Echo } from "/components/echo.js";

const PAUSE = 250; // milliseconds

export default {
  props: { text: String, words: Object },
  emits: ["look"],
  data() {
    return { typed: this.text };
  },
  template: `
    <label class="search-field">
      <span class="material-symbols-outlined" aria-hidden="true">search</span>
      <input ref="field" v-model="typed" class="field" type="search" maxlength="200" spellcheck="false" autocomplete="off"
        :aria-label="words.label" :placeholder="words.label" @input="wait" @search="look" @keydown.enter="look"
        @keydown.esc="leave">
    </label>`,
  watch: {
    text(text) {
      if (!this.echo.isNews(text)) return;
      clearTimeout(this.pause); // such as of a button that shows all again
      this.typed = this.told = text;
    },
  },
  created() {
    this.told = this.text; // what was looked for last
    this.echo = new Echo();
  },
  mounted() {
    window.addEventListener("keydown", this.key);
  },
  unmounted() {
    window.removeEventListener("keydown", this.key);
    clearTimeout(this.pause);
  },
  methods: {
    wait() {
      clearTimeout(this.pause);
      this.pause = setTimeout(this.look, PAUSE);
    },
    look() {
      clearTimeout(this.pause);
      const text = this.typed.trim();
      if (text === this.told) return;
      this.told = text;
      this.$emit("look", this.echo.say(text));
    },
    leave() {
      if (!this.typed) this.$refs.field.blur();
    },
    key(event) {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest?.("input, textarea, select, .q-dialog")) return;
      event.preventDefault();
      this.$refs.field.focus();
      this.$refs.field.select();
    },
  },
};

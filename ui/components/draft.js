// Text that is saved when the typing pauses; what comes from elsewhere never overwrites it meanwhile.
import { Echo } from "/components/echo.js";

const PAUSE = 800; // milliseconds

export default {
  props: { text: String, label: String, hint: String, lines: Number, most: Number },
  emits: ["save"],
  data() {
    return { typed: this.text };
  },
  template: `
    <textarea v-if="lines > 1" v-model="typed" class="field draft" :rows="lines" :maxlength="most" :aria-label="label"
      :placeholder="hint" @input="wait" @blur="save" @keydown.esc="$event.target.blur()"></textarea>
    <input v-else v-model="typed" class="field draft" type="text" :maxlength="most" :aria-label="label" :placeholder="hint"
      spellcheck="false" autocomplete="off" @blur="save" @keydown.enter="$event.target.blur()" @keydown.esc="leave">`,
  watch: {
    text(text) {
      if (!this.echo.isNews(text)) return;
      if (this.typed === this.known) this.typed = text;
      this.known = text;
    },
  },
  created() {
    this.known = this.text; // what is saved
    this.echo = new Echo();
  },
  unmounted() {
    clearTimeout(this.pause);
  },
  methods: {
    wait() {
      clearTimeout(this.pause);
      this.pause = setTimeout(this.save, PAUSE);
    },
    save() {
      clearTimeout(this.pause);
      if (this.typed === this.known) return;
      this.known = this.typed;
      this.$emit("save", this.echo.say(this.typed));
    },
    leave(event) {
      this.typed = this.known;
      event.target.blur();
    },
  },
};

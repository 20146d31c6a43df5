// The cutout on its way to the clipboard: a PNG, with all that shines through.
import { copy } from "/components/hands.js";

export default {
  props: { address: String, words: Object }, // no address where there is nothing to copy
  emits: ["tell"],
  data: () => ({ busy: false }),
  template: `
    <button type="button" class="button copy" :aria-label="words.copy" :title="words.copy" :disabled="!address || busy"
      :aria-busy="busy" @click="copy">
      <span v-if="busy" class="spinner"></span>
      <span v-else class="material-symbols-outlined" aria-hidden="true">content_copy</span>
    </button>`,
  mounted() {
    window.addEventListener("keydown", this.key);
  },
  unmounted() {
    window.removeEventListener("keydown", this.key);
  },
  methods: {
    key(event) {
      const meant = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "c";
      // Text that is marked is what is meant to be copied.
      if (!meant || event.target.closest?.("input, textarea, select, .q-dialog") || String(getSelection())) return;
      if (!this.address || this.busy) return;
      event.preventDefault();
      this.copy();
    },
    async copy() {
      this.busy = true;
      const says = await copy(this.address, this.words);
      this.busy = false;
      this.$emit("tell", says || this.words.copied);
    },
  },
};

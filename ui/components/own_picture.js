// A picture of one's own for the background: chosen, sent, and named by what it contains.
export default {
  props: { words: Object, pressed: Boolean },
  emits: ["choose", "refuse"], // with the sha256 of the picture, or a sentence
  data: () => ({ busy: false }),
  template: `
    <button type="button" class="swatch own-picture" :aria-label="words.choose" :title="words.choose" :aria-pressed="pressed"
      :aria-busy="busy" @click="$refs.file.click()">
      <span class="material-symbols-outlined" aria-hidden="true">add_photo_alternate</span>
      <input ref="file" hidden type="file" accept="image/*,.heic,.heif,.avif" :aria-label="words.choose"
        @click.stop @change="send">
    </button>`,
  methods: {
    async send(event) {
      const [file] = event.target.files;
      if (!file || this.busy) return;
      this.busy = true;
      try {
        const answer = await fetch("/pictures", { method: "POST", body: file });
        const told = await answer.json();
        if (answer.ok) this.$emit("choose", told.sha256);
        else this.$emit("refuse", told.says ?? this.words.notTaken);
      } catch {
        this.$emit("refuse", this.words.notTaken);
      } finally {
        this.busy = false;
        event.target.value = "";
      }
    },
  },
};

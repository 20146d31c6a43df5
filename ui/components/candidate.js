// One way to cut a photo out: what comes of it, and what it is good at.
export default {
  props: { src: String, title: String, hint: String, chosen: Boolean, words: Object },
  emits: ["choose"],
  data: () => ({ state: "waiting", says: "" }), // "waiting", "here" or "failed"
  template: `
    <button type="button" :class="['candidate', state]" :aria-pressed="chosen" :disabled="state === 'failed'" @click="$emit('choose')">
      <span class="candidate-picture checker">
        <img v-if="url" :src="url" alt="">
        <span v-else-if="state === 'waiting'" class="spinner"></span>
        <span v-else class="material-symbols-outlined" aria-hidden="true">error</span>
      </span>
      <span class="candidate-title">{{ title }}<span v-if="chosen" class="now">{{ words.chosen }}</span></span>
      <span class="quiet">{{ says || (state === "waiting" ? words.waiting : hint) }}</span>
    </button>`,
  created() {
    this.url = "";
    this.fetching = new AbortController();
  },
  async mounted() {
    try {
      const answer = await fetch(this.src, { signal: this.fetching.signal });
      if (!answer.ok) throw new Error((await answer.json()).says);
      this.url = URL.createObjectURL(await answer.blob());
      this.state = "here";
    } catch (error) {
      if (this.fetching.signal.aborted) return;
      this.says = error instanceof TypeError ? this.words.failed : error.message;
      this.state = "failed";
    }
  },
  unmounted() {
    this.fetching.abort();
    URL.revokeObjectURL(this.url);
  },
};

// A part of a panel under its heading: opened and folded, and remembered as long as the tab is open.
let serial = 0;

export default {
  props: { name: String, title: String, told: String, changed: Boolean, open: Boolean, words: Object },
  emits: ["reset"],
  data() {
    const kept = sessionStorage.getItem(this.key());
    return { unfolded: kept === null ? this.open : kept === "yes", id: `fold-${++serial}` };
  },
  template: `
    <section :class="['fold', { unfolded }]">
      <div class="fold-head">
        <h2><button type="button" :aria-expanded="unfolded" :aria-controls="id" @click="turn">
          <span class="material-symbols-outlined" aria-hidden="true">chevron_right</span>
          <span>{{ title }}</span><span v-if="told && !unfolded" class="told">{{ told }}</span>
        </button></h2>
        <button v-if="changed" type="button" class="icon-button" :aria-label="words.reset + ': ' + title" :title="words.reset"
          @click="$emit('reset')"><span class="material-symbols-outlined" aria-hidden="true">restart_alt</span></button>
      </div>
      <div v-show="unfolded" :id="id" class="fold-body"><slot></slot></div>
    </section>`,
  methods: {
    key() {
      return `coveshot-fold-${this.name}`;
    },
    turn() {
      this.unfolded = !this.unfolded;
      sessionStorage.setItem(this.key(), this.unfolded ? "yes" : "no");
    },
  },
};

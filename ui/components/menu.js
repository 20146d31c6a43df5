// A button, and below it a list of what can be done.
export default {
  // items of {id, name, icon, off, href, accept, to}
  props: { label: String, icon: String, items: Array, words: Object },
  // With an id, with what was answered to a file, or with why it was not taken in.
  emits: ["choose", "taken", "refuse"],
  data: () => ({ open: false, busy: false }),
  template: `
    <div class="menu" @keydown="key" @focusout="left">
      <button ref="button" type="button" class="icon-button" :aria-label="label" :title="label" aria-haspopup="menu"
        :aria-expanded="open" :aria-busy="busy" @click="turn"><span class="material-symbols-outlined" aria-hidden="true">{{ icon }}</span></button>
      <div v-if="open" ref="list" class="menu-list" role="menu" :aria-label="label">
        <template v-for="item in items" :key="item.id">
          <a v-if="item.href && !item.off" role="menuitem" tabindex="-1" :href="item.href" download @click="close">
            <span class="material-symbols-outlined" aria-hidden="true">{{ item.icon }}</span>{{ item.name }}</a>
          <button v-else type="button" role="menuitem" tabindex="-1" :disabled="item.off" @click="choose(item)">
            <span class="material-symbols-outlined" aria-hidden="true">{{ item.icon }}</span>{{ item.name }}</button>
        </template>
      </div>
      <input ref="file" hidden type="file" :aria-label="label" @change="send">
    </div>`,
  methods: {
    async turn() {
      this.open = !this.open;
      if (!this.open) return;
      await this.$nextTick();
      this.ways()[0]?.focus();
    },
    close() {
      this.open = false;
      this.$refs.button.focus();
    },
    ways() {
      return [...(this.$refs.list?.querySelectorAll("[role=menuitem]:not(:disabled)") ?? [])];
    },
    left({ relatedTarget }) {
      if (!this.$el.contains(relatedTarget)) this.open = false;
    },
    key(event) {
      if (!this.open) return;
      const ways = this.ways();
      const at = ways.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
      if (event.key === "Escape") this.close();
      else if (to !== undefined) ways.at(to % ways.length)?.focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    choose(item) {
      this.close();
      if (!item.accept) return this.$emit("choose", item.id);
      this.to = item.to;
      this.$refs.file.accept = item.accept;
      this.$refs.file.click();
    },
    async send({ target }) {
      const [file] = target.files;
      if (!file || this.busy) return;
      this.busy = true;
      try {
        const answer = await fetch(this.to + encodeURIComponent(file.name), { method: "POST", body: file });
        const told = await answer.json();
        if (answer.ok) this.$emit("taken", told);
        else this.$emit("refuse", told.says ?? this.words.notTaken);
      } catch {
        this.$emit("refuse", this.words.notTaken);
      } finally {
        this.busy = false;
        target.value = "";
      }
    },
  },
};

// What leaves, and how: a form that the browser sends itself, so that the file goes straight to the disk.
const KEPT = "coveshot-export";

export default {
  props: { entries: Array, formats: Object, folders: Boolean, here: Boolean, address: String, words: Object }, // entries: null for all
  emits: ["folder", "stop"],
  data() {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    return { format: "png", name: "", tree: true, folder: "", ...kept, told: "", writing: false };
  },
  template: `
    <form class="export" method="post" :action="address" target="export-answer" ref="form" @submit.prevent="send">
      <input v-if="entries" type="hidden" name="entries" :value="entries.join()">
      <label>{{ words.format }}
        <select v-model="format" name="format">
          <option v-for="(title, value) in formats" :key="value" :value="value">{{ title }}</option>
        </select></label>
      <p v-if="format === 'jpg' || format === 'keep'" class="facts">{{ words.jpeg }}</p>
      <label>{{ words.name }} <input v-model="name" name="name" placeholder="{name}" autocomplete="off" spellcheck="false"></label>
      <p class="facts">{{ words.fields }}</p>
      <label v-if="folders" class="tick"><input v-model="tree" type="checkbox" name="tree" value="yes"> {{ words.tree }}</label>
      <input v-else type="hidden" name="tree" value="yes">
      <label v-if="here">{{ words.folder }} <input v-model="folder" :placeholder="words.path" autocomplete="off" spellcheck="false" :disabled="writing"></label>
      <p class="facts" role="status">{{ told }}</p>
      <div class="answers">
        <button v-if="writing" type="button" class="button" @click="$emit('stop')">{{ words.stop }}</button>
        <button v-else-if="here" type="button" class="button" :disabled="!folder.trim()" @click="write">{{ words.write }}</button>
        <button type="submit" class="button primary" :disabled="writing">{{ words.zip }}</button>
      </div>
      <iframe name="export-answer" hidden aria-hidden="true" tabindex="-1"></iframe>
    </form>`,
  methods: {
    keep() {
      const { format, name, tree, folder } = this;
      localStorage.setItem(KEPT, JSON.stringify({ format, name, tree, folder }));
    },
    write() {
      this.keep();
      this.writing = true;
      const { format, name, tree, folder } = this;
      this.$emit("folder", { format, name, tree, folder: folder.trim() });
    },
    tell(text, writing) {
      Object.assign(this, { told: text, writing });
    },
    // Ask first whether it can be: what is refused to a form that the browser sends is seen by nobody.
    async send() {
      this.keep();
      const { form } = this.$refs;
      try {
        const answer = await fetch(`${this.address}?check=yes`, { method: "POST", body: new URLSearchParams(new FormData(form)) });
        this.told = answer.ok ? "" : (await answer.json()).says;
        if (answer.ok) form.submit();
      } catch {
        this.told = this.words.failed;
      }
    },
  },
};

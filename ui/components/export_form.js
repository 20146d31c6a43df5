// What leaves, and how: a form that the browser sends itself, so that the file goes straight to the disk.
import { chooseTarget, isLent, save } from "/components/hands.js";

const KEPT = "coveshot-export";
let serial = 0;

export default {
  props: { entries: Array, formats: Object, folders: Boolean, here: Boolean, address: String, words: Object }, // entries: null for all
  emits: ["folder", "stop"],
  data() {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    return { format: "png", name: "", tree: true, folder: "", ...kept, told: "", writing: false, lent: isLent() };
  },
  template: `
    <form class="export" ref="form" @submit.prevent="send">
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
      <button v-if="here && lent" type="button" class="button" :disabled="writing" @click="choose">{{ words.choose }}</button>
      <p class="facts" role="status">{{ told }}</p>
      <div class="answers">
        <button v-if="writing" type="button" class="button" @click="$emit('stop')">{{ words.stop }}</button>
        <button v-else-if="here" type="button" class="button" :disabled="!folder.trim()" @click="write">{{ words.write }}</button>
        <button type="submit" class="button primary" :disabled="writing">{{ lent ? words.saveZip : words.zip }}</button>
      </div>
    </form>`,
  methods: {
    keep() {
      const { format, name, tree, folder } = this;
      localStorage.setItem(KEPT, JSON.stringify({ format, name, tree, folder }));
    },
    async choose() {
      this.folder = (await chooseTarget()) || this.folder;
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
      const fields = new URLSearchParams(new FormData(this.$refs.form));
      try {
        const answer = await fetch(`${this.address}?check=yes`, { method: "POST", body: fields });
        this.told = answer.ok ? "" : (await answer.json()).says;
        if (!answer.ok) return;
        if (isLent()) await save(this.address, fields.toString());
        else download(this.address, fields);
      } catch {
        this.told = this.words.failed;
      }
    },
  },
};

// Let the browser send fields and put the answer on the disk. The dialog may be left before that begins: nothing is in it.
function download(address, fields) {
  const target = `export-${++serial}`;
  const frame = Object.assign(document.createElement("iframe"), { name: target, hidden: true });
  const form = Object.assign(document.createElement("form"), { method: "post", action: address, target, hidden: true });
  for (const [name, value] of fields)
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  document.body.append(frame, form);
  form.submit();
  form.remove();
}

// Where photos come in: drop anywhere on the page, paste, or choose.
import { fromDrop, fromInput, send } from "/components/uploads.js";

export default {
  props: { words: Object },
  data: () => ({ depth: 0, mac: /Mac|iPhone|iPad/.test(navigator.platform) }),
  template: `
    <div>
      <input ref="files" hidden type="file" multiple accept="image/*,.heic,.heif,.avif" @change="chosen">
      <input ref="folder" hidden type="file" webkitdirectory @change="chosen">
      <div class="drop-zone" @click.self="open('files')">
        <h1>{{ words.title }}</h1>
        <p>{{ words.line }}</p>
        <div class="drop-actions">
          <button class="button primary" @click="open('files')">{{ words.choosePhotos }}</button>
          <button class="button" @click="open('folder')">{{ words.chooseFolder }}</button>
          <span class="quiet">{{ words.paste }} <kbd>{{ mac ? "⌘" : "Ctrl" }}</kbd> <kbd>V</kbd></span>
        </div>
      </div>
      <Teleport to="body">
        <div v-if="depth > 0" class="drop-overlay" aria-hidden="true"><span>{{ words.overlay }}</span></div>
      </Teleport>
    </div>`,
  mounted() {
    this.listeners = {
      dragenter: (event) => this.carries(event) && (this.depth += 1),
      dragleave: (event) => this.carries(event) && (this.depth = Math.max(0, this.depth - 1)),
      dragover: (event) => this.carries(event) && event.preventDefault(),
      drop: this.dropped,
      paste: this.pasted,
    };
    for (const [name, listener] of Object.entries(this.listeners))
      window.addEventListener(name, listener);
  },
  unmounted() {
    for (const [name, listener] of Object.entries(this.listeners))
      window.removeEventListener(name, listener);
  },
  methods: {
    open(which) {
      this.$refs[which].click();
    },
    carries(event) {
      return [...(event.dataTransfer?.types ?? [])].includes("Files");
    },
    chosen(event) {
      send(fromInput(event.target));
    },
    async dropped(event) {
      if (!this.carries(event)) return;
      event.preventDefault();
      this.depth = 0;
      send(await fromDrop(event.dataTransfer));
    },
    pasted(event) {
      const files = [...(event.clipboardData?.files ?? [])];
      send(files.map((file) => ({ file, folder: "" })));
    },
  },
};

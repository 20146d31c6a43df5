// The photos on the workbench, and those on their way to it.
import { dismiss, uploads } from "/components/uploads.js";

const ICONS = { waiting: "schedule", failed: "error", cancelled: "block" };

export default {
  props: { items: Array, selected: String, words: Object },
  emits: ["choose", "discard", "again", "add"],
  data: () => ({ uploads }),
  template: `
    <nav class="filmstrip" :aria-label="words.strip">
      <ul ref="list">
        <li v-for="item in items" :key="item.id" :class="['frame', item.state, { chosen: item.id === selected }]">
          <button class="picture" :aria-current="item.id === selected" :aria-label="label(item)"
            :title="item.says || item.path" @click="$emit('choose', item.id)">
            <img v-if="item.thumb" :src="item.thumb" alt="" loading="lazy" draggable="false">
            <span v-else-if="item.state === 'computing'" class="spinner"></span>
            <span v-else class="material-symbols-outlined" aria-hidden="true">{{ icons[item.state] }}</span>
          </button>
          <span class="name" :title="item.path">{{ item.name }}</span>
          <span v-if="item.state !== 'done'" class="state">{{ words[item.state] }}</span>
          <button v-if="item.state === 'failed' || item.state === 'cancelled'" class="link"
            @click="$emit('again', item.id)">{{ words.again }}</button>
          <button class="discard" :aria-label="words.discard + ' ' + item.name" :title="words.discard"
            @click="$emit('discard', item.id)"><span class="material-symbols-outlined">close</span></button>
        </li>
        <li v-for="upload in uploads" :key="upload.id" :class="['frame', upload.says ? 'failed' : 'uploading']">
          <div class="picture" :title="upload.says || upload.name">
            <span v-if="upload.says" class="material-symbols-outlined" aria-hidden="true">error</span>
            <progress v-else :value="upload.progress" :aria-label="words.uploading + ' ' + upload.name"></progress>
          </div>
          <span class="name" :title="upload.name">{{ upload.name }}</span>
          <span class="state" :role="upload.says ? 'alert' : null">{{ upload.says || words.uploading }}</span>
          <button v-if="upload.says" class="discard" :aria-label="words.discard + ' ' + upload.name"
            @click="dismiss(upload.id)"><span class="material-symbols-outlined">close</span></button>
        </li>
        <li class="frame add"><button class="picture" :aria-label="words.add" :title="words.add" @click="add">
          <span class="material-symbols-outlined">add</span></button></li>
      </ul>
    </nav>`,
  computed: {
    icons: () => ICONS,
  },
  watch: {
    selected() {
      this.$nextTick(() =>
        this.$refs.list.querySelector(".chosen")?.scrollIntoView({ block: "nearest", inline: "nearest" }),
      );
    },
  },
  mounted() {
    window.addEventListener("keydown", this.key);
  },
  unmounted() {
    window.removeEventListener("keydown", this.key);
  },
  methods: {
    dismiss,
    add() {
      document.querySelector("input[type=file]:not([webkitdirectory])").click();
    },
    label(item) {
      return item.state === "done" ? item.path : `${item.path}: ${this.words[item.state]}`;
    },
    key(event) {
      if (event.target.closest?.("input, textarea, [role=slider], dialog") || event.ctrlKey || event.metaKey) return;
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      const at = this.items.findIndex((item) => item.id === this.selected);
      if (step && this.items[at + step]) {
        event.preventDefault();
        this.$emit("choose", this.items[at + step].id);
      } else if (event.key === "Delete" && this.items[at]) {
        this.$emit("discard", this.selected);
      }
    },
  },
};

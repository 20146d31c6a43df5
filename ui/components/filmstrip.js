// The photos on the workbench, and those on their way to it.
import { dismiss, dismissWaiting, queue, sendAgain, uploads } from "/components/uploads.js";

const ICONS = { waiting: "schedule", failed: "error", cancelled: "stop_circle" };
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

// One photo. Only the chosen one is reached by Tab: arrow keys go from photo to photo.
const Photo = {
  props: { item: Object, chosen: Boolean, words: Object },
  emits: ["choose", "discard", "again"],
  template: `
    <li :class="['frame', item.state, { chosen }]">
      <button type="button" class="picture" :tabindex="chosen ? 0 : -1" :aria-current="chosen" :aria-label="label"
        :title="item.path" @click="$emit('choose', item.id)">
        <img v-if="item.thumb" :src="item.thumb" alt="" loading="lazy" decoding="async" draggable="false">
        <span v-else-if="item.state === 'computing'" class="spinner"></span>
        <span v-else class="material-symbols-outlined" aria-hidden="true">{{ icon }}</span>
      </button>
      <span class="name" :title="item.path">{{ item.name }}</span>
      <span v-if="item.doubt" class="material-symbols-outlined doubt" aria-hidden="true" :title="item.doubt">visibility</span>
      <span v-if="item.state !== 'done'" class="state" :title="item.says">{{ item.says || words[item.state] }}</span>
      <button v-if="item.state === 'failed' || item.state === 'cancelled'" type="button" class="link"
        :tabindex="chosen ? 0 : -1" @click="$emit('again', item.id)">{{ words.again }}</button>
      <button type="button" class="discard" :tabindex="chosen ? 0 : -1" :aria-label="words.discard + ' ' + item.name"
        :title="words.discard" @click="$emit('discard', item.id)">
        <span class="material-symbols-outlined" aria-hidden="true">close</span>
      </button>
    </li>`,
  computed: {
    icon() {
      return ICONS[this.item.state];
    },
    label() {
      const { path, state, doubt } = this.item;
      if (doubt) return `${path}: ${this.words.look}`;
      return state === "done" ? path : `${path}: ${this.words[state]}`;
    },
  },
};

const Upload = {
  props: { upload: Object, words: Object },
  methods: { dismiss, sendAgain },
  template: `
    <li :class="['frame', upload.says ? 'failed' : 'uploading']">
      <div class="picture" :title="upload.name">
        <span v-if="upload.says" class="material-symbols-outlined" aria-hidden="true">error</span>
        <progress v-else :value="upload.progress" :aria-label="words.uploading + ' ' + upload.name"></progress>
      </div>
      <span class="name" :title="upload.name">{{ upload.name }}</span>
      <span v-if="upload.says" class="state" role="alert" :title="upload.says">{{ upload.says }}</span>
      <span v-else class="state">{{ words.uploading }} {{ Math.round(upload.progress * 100) }} %</span>
      <button v-if="upload.again" type="button" class="link" @click="sendAgain(upload.id)">{{ words.again }}</button>
      <button type="button" class="discard" :aria-label="words.discard + ' ' + upload.name" :title="words.discard"
        @click="dismiss(upload.id)"><span class="material-symbols-outlined" aria-hidden="true">close</span></button>
    </li>`,
};

export default {
  components: { Photo, Upload },
  props: { photos: String, selected: String, words: Object }, // photos as JSON
  emits: ["choose", "discard", "again"],
  data() {
    return { uploads, queue, told: this.selected, asked: "" };
  },
  template: `
    <nav class="filmstrip" :aria-label="words.strip">
      <ul ref="list">
        <Photo v-for="item in items" :key="item.id" :item="item" :chosen="item.id === chosen" :words="words"
          @choose="choose" @discard="$emit('discard', $event)" @again="$emit('again', $event)" />
        <Upload v-for="upload in uploads" :key="upload.id" :upload="upload" :words="words" />
        <li v-if="queue.length" class="frame more">
          <span class="state">{{ words.more.replace("{}", queue.length) }}</span>
          <button type="button" class="link" @click="dismissWaiting">{{ words.stop }}</button>
        </li>
        <li class="frame add"><button type="button" class="picture" :aria-label="words.add" :title="words.add" @click="add">
          <span class="material-symbols-outlined" aria-hidden="true">add</span></button></li>
      </ul>
    </nav>`,
  computed: {
    items() {
      return JSON.parse(this.photos);
    },
    // What was asked for last, before the answer has come: keys may be faster than answers.
    chosen() {
      return this.items.some((item) => item.id === this.asked) ? this.asked : this.told;
    },
  },
  watch: {
    selected: "select",
    chosen() {
      this.$nextTick(this.follow);
    },
  },
  mounted() {
    window.addEventListener("keydown", this.key);
  },
  unmounted() {
    window.removeEventListener("keydown", this.key);
  },
  methods: {
    dismissWaiting,
    add() {
      document.getElementById("choose-photos").click();
    },
    select(id) {
      this.told = id;
      if (id === this.asked) this.asked = "";
    },
    choose(id) {
      this.asked = id;
      this.$emit("choose", id);
    },
    follow() {
      const { list } = this.$refs;
      const picture = list.querySelector(".chosen .picture");
      picture?.parentElement.scrollIntoView({ block: "nearest", inline: "nearest" });
      if (list.contains(document.activeElement)) picture?.focus({ preventScroll: true });
    },
    key(event) {
      if (event.target.closest?.("input, textarea, [role=slider], .q-dialog")) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const at = this.items.findIndex((item) => item.id === this.chosen);
      const next = this.items[at + STEPS[event.key]];
      if (next) {
        event.preventDefault();
        this.choose(next.id);
      } else if ((event.key === "Delete" || event.key === "Backspace") && at >= 0) {
        event.preventDefault();
        this.$emit("discard", this.chosen);
      }
    },
  },
};

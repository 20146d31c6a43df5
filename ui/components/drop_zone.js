// Where photos come in: drop anywhere on the page, paste, or choose.
import { choose, isLent } from "/components/hands.js";
import {
  dismiss, dismissWaiting, fromDrop, fromInput, goOn, held, onArrival, queue, send, sendAgain, uploads,
} from "/components/uploads.js";

const GATHER = 250; // milliseconds in which photos that arrive are told of once

export default {
  props: { words: Object, announces: Boolean }, // before they are sent: on a hosted instance
  emits: ["arrive"], // with the id of a photo that came alone, or with nothing
  data: () => ({ depth: 0, uploads, queue, held, mac: /Mac|iPhone|iPad/.test(navigator.platform) }),
  template: `
    <div class="drop-area">
      <input id="choose-photos" ref="files" hidden type="file" multiple accept="image/*,.heic,.heif,.avif"
        :aria-label="words.choosePhotos" @change="chosen">
      <input ref="folder" hidden type="file" webkitdirectory :aria-label="words.chooseFolder" @change="chosen">
      <div class="drop-zone" @click.self="open('files')">
        <span class="material-symbols-outlined" aria-hidden="true">add_photo_alternate</span>
        <h1>{{ words.title }}</h1>
        <p>{{ words.line }}</p>
        <div class="drop-actions">
          <button type="button" class="button primary large" @click="open('files')">{{ words.choosePhotos }}</button>
          <button type="button" class="button large" @click="open('folder')">{{ words.chooseFolder }}</button>
          <span class="paste">{{ words.paste }} <kbd>{{ mac ? "⌘" : "Ctrl" }}</kbd> <kbd>V</kbd></span>
        </div>
      </div>
      <div role="status"><ul v-if="uploads.length" class="incoming">
        <li v-for="upload in uploads" :key="upload.id" :class="{ failed: upload.says }">
          <span class="name">{{ upload.name }}</span>
          <progress v-if="!upload.says" :value="upload.progress" :aria-label="words.uploading"></progress>
          <span v-else class="says">{{ upload.says }}</span>
          <a v-if="upload.pays" class="button small" href="/account#credits">{{ words.account }}</a>
          <button v-if="upload.again" type="button" class="button small" @click="sendAgain(upload.id)">{{ words.again }}</button>
          <button type="button" class="icon-button" :aria-label="words.discard + ' ' + upload.name" @click="dismiss(upload.id)">
            <span class="material-symbols-outlined" aria-hidden="true">close</span>
          </button>
        </li>
        <li v-if="queue.length && !held.says">
          <span class="says">{{ words.more.replace("{}", queue.length) }}</span>
          <button type="button" class="button small" @click="dismissWaiting">{{ words.stop }}</button>
        </li>
      </ul></div>
      <Teleport to="body">
        <div role="status"><div v-if="held.says" class="held-back">
          <span class="material-symbols-outlined" aria-hidden="true">schedule</span>
          <p>{{ held.says }} <span class="quiet">{{ words.more.replace("{}", queue.length) }}</span></p>
          <button type="button" class="button small primary" @click="goOn">{{ words.goOn }}</button>
          <button type="button" class="button small" @click="dismissWaiting">{{ words.stop }}</button>
        </div></div>
        <div role="status"><div v-if="refused && !held.says" :class="['held-back', 'refused', { pays: refused.pays }]">
          <span class="material-symbols-outlined" aria-hidden="true">error</span>
          <p><strong>{{ refused.name }}</strong> {{ refused.says }}</p>
          <a v-if="refused.pays" class="button small primary" href="/account#credits">{{ words.account }}</a>
          <button v-if="refused.again" type="button" class="button small" @click="sendAgain(refused.id)">{{ words.again }}</button>
          <button type="button" class="icon-button" :aria-label="words.discard + ' ' + refused.name" @click="dismiss(refused.id)">
            <span class="material-symbols-outlined" aria-hidden="true">close</span>
          </button>
        </div></div>
        <div v-if="depth > 0" class="drop-overlay" aria-hidden="true">
          <span class="material-symbols-outlined">add_photo_alternate</span>{{ words.overlay }}
        </div>
      </Teleport>
    </div>`,
  computed: {
    // What the cells of the strip have no room for: all of it on a phone, else what lacks credits.
    refused() {
      return uploads.findLast((upload) => upload.pays) ?? uploads.findLast((upload) => upload.says);
    },
  },
  mounted() {
    onArrival(this.arrived, this.words, this.announces);
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
    dismiss,
    dismissWaiting,
    goOn,
    sendAgain,
    open(which) {
      choose(which, this.$refs[which]);
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
      if (!isLent()) send(await fromDrop(event.dataTransfer)); // else their paths are known elsewhere
    },
    pasted(event) {
      const files = [...(event.clipboardData?.files ?? [])];
      send(files.map((file) => ({ file, folder: "" })));
    },
    arrived(id, alone) {
      if (alone) this.$emit("arrive", id);
      else this.gathering ??= setTimeout(() => {
        this.gathering = null;
        this.$emit("arrive", "");
      }, GATHER);
    },
  },
};

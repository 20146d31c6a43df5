// The cells of the strip and of the grid: a photo, one on its way, and the place to add more.
import { isOver, isUrgent, left } from "/components/clock.js";
import { choose } from "/components/hands.js";
import { dismiss, dismissWaiting, queue, sendAgain } from "/components/uploads.js";

const ICONS = { waiting: "schedule", failed: "error", cancelled: "stop_circle" };

// One photo. Only the chosen one is reached by Tab: arrow keys go from photo to photo.
export const Photo = {
  props: { item: Object, chosen: Boolean, marked: Boolean, special: Boolean, words: Object },
  emits: ["choose", "mark", "open", "discard", "again"],
  template: `
    <li :class="['frame', item.state, { chosen, marked, over }]">
      <button type="button" class="picture" :tabindex="chosen ? 0 : -1" :aria-current="chosen" :aria-pressed="marked"
        :aria-label="label" :title="item.path" @click="$emit('choose', item.id, $event)" @dblclick="$emit('open')">
        <span v-if="over || (item.says && !item.version)" class="material-symbols-outlined short" aria-hidden="true">{{ over ? "timer_off" : "error" }}</span>
        <span v-if="over" class="says">{{ words.over }}</span>
        <img v-else-if="item.version" :src="'/versions/' + item.version + '/thumb.webp'" alt="" loading="lazy" decoding="async" draggable="false">
        <span v-else-if="item.state === 'computing'" class="spinner"></span>
        <span v-else-if="item.says" class="says">{{ item.says }}</span>
        <span v-else class="material-symbols-outlined" aria-hidden="true">{{ icon }}</span>
        <span v-if="item.doubt" class="tag doubt" :title="item.doubt">
          <span class="material-symbols-outlined" aria-hidden="true">visibility</span>{{ words.look }}</span>
        <span v-else-if="item.state !== 'done' && !item.says" class="tag state">{{ words[item.state] }}</span>
        <span v-if="stays" :class="['tag', 'stays', { urgent }]" :title="words.before">
          <span class="material-symbols-outlined" aria-hidden="true">schedule</span>{{ stays }}</span>
        <span v-if="special" class="material-symbols-outlined special" aria-hidden="true" :title="words.special">tune</span>
      </button>
      <span class="name" :title="item.path">{{ item.name }}</span>
      <span v-if="item.doubt" class="why" :title="item.doubt">{{ item.doubt }}</span>
      <button type="button" class="check" role="checkbox" :aria-checked="marked" :tabindex="chosen ? 0 : -1"
        :aria-label="words.mark + ' ' + item.name" @click="$emit('mark', item.id)">
        <span class="material-symbols-outlined" aria-hidden="true">check</span>
      </button>
      <button v-if="item.state === 'failed' || item.state === 'cancelled'" type="button" class="again" :aria-label="words.again + ': ' + item.name"
        :title="words.again" :tabindex="chosen ? 0 : -1" @click="$emit('again', item.id)">
        <span class="material-symbols-outlined" aria-hidden="true">refresh</span>
      </button>
      <button type="button" class="discard" :tabindex="chosen ? 0 : -1" :aria-label="words.discard + ' ' + item.name"
        :title="words.discard" @click="$emit('discard', item.id)">
        <span class="material-symbols-outlined" aria-hidden="true">close</span>
      </button>
    </li>`,
  computed: {
    icon() {
      return ICONS[this.item.state];
    },
    over() {
      return this.item.gone || isOver(this.item.expires);
    },
    urgent() {
      return isUrgent(this.item.expires);
    },
    stays() {
      if (!this.item.expires || this.over) return "";
      const span = left(this.item.expires);
      return span ? this.words.left.replace("{}", span) : this.words.moment;
    },
    label() {
      const { path, state, doubt, says } = this.item;
      if (this.over) return `${path}: ${this.words.over}`;
      const told = [
        doubt && `${this.words.look}. ${doubt}`,
        state !== "done" && (says || this.words[state]),
        this.special && this.words.special,
        this.stays && `${this.stays}.`,
      ].filter(Boolean);
      return told.length ? `${path}: ${told.join(" ")}` : path;
    },
  },
};

export const Upload = {
  props: { upload: Object, words: Object },
  methods: { dismiss, sendAgain },
  template: `
    <li :class="['frame', upload.says ? 'failed' : 'uploading']">
      <div class="picture" :title="upload.name">
        <span v-if="upload.says" class="material-symbols-outlined short" aria-hidden="true">error</span>
        <span v-if="upload.says" class="says state" role="alert" :title="upload.says">{{ upload.says }}</span>
        <progress v-else :value="upload.progress" :aria-label="words.uploading + ' ' + upload.name"></progress>
      </div>
      <span class="name" :title="upload.name">{{ upload.name }}</span>
      <button v-if="upload.again" type="button" class="again" :aria-label="words.again + ': ' + upload.name" :title="words.again"
        @click="sendAgain(upload.id)"><span class="material-symbols-outlined" aria-hidden="true">refresh</span></button>
      <button type="button" class="discard" :aria-label="words.discard + ' ' + upload.name" :title="words.discard"
        @click="dismiss(upload.id)"><span class="material-symbols-outlined" aria-hidden="true">close</span></button>
    </li>`,
};

export const Add = {
  props: { words: Object },
  data: () => ({ queue }),
  methods: {
    dismissWaiting,
    add() {
      choose("files", document.getElementById("choose-photos"));
    },
  },
  template: `
    <li class="frame add">
      <div v-if="queue.length" class="more">
        <span class="state">{{ words.more.replace("{}", queue.length) }}</span>
        <button type="button" class="link" @click="dismissWaiting">{{ words.stop }}</button>
      </div>
      <button v-else type="button" class="picture" :aria-label="words.add" :title="words.add" @click="add">
        <span class="material-symbols-outlined" aria-hidden="true">add</span></button>
    </li>`,
};

// Above the photos: their order, strip or grid, what is worth a look, and what to do with those selected.

export const Tools = {
  props: { by: String, grid: Boolean, review: Boolean, doubts: Number, marked: Number, words: Object },
  emits: ["sort", "grid", "review", "act"],
  data: () => ({ acts: [["again", "refresh"], ["discard", "delete"]] }),
  computed: {
    selected() {
      return this.words.marked.replace("{}", this.marked);
    },
  },
  template: `
    <div class="strip-tools">
      <select :value="review ? 'doubt' : by" :aria-label="words.sort" :disabled="review" @change="$emit('sort', $event.target.value)">
        <option v-for="name in ['name', 'time', 'doubt']" :key="name" :value="name">{{ words[name] }}</option>
      </select>
      <button type="button" class="icon-button" :aria-pressed="grid" :aria-label="words.grid" :title="words.grid + ' (G)'" @click="$emit('grid')">
        <span class="material-symbols-outlined" aria-hidden="true">{{ grid ? "view_agenda" : "grid_view" }}</span></button>
      <button type="button" class="icon-button" :aria-label="words.export" :title="words.export + ' (E)'" @click="$emit('act', 'export')">
        <span class="material-symbols-outlined" aria-hidden="true">download</span></button>
      <button v-if="doubts || review" type="button" class="button small look" :aria-pressed="review" @click="$emit('review')">
        {{ words.look }} ({{ doubts }})</button>
      <div v-if="marked > 1" class="marked-tools" role="group" :aria-label="selected">
        <span>{{ selected }}</span>
        <button v-for="[act, icon] in acts" :key="act" type="button" class="icon-button"
          :aria-label="words[act + 'Marked']" :title="words[act + 'Marked']" @click="$emit('act', act)">
          <span class="material-symbols-outlined" aria-hidden="true">{{ icon }}</span></button>
      </div>
      <span class="spoken" role="status">{{ marked > 1 ? selected : "" }}</span>
    </div>`,
};

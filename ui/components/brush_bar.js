// The tools of the brush, and how far they have got.
const HANDS = { keep: "add_circle", erase: "do_not_disturb_on", hole: "format_color_fill", island: "ink_eraser", subject: "ads_click" };

const Range = {
  props: { name: String, value: Number, least: Number, most: Number, step: Number, shown: String },
  emits: ["input", "change"],
  template: `
    <label class="slider">
      <span>{{ name }}</span>
      <input type="range" :min="least" :max="most" :step="step" :aria-label="name" :aria-valuetext="shown" :value="value"
        @input.stop="$emit('input', $event.target.valueAsNumber)" @change.stop="$emit('change', $event.target.valueAsNumber)">
      <span class="value">{{ shown }}</span>
    </label>`,
};

export default {
  components: { Range },
  props: {
    hand: String,
    brush: Object, // { size, hardness, opacity }
    painted: Boolean, // whether there is anything to clear
    most: Number, // pixels of the largest brush
    shift: Number,
    feather: Number,
    subject: String,
    state: String,
    says: String,
    words: Object,
  },
  emits: ["hand", "brush", "edge", "subject", "save", "clear"],
  data() {
    return { hands: HANDS, edge: { shift: this.shift, feather: this.feather } };
  },
  template: `
    <div class="brush-bar" role="group" :aria-label="words.brush">
      <div class="hands" role="group" :aria-label="words.tools">
        <button v-for="(icon, name) in hands" :key="name" type="button" class="button small" :aria-pressed="hand === name"
          :title="words[name + '-how']" @click="$emit('hand', name)">
          <span class="material-symbols-outlined" aria-hidden="true">{{ icon }}</span>{{ words[name] }}
        </button>
        <button v-if="subject !== 'all'" type="button" class="button small" @click="$emit('subject', 'all')">{{ words.everything }}</button>
        <button v-if="painted" type="button" class="button small" @click="$emit('clear')">{{ words.clear }}</button>
      </div>
      <div class="ranges">
        <Range :name="words.size" :value="Math.log2(brush.size)" :least="0" :most="Math.log2(most)" :step="0.05"
          :shown="Math.round(brush.size) + ' px'" @input="(value) => $emit('brush', { size: 2 ** value })" />
        <Range :name="words.hardness" :value="brush.hardness" :least="0" :most="100" :step="5" :shown="brush.hardness + ' %'"
          @input="(value) => $emit('brush', { hardness: value })" />
        <Range :name="words.opacity" :value="brush.opacity" :least="5" :most="100" :step="5" :shown="brush.opacity + ' %'"
          @input="(value) => $emit('brush', { opacity: value })" />
        <Range :name="words.shift" :value="edge.shift" :least="-20" :most="20" :step="0.5" :shown="edge.shift + ' px'"
          @input="(value) => (edge.shift = value)" @change="$emit('edge', { shift: edge.shift })" />
        <Range :name="words.feather" :value="edge.feather" :least="0" :most="30" :step="0.5" :shown="edge.feather + ' px'"
          @input="(value) => (edge.feather = value)" @change="$emit('edge', { feather: edge.feather })" />
      </div>
      <p class="facts" role="status" :class="{ failed: state === 'failed' || state === 'unloaded' }">
        {{ line }}
        <button v-if="state === 'failed'" type="button" class="link" @click="$emit('save')">{{ words.again }}</button>
      </p>
    </div>`,
  computed: {
    line() {
      if (this.state === "failed") return [this.words.failed, this.says].filter(Boolean).join(" ");
      return this.says || this.words[this.state] || this.words[`${this.hand}-how`];
    },
  },
  watch: {
    shift(shift) {
      this.edge.shift = shift;
    },
    feather(feather) {
      this.edge.feather = feather;
    },
  },
};

// Dark, light, or as the system has it; remembered in this browser alone.
const KEY = "coveshot-theme";
const NEXT = { auto: "dark", dark: "light", light: "auto" };
const ICONS = { auto: "contrast", dark: "dark_mode", light: "light_mode" };

export default {
  props: { words: Object },
  data: () => ({ theme: localStorage.getItem(KEY) ?? "auto" }),
  template: `
    <button class="icon-button" :aria-label="words[theme]" :title="words[theme]" @click="change">
      <span class="material-symbols-outlined" aria-hidden="true">{{ icon }}</span>
    </button>`,
  computed: {
    icon() {
      return ICONS[this.theme];
    },
  },
  mounted() {
    this.apply();
  },
  methods: {
    change() {
      this.theme = NEXT[this.theme];
      localStorage.setItem(KEY, this.theme);
      this.apply();
    },
    apply() {
      this.$q.dark.set(this.theme === "auto" ? "auto" : this.theme === "dark");
    },
  },
};

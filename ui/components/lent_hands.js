// The hands of a window, lent to the page that is shown in it: see hands.js for what they do.
import { answered, carried, lend, save } from "/components/hands.js";
import { refused } from "/components/uploads.js";

export default {
  props: { left: Number },
  emits: ["ask"],
  template: `<span hidden></span>`,
  watch: {
    left: {
      immediate: true,
      handler(left) {
        carried.left = left;
      },
    },
  },
  mounted() {
    lend((wanted) => this.$emit("ask", wanted));
    document.addEventListener("click", this.clicked, true);
  },
  unmounted() {
    document.removeEventListener("click", this.clicked, true);
  },
  methods: {
    answered,
    refused,
    // Windows have no place where downloads go: each is asked for.
    clicked(event) {
      const link = event.target.closest?.("a[download][href]");
      if (!link) return;
      event.preventDefault();
      save(link.getAttribute("href"));
    },
  },
};

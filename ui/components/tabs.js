// Nothing to see: a page is loaded again when another tab has signed somebody in or out.
export default {
  template: "<span hidden></span>",
  mounted() {
    window.addEventListener("storage", this.look);
  },
  unmounted() {
    window.removeEventListener("storage", this.look);
  },
  methods: {
    look(event) {
      if (event.key === "coveshot-cookie") location.reload();
    },
  },
};

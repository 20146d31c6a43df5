// Keys that do something: told by name, such as `Ctrl+Z`, unless they are meant for something else.
const TYPING = "input:not([type=range]):not([type=checkbox]):not([type=color]), textarea, select, [contenteditable]";

export default {
  props: { names: Array },
  emits: ["press"],
  template: `<span hidden></span>`,
  mounted() {
    window.addEventListener("keydown", this.key);
  },
  unmounted() {
    window.removeEventListener("keydown", this.key);
  },
  methods: {
    key(event) {
      // What stands closer to the hand has had its turn: a brush has strokes of its own to undo.
      if (event.defaultPrevented || event.repeat || event.target.closest?.(`${TYPING}, [role=menu]`)) return;
      if (document.querySelector(".q-dialog")) return; // it has all keys, even before it has the focus
      const name = this.nameOf(event);
      if (!this.names.includes(name)) return;
      event.preventDefault();
      this.$emit("press", name);
    },
    nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
      const letter = key.length === 1 && key.toUpperCase() !== key.toLowerCase();
      const held = [(ctrlKey || metaKey) && "Ctrl", altKey && "Alt", shiftKey && letter && "Shift"].filter(Boolean);
      return [...held, letter ? key.toUpperCase() : key].join("+");
    },
  },
};

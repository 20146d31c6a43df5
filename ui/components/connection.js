// A bar that says when the program does not answer, and when it is back.
const KEY = "coveshot-was-away"; // the page may be loaded anew before it is back
const READING = 4000; // milliseconds for which it says that it is back

export default {
  props: { words: Object },
  data: () => ({ state: "" }), // "", "away" or "back"
  template: `
    <div class="connection-place" role="status">
      <div v-if="state" :class="['connection', state]">
        <span class="material-symbols-outlined" aria-hidden="true">{{ state === "away" ? "cloud_off" : "check_circle" }}</span>
        <p><strong>{{ words[state] }}</strong> {{ words[state + "More"] }}</p>
      </div>
    </div>`,
  beforeCreate: keepInTurn,
  mounted() {
    // NiceGUI keeps the truth in its own popup, which the style sheet hides.
    this.popup = document.getElementById("popup");
    this.observer = new MutationObserver(this.look);
    this.observer.observe(this.popup, { attributes: true, attributeFilter: ["aria-hidden"] });
    if (sessionStorage.getItem(KEY)) this.back();
  },
  unmounted() {
    this.observer.disconnect();
    clearTimeout(this.timer);
  },
  methods: {
    look() {
      if (this.popup.ariaHidden === "false") this.away();
      else if (this.state === "away") this.back();
    },
    away() {
      clearTimeout(this.timer);
      sessionStorage.setItem(KEY, "yes");
      this.state = "away";
    },
    back() {
      sessionStorage.removeItem(KEY);
      this.state = "back";
      this.timer = setTimeout(() => (this.state = ""), READING);
    },
  },
};

// NiceGUI has each event wait for the handshake on a timer of its own, and a later one may overtake
// an earlier one: the photo that was chosen last would not be the one that is shown. The socket
// itself keeps what it is given in order until it is connected, which an implicit handshake is part of.
function keepInTurn() {
  let done = false;
  Object.defineProperty(window, "did_handshake", {
    configurable: true,
    get: () => done || window.socket?.io.opts.query.implicit_handshake === true,
    set: (now) => (done = now),
  });
}

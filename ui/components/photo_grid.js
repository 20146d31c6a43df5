// Photos of the library: only those in sight are in the page, and their rows come a page at a time.
import { isOver, isUrgent, left, set } from "/components/clock.js";

const PAD = 16; // pixels around all photos
const GAP = 12; // between two
const LEAST = { wide: 168, narrow: 104 }; // width of a photo
const NARROW = 560; // of the whole grid
const CAPTION = 30; // below a picture
const BEYOND = 3; // rows that are ready above and below
const KEPT = 30; // pages in memory
const PATIENCE = 60; // milliseconds between two looks at what is to be fetched
const FAST = 2; // pixels a millisecond beyond which nobody can see pictures: they are left out
const CALM = 120; // milliseconds without scrolling after which they come
const AGAIN = 5000; // milliseconds after a failure
const HOLD = 450; // milliseconds that a finger rests to choose
export const PHOTOS = "application/x-coveshot-photos"; // what is dragged

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

export default {
  props: { query: String, changes: Number, page: Number, own: Boolean, words: Object }, // own: they can be moved
  emits: ["choose", "open", "counted", "act", "move"],
  data: () => ({
    total: null, // how many photos there are; nothing before that is known
    marks: [],
    failed: "",
    tick: 0, // grows with each page that comes: pages themselves are too many to be watched
    width: 0,
    height: 0,
    top: 0,
    fast: false, // whether photos fly by
    chosen: new Set(),
    cursor: 0,
    focused: false,
    over: null, // the index of the photo that others would be dropped before
  }),
  template: `
    <div class="photo-grid">
      <div v-if="failed" class="stand-in" role="alert">
        <span class="material-symbols-outlined" aria-hidden="true">cloud_off</span>
        <div><p class="title">{{ words.unread }}</p><p>{{ failed }}</p></div>
        <div class="answers"><button type="button" class="button" @click="survey">{{ words.again }}</button></div>
      </div>
      <div v-show="!failed && total !== 0" ref="scroller" class="scroller" role="listbox" tabindex="0" aria-multiselectable="true"
        :aria-label="words.photos" :aria-activedescendant="total ? 'photo-' + cursor : null" :aria-busy="total === null"
        @scroll.passive="scrolled" @keydown="key" @focus="focused = true" @blur="focused = false"
        @click.self="chooseNone">
        <div class="sheet" :style="{ height: sheet + 'px' }" @click.self="chooseNone">
          <div v-for="cell in cells" :key="cell.index" v-memo="[cell, total, chosen.has(cell.item?.id), focused && cell.index === cursor, over === cell.index, stays(cell.item)]" :id="'photo-' + cell.index" role="option" draggable="true"
            :class="['photo', cell.item?.state, { chosen: chosen.has(cell.item?.id), cursor: focused && cell.index === cursor, before: over === cell.index }]"
            :style="cell.style" :aria-selected="chosen.has(cell.item?.id)" :aria-posinset="cell.index + 1"
            :aria-setsize="total" :aria-label="label(cell.item)" :title="cell.item?.doubt || cell.item?.name"
            @click="click($event, cell)" @dblclick="open(cell.item)" @dragstart="drag($event, cell)"
            @pointerdown="press($event, cell)" @pointerup="release" @pointermove="release" @pointercancel="release"
            @contextmenu="menu" @dragover="hover($event, cell)" @dragleave="over = null" @drop.prevent="put(cell)">
            <div :class="['picture', { checker: cell.item?.thumb }]" :style="{ height: size.picture + 'px' }">
              <img v-if="cell.item?.thumb && cell.seen" :src="cell.item.thumb" alt="" draggable="false" decoding="async" @error="hide">
              <span v-else-if="cell.item && !cell.item.thumb" class="material-symbols-outlined" aria-hidden="true">{{ sign(cell.item) }}</span>
              <span v-if="cell.item?.doubt" class="material-symbols-outlined doubt" aria-hidden="true">visibility</span>
              <span v-if="stays(cell.item)" :class="['stays', { urgent: urgent(cell.item) }]" aria-hidden="true">
                <span class="material-symbols-outlined">schedule</span>{{ stays(cell.item) }}</span>
              <span class="tick" aria-hidden="true" @click.stop="toggle(cell)" @dblclick.stop>
                <span class="material-symbols-outlined" aria-hidden="true">check</span></span>
            </div>
            <span class="name">{{ cell.item?.name }}</span>
          </div>
        </div>
      </div>
      <slot v-if="total === 0 && !failed"></slot>
    </div>`,
  computed: {
    size() {
      const inner = this.width - 2 * PAD + GAP;
      const least = this.width < NARROW ? LEAST.narrow : LEAST.wide;
      const columns = Math.max(1, Math.floor(inner / (least + GAP)));
      const width = inner / columns - GAP;
      const picture = Math.round(width * 0.75);
      return { columns, width, picture, row: picture + CAPTION + GAP };
    },
    rows() {
      return Math.ceil((this.total ?? 0) / this.size.columns);
    },
    sheet() {
      return this.rows ? this.rows * this.size.row + 2 * PAD - GAP : 0;
    },
    // Two numbers rather than a pair: nothing is drawn anew before one of them changes.
    first() {
      return clamp(Math.floor((this.top - PAD) / this.size.row) - BEYOND, 0, this.rows) * this.size.columns;
    },
    last() {
      const rows = clamp(Math.ceil((this.top + this.height) / this.size.row) + BEYOND, 0, this.rows);
      return Math.min(rows * this.size.columns, this.total ?? 0);
    },
    cells() {
      this.tick; // pages have come
      const known = this.drawn?.size === this.size ? this.drawn.cells : [];
      const cells = [];
      for (let index = this.first; index < this.last; index++) {
        const item = this.item(index);
        const old = known[index - known[0]?.index];
        const seen = !this.fast || Boolean(old?.seen);
        cells.push(old?.item === item && old.seen === seen ? old : { index, item, seen, style: this.place(index) });
      }
      this.drawn = { size: this.size, cells };
      return cells;
    },
  },
  watch: {
    query() {
      this.pages.clear();
      this.order = null;
      Object.assign(this, { total: null, cursor: 0, anchor: 0, top: 0 });
      this.chooseNone();
      this.$refs.scroller.scrollTop = 0;
      this.survey();
    },
    changes() {
      this.survey();
    },
    first: "soon",
    last: "soon",
  },
  created() {
    this.pages = new Map(); // by number: { items, stale }
    this.asked = new Set(); // numbers of pages that are on their way
    this.order = null; // the ids of all photos, once they are asked for
    this.every = false; // whether all photos are chosen, as such
    this.choices = 0; // counts what was chosen one after the other
    this.anchor = 0; // where a range begins
    this.turn = 0; // counts the surveys: what an older one brings is too late
  },
  mounted() {
    this.observer = new ResizeObserver(([entry]) => {
      if (!entry.contentRect.width) return; // nothing is to be seen of it
      const first = Math.floor(Math.max(0, this.top - PAD) / this.size.row) * this.size.columns;
      this.width = entry.contentRect.width;
      this.height = entry.contentRect.height;
      if (first) this.$nextTick(() => this.scrollTo(Math.floor(first / this.size.columns) * this.size.row + PAD));
    });
    this.observer.observe(this.$refs.scroller);
    window.addEventListener("keydown", this.shortcut);
    this.survey();
  },
  unmounted() {
    this.observer.disconnect();
    for (const timer of [this.fetching, this.calming, this.holding, this.retrying]) clearTimeout(timer);
    window.removeEventListener("keydown", this.shortcut);
  },
  methods: {
    // Say why nothing is there, and look again after a while.
    fail(error) {
      this.failed = error instanceof TypeError ? this.words.away : error.message;
      clearTimeout(this.retrying);
      this.retrying = setTimeout(this.survey, AGAIN);
    },
    place(index) {
      const { columns, width, row } = this.size;
      const [x, y] = [PAD + (index % columns) * (width + GAP), PAD + Math.floor(index / columns) * row];
      return { width: `${width}px`, height: `${row - GAP}px`, transform: `translate(${x}px, ${y}px)` };
    },

    // What is there

    async ask(what, more = "") {
      const answer = await fetch(`/listing/${what}.json?${[this.query, more].filter(Boolean).join("&")}`);
      const body = await answer.json();
      if (!answer.ok) throw new Error(body.says);
      return body;
    },
    // Count anew and fetch what is in sight again; what is seen stays until then.
    async survey() {
      const turn = ++this.turn;
      const hidden = this.failed || !this.total;
      clearTimeout(this.retrying);
      try {
        const { total, marks } = await this.ask("survey");
        if (turn !== this.turn) return;
        Object.assign(this, { total, marks: marks.map((mark) => JSON.stringify(mark)), failed: "" });
      } catch (error) {
        if (turn === this.turn) this.fail(error);
        return;
      }
      this.order = null;
      this.asked.clear();
      for (const page of this.pages.values()) page.stale = true;
      this.cursor = clamp(this.cursor, 0, Math.max(0, this.total - 1));
      this.$emit("counted", this.total);
      if (hidden) this.$nextTick(() => this.scrollTo(this.top)); // what is not shown loses its place
      this.remember();
      this.need();
      if (this.chosen.size) this.prune();
    },
    soon() {
      this.fetching ??= setTimeout(this.need, PATIENCE);
    },
    need() {
      clearTimeout(this.fetching);
      this.fetching = null;
      if (!this.total) return;
      const [from, to] = [this.first, this.last].map((index) => Math.floor(index / this.page));
      for (let number = from; number <= Math.min(to, this.marks.length - 1); number++) this.load(number);
      this.forget((from + to) / 2);
    },
    async load(number) {
      const page = this.pages.get(number);
      if (this.asked.has(number) || (page && !page.stale)) return;
      this.asked.add(number);
      const turn = this.turn;
      const [start, end] = [this.marks[number], this.marks[number + 1]];
      const range = new URLSearchParams(end ? { start, end } : { start });
      try {
        const { items, now } = await this.ask("page", range);
        if (turn !== this.turn) return;
        set(now);
        this.pages.set(number, { items, stale: false });
        this.tick++;
      } catch (error) {
        if (turn === this.turn) this.fail(error);
      } finally {
        if (turn === this.turn) this.asked.delete(number);
      }
    },
    forget(middle) {
      if (this.pages.size <= KEPT) return;
      const far = [...this.pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
      for (const number of far.slice(0, this.pages.size - KEPT)) this.pages.delete(number);
    },
    item(index) {
      return this.pages.get(Math.floor(index / this.page))?.items[index % this.page] ?? null;
    },
    // The ids of all photos; none where they cannot be had, or something else is looked at by now.
    async ids() {
      if (this.order) return this.order;
      const { turn, query } = this;
      try {
        const { ids } = await this.ask("ids");
        if (query !== this.query) return [];
        if (turn === this.turn) this.order = ids;
        return ids;
      } catch (error) {
        if (query === this.query) this.fail(error);
        return [];
      }
    },
    // Back on this page, one is where one was.
    remember() {
      if (this.recalled) return;
      this.recalled = true;
      const { query, top } = JSON.parse(sessionStorage.getItem("coveshot-library") ?? "{}");
      if (query === this.query) this.$nextTick(() => this.scrollTo(top));
    },
    scrollTo(top) {
      this.$refs.scroller.scrollTop = top;
      this.top = this.$refs.scroller.scrollTop;
    },
    scrolled({ timeStamp }) {
      const top = this.$refs.scroller.scrollTop;
      const speed = Math.abs(top - this.top) / Math.max(1, timeStamp - (this.lastScroll ?? 0));
      this.lastScroll = timeStamp;
      Object.assign(this, { top, fast: speed > FAST });
      clearTimeout(this.calming);
      if (this.fast) this.calming = setTimeout(() => (this.fast = false), CALM);
      this.release();
      sessionStorage.setItem("coveshot-library", JSON.stringify({ query: this.query, top: this.top }));
    },
    hide(event) {
      event.target.hidden = true;
    },
    sign(item) {
      return { failed: "error", cancelled: "stop_circle" }[item.state] ?? "schedule";
    },
    // How long a photo is still here; "" for those that stay.
    stays(item) {
      if (!item?.expires) return "";
      if (isOver(item.expires)) return this.words.over;
      const span = left(item.expires);
      return span ? this.words.left.replace("{}", span) : this.words.moment;
    },
    urgent(item) {
      return isUrgent(item.expires);
    },
    label(item) {
      if (!item) return this.words.loading;
      const state = item.state === "done" ? "" : this.words[item.state];
      const parts = [item.name, state, item.doubt && this.words.look, this.stays(item)];
      return parts.filter(Boolean).join(", ");
    },

    // Which are chosen

    choose(ids, { all = false } = {}) {
      Object.assign(this, { chosen: new Set(ids), every: all });
      this.$emit("choose", { all, ids: all ? [] : [...this.chosen], turn: ++this.choices });
    },
    async chooseAll() {
      const ids = await this.ids();
      if (ids.length) this.choose(ids, { all: true });
    },
    // Leave out what is gone; where others have come, all of them are not chosen any more.
    async prune() {
      const { turn } = this;
      const here = new Set(await this.ids());
      if (this.failed || turn !== this.turn) return; // a later survey does it
      const left = [...this.chosen].filter((id) => here.has(id));
      const all = this.every && left.length === here.size;
      if (left.length < this.chosen.size || all !== this.every) this.choose(left, { all });
    },
    chooseNone() {
      if (this.chosen.size) this.choose([]);
    },
    // What was done with an earlier choice is no reason to lose the one that came after it.
    letGo(turn) {
      if (turn === this.choices) this.chooseNone();
    },
    toggle({ index, item }) {
      if (!item) return;
      Object.assign(this, { cursor: index, anchor: index });
      const chosen = new Set(this.chosen);
      if (!chosen.delete(item.id)) chosen.add(item.id);
      this.choose(chosen);
    },
    async chooseTo(index, { more } = {}) {
      this.cursor = index;
      const [from, to] = [Math.min(this.anchor, index), Math.max(this.anchor, index)];
      let range = Array.from({ length: to - from + 1 }, (_, at) => this.item(from + at)?.id);
      if (range.includes(undefined)) range = (await this.ids()).slice(from, to + 1);
      if (range.length) this.choose(more ? [...this.chosen, ...range] : range);
    },
    click(event, cell) {
      if (this.held) return void (this.held = false);
      if (!cell.item) return;
      this.$refs.scroller.focus({ preventScroll: true });
      if (event.shiftKey) this.chooseTo(cell.index, { more: event.ctrlKey || event.metaKey });
      else if (event.ctrlKey || event.metaKey) this.toggle(cell);
      else if (event.pointerType === "touch") this.chosen.size ? this.toggle(cell) : this.open(cell.item);
      else {
        Object.assign(this, { cursor: cell.index, anchor: cell.index });
        this.choose([cell.item.id]);
      }
    },
    // A finger that rests chooses; then others are chosen by a touch.
    press(event, cell) {
      this.held = false;
      if (event.pointerType !== "touch") return;
      this.start = [event.clientX, event.clientY];
      this.holding = setTimeout(() => {
        this.held = true;
        this.toggle(cell);
      }, HOLD);
    },
    release(event) {
      const [x, y] = this.start ?? [0, 0];
      if (event?.type === "pointermove" && Math.hypot(event.clientX - x, event.clientY - y) < 8) return;
      clearTimeout(this.holding);
    },
    menu(event) {
      if (event.pointerType === "touch") event.preventDefault();
    },
    open(item) {
      if (item) this.$emit("open", item.id);
    },
    drag(event, { index, item }) {
      if (!item) return event.preventDefault();
      if (!this.chosen.has(item.id)) {
        Object.assign(this, { cursor: index, anchor: index });
        this.choose([item.id]);
      }
      event.dataTransfer.effectAllowed = "copyMove";
      event.dataTransfer.setData(PHOTOS, this.chosen.size);
      const badge = document.createElement("div");
      badge.className = "drag-badge";
      badge.textContent = this.chosen.size === 1 ? item.name : this.words.dragged.replace("{}", this.chosen.size);
      document.body.append(badge);
      event.dataTransfer.setDragImage(badge, -12, -12);
      setTimeout(() => badge.remove());
    },

    hover(event, { index, item }) {
      if (!this.own || !item || !event.dataTransfer.types.includes(PHOTOS)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      this.over = index;
    },
    put({ item }) {
      this.over = null;
      if (item && !this.chosen.has(item.id)) this.$emit("move", { ids: [...this.chosen], before: item.id });
    },
    // Move the photo at the cursor one place on, or back.
    move(by) {
      const item = this.item(this.cursor);
      const next = this.cursor + by;
      if (!item || next < 0 || next >= this.total) return;
      this.$emit("move", { ids: [item.id], before: this.item(by > 0 ? next + 1 : next)?.id ?? "" });
      Object.assign(this, { cursor: next, anchor: next });
      this.follow(next);
    },

    // Keys

    key(event) {
      const steps = {
        ArrowLeft: -1,
        ArrowRight: 1,
        ArrowUp: -this.size.columns,
        ArrowDown: this.size.columns,
        PageUp: -this.size.columns * Math.max(1, Math.floor(this.height / this.size.row)),
        PageDown: this.size.columns * Math.max(1, Math.floor(this.height / this.size.row)),
        Home: -this.total,
        End: this.total,
      };
      const held = event.ctrlKey || event.metaKey;
      if (event.altKey && this.own && Math.abs(steps[event.key]) === 1) this.move(steps[event.key]);
      else if (event.key in steps && !event.altKey) this.step(steps[event.key], event.shiftKey, held);
      else if (event.key === " ") this.toggle({ index: this.cursor, item: this.item(this.cursor) });
      else if (event.key === "Enter" && !held) this.open(this.item(this.cursor));
      else if (held && event.key.toLowerCase() === "a") this.chooseAll();
      else return;
      event.preventDefault();
    },
    step(by, range, alone) {
      const next = clamp(this.cursor + by, 0, this.total - 1);
      this.follow(next);
      if (range) return this.chooseTo(next);
      Object.assign(this, { cursor: next, anchor: next });
      const item = this.item(next);
      if (item && !alone) this.choose([item.id]);
      else if (!alone) this.ids().then((ids) => this.cursor === next && next in ids && this.choose([ids[next]]));
    },
    follow(index) {
      const top = PAD + Math.floor(index / this.size.columns) * this.size.row;
      const bottom = top + this.size.row;
      if (top < this.top) this.scrollTo(top - PAD);
      else if (bottom > this.top + this.height) this.scrollTo(bottom - this.height + PAD - GAP);
    },
    shortcut(event) {
      // An open dialog has all keys, even before it has the focus.
      if (event.target.closest?.("input, textarea, select") || document.querySelector(".q-dialog")) return;
      const held = event.ctrlKey || event.metaKey || event.altKey;
      const act = { Delete: "trash", Backspace: "trash", c: "collect", w: "workbench", e: "export" }[event.key];
      if (event.key === "Escape") this.chooseNone();
      else if (act && !held && this.chosen.size) this.$emit("act", act);
      else return;
      event.preventDefault();
    },
  },
};

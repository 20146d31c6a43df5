// The photos on the workbench, and those on their way to it: as a strip, or as a grid. However many
// there are, only those in sight are in the page.
import { Add, Photo, Upload } from "/components/photo_cell.js";
import { set } from "/components/clock.js";
import { Roll } from "/components/roll.js";
import { between, packed, toggled } from "/components/selection.js";
import { effect, OTHERS } from "/components/strip_keys.js";
import { extent, layout, place, range, scrolled } from "/components/strip_layout.js";
import { Tools } from "/components/strip_tools.js";
import { uploads } from "/components/uploads.js";
import { markRaw } from "vue";

const CALM = 400; // milliseconds in which what is in sight is told of once
const CHOSEN = "coveshot-chosen"; // of this tab: a reload chooses it again
const AGAIN = 1000; // milliseconds until the server is asked again

export default {
  components: { Tools, Photo, Upload, Add },
  props: { tick: Number, selected: String, special: Array, words: Object },
  emits: ["choose", "select", "discard", "again", "accept", "export", "sight", "end"],
  data() {
    const kept = JSON.parse(localStorage.getItem("coveshot-strip") ?? "{}");
    return {
      uploads, answered: false, known: { roll: this.roll }, told: this.selected, asked: { id: "", choice: 0 }, marks: new Set(), anchor: "",
      by: kept.by ?? "name", grid: kept.grid ?? false, review: false,
      box: { width: 0, height: 0, at: 0 }, phone: false,
    };
  },
  template: `
    <nav :class="['filmstrip', { grid, across, review, empty }]" :aria-label="words.strip">
      <Tools :by="by" :grid="grid" :review="review" :doubts="doubts" :marked="marks.size" :words="words"
        @sort="sort" @grid="grid = !grid" @review="toggleReview" @act="tell" />
      <div class="scroller" ref="scroller" @scroll.passive="measure">
        <p v-if="review && !doubts" class="quiet nothing">{{ words.nothing }}</p>
        <ul :style="extent">
          <component :is="cell.is" v-for="cell in cells" :key="cell.key" v-bind="cell.props" :words="words" :style="cell.style"
            :aria-setsize="count" :aria-posinset="cell.at + 1" @choose="clicked" @mark="mark" @open="grid = false"
            @discard="discard" @again="tell('again', $event)" />
        </ul>
      </div>
    </nav>`,
  computed: {
    across() {
      return this.phone && !this.grid;
    },
    order() {
      return this.known.roll.order;
    },
    count() {
      return this.order.length + (this.review ? 0 : this.uploads.length + 1);
    },
    // Known to hold nothing, or nothing but what is gone: the page to begin with is shown then.
    empty() {
      return this.answered && [...this.known.roll.byId.values()].every((item) => item.gone);
    },
    doubts() {
      return this.known.roll.doubtful().length;
    },
    // What was asked for last, before the server has come to it: keys may be faster than answers.
    chosen() {
      const { id } = this.asked;
      return this.known.roll.byId.has(id) ? id : this.told;
    },
    layout() {
      return layout(this.box, this);
    },
    extent() {
      return extent(this.layout, this.count);
    },
    range() {
      return range(this.layout, this.box, this.count);
    },
    cells() {
      const [first, end] = this.range.made;
      const places = Array.from({ length: end - first }, (_, step) => first + step);
      const chosen = this.order.indexOf(this.chosen);
      if (chosen >= 0 && (chosen < first || chosen >= end)) places.push(chosen); // Tab has to reach it
      return places.map(this.cell);
    },
  },
  watch: {
    tick() {
      this.select(this.selected); // which may look unchanged here, as `select` is called past it
      this.ask();
    },
    selected: "select",
    grid: "keep",
    by: "keep",
    chosen() {
      this.$nextTick(this.follow);
    },
    range: "tellSight",
    known: "tellSight",
  },
  beforeCreate() {
    this.roll = markRaw(new Roll()); // else Vue would watch each of thousands
  },
  created() {
    this.roll.sort(this.by, this.review);
  },
  mounted() {
    window.addEventListener("keydown", this.key);
    this.narrow = matchMedia("(max-width: 760px)");
    this.narrow.addEventListener("change", this.measure);
    this.observer = new ResizeObserver(this.measure);
    this.observer.observe(this.$refs.scroller);
    this.measure();
    this.ask();
  },
  unmounted() {
    window.removeEventListener("keydown", this.key);
    this.narrow.removeEventListener("change", this.measure);
    this.observer.disconnect();
    clearTimeout(this.calm);
    clearTimeout(this.later);
  },
  methods: {
    // What is asked of the server, and what is known here: photos come by a way of their own.
    tell(act, what = "", choice = 0) {
      this.$emit(act, { what, tick: this.roll.tick, choice });
    },
    // What the server knows
    async ask() {
      if (this.asking) return;
      this.asking = true;
      const first = !this.roll.tick;
      try {
        const answer = await fetch(`/strip?since=${this.roll.tick}`);
        if (!answer.ok) throw new Error(answer.statusText);
        const told = await answer.json();
        set(told.now);
        if (this.roll.take(told)) this.show();
      } catch {
        clearTimeout(this.later);
        this.later = setTimeout(this.ask, AGAIN);
        return;
      } finally {
        this.asking = false;
        this.answered = true;
      }
      if (first) this.restore();
      if (this.tick > this.roll.tick) this.ask();
    },
    restore() {
      const id = sessionStorage.getItem(CHOSEN);
      if (!location.search && this.roll.byId.has(id)) this.choose(id); // else an address names one
      this.$nextTick(this.follow);
    },
    show() {
      this.known = { roll: this.roll }; // another one: what was drawn of it is drawn anew
      const left = [...this.marks].filter((id) => this.roll.byId.has(id));
      if (left.length < this.marks.size) this.setMarks(new Set(left));
    },
    sort(by) {
      this.by = by;
      this.arrange();
    },
    arrange() {
      this.roll.sort(this.by, this.review);
      this.show();
      this.$nextTick(this.follow);
    },
    // What is shown
    cell(at) {
      const style = place(this.layout, at);
      const item = this.known.roll.byId.get(this.order[at]);
      if (item) {
        const marked = this.marks.size > 1 && this.marks.has(item.id);
        return { at, style, props: { item, chosen: item.id === this.chosen, marked, special: this.special.includes(item.id) }, is: "Photo", key: item.id };
      }
      const upload = this.uploads[at - this.order.length];
      return upload
        ? { at, style, props: { upload }, is: "Upload", key: upload.id }
        : { at, style, props: {}, is: "Add", key: "add" };
    },
    measure() {
      const { clientWidth: width, clientHeight: height, scrollTop, scrollLeft } = this.$refs.scroller;
      this.phone = this.narrow.matches;
      this.box = { width, height, at: this.across ? scrollLeft : scrollTop };
    },
    follow() {
      const at = this.order.indexOf(this.chosen);
      const { scroller } = this.$refs;
      if (at < 0 || !scroller) return;
      const axis = this.across ? "scrollLeft" : "scrollTop";
      scroller[axis] = scrolled(this.layout, this.box, at, scroller[axis]);
      if (scroller.contains(document.activeElement)) this.$nextTick(this.focus);
    },
    focus() {
      this.$refs.scroller.querySelector(".chosen .picture")?.focus({ preventScroll: true });
    },
    tellSight() {
      this.calm ??= setTimeout(() => {
        this.calm = null;
        const [first, end] = this.range.seen;
        const ids = this.order.slice(first, end).filter((id) => this.roll.byId.get(id).state === "waiting");
        const text = ids.join();
        if (ids.length && text !== this.sight) this.tell("sight", ids);
        this.sight = text;
      }, CALM);
    },
    keep() {
      localStorage.setItem("coveshot-strip", JSON.stringify({ by: this.by, grid: this.grid }));
      this.$nextTick(() => {
        this.measure();
        this.$nextTick(this.follow);
      });
    },
    // What is chosen
    select(id) {
      this.told = id;
    },
    // The server has come to a choice: after the last one, it alone says what is chosen.
    heard(choice) {
      if (choice === this.asked.choice) this.asked = { id: "", choice };
    },
    choose(id) {
      const at = this.order.indexOf(id);
      this.asked = { id, choice: this.asked.choice + 1 };
      sessionStorage.setItem(CHOSEN, id);
      const near = [this.order[at + 1], this.order[at - 1]].filter(Boolean);
      this.tell("choose", { id, near }, this.asked.choice);
    },
    clicked(id, event) {
      if (this.roll.byId.get(id).gone) return;
      if (event.shiftKey) this.setMarks(between(this.order, this.anchor || this.chosen, id));
      else if (event.ctrlKey || event.metaKey) this.mark(id);
      else this.alone(id);
      this.choose(id);
    },
    discard(id) {
      if (!this.roll.byId.get(id).gone) return this.tell("discard", id);
      this.roll.drop(id);
      this.show();
    },
    alone(id) {
      this.anchor = id;
      this.setMarks(new Set());
    },
    mark(id) {
      this.anchor = id;
      this.setMarks(toggled(this.marks.size ? this.marks : new Set([this.chosen]), id));
    },
    setMarks(ids) {
      if (!ids.size && !this.marks.size) return;
      this.marks = ids;
      this.tell("select", packed(ids, [...this.roll.byId.keys()]));
    },
    toggleReview() {
      this.review = !this.review;
      this.arrange();
      if (this.review && this.order.length) this.choose(this.order[0]);
      this.$nextTick(this.focus); // Enter is for the photo now
    },
    // Keys
    key(event) {
      if (event.target.closest?.(OTHERS) || event.altKey) return;
      const act = effect(this, event);
      if (!act) return;
      event.preventDefault();
      act();
    },
    accept() {
      const { chosen } = this;
      const doubtful = Boolean(this.roll.byId.get(chosen).doubt);
      const next = this.roll.next(chosen);
      this.tell("accept", chosen);
      this.roll.accept(chosen);
      this.show();
      if (doubtful) this.lookAt(next);
    },
    lookAt(id) {
      if (id) this.choose(id);
      else if (!this.roll.byId.get(this.chosen)?.doubt) this.tell("end");
    },
  },
};

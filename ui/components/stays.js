// A sentence on how long something is still there.
import { isOver, isUrgent, left, set } from "/components/clock.js";

export default {
  props: { expires: Number, now: Number, words: Object },
  template: `<p :class="['stays', { urgent, over }]" :role="urgent ? 'status' : null">{{ sentence }}</p>`,
  computed: {
    urgent() {
      return isUrgent(this.expires);
    },
    over() {
      return isOver(this.expires);
    },
    sentence() {
      if (this.over) return this.words.over;
      const span = left(this.expires);
      return span ? this.words.left.replace("{}", span) : this.words.moment;
    },
  },
  watch: { now: { handler: set, immediate: true } },
};

// What credits came from and went to, the newest first; dates as the reader writes them.
export default {
  props: { rows: Array, more: Boolean, words: Object },
  emits: ["older"],
  template: `
    <div class="ledger">
      <p v-if="!rows.length" class="quiet">{{ words.none }}</p>
      <table v-else :aria-label="words.title">
        <thead><tr><th scope="col">{{ words.date }}</th><th scope="col">{{ words.what }}</th>
          <th scope="col">{{ words.amount }}</th><th scope="col">{{ words.balance }}</th></tr></thead>
        <tbody>
          <tr v-for="row in rows" :key="row.id">
            <td><time :datetime="new Date(row.at * 1000).toISOString()" :title="exact(row.at)">{{ day(row.at) }}</time></td>
            <td>{{ row.what }}<span v-if="row.note" class="quiet">{{ row.note }}</span></td>
            <td :class="{ gain: row.amount > 0 }">{{ signed(row.amount) }}</td>
            <td>{{ row.balance.toLocaleString(lang) }}</td>
          </tr>
        </tbody>
      </table>
      <button v-if="more" type="button" class="button small" @click="$emit('older')">{{ words.older }}</button>
    </div>`,
  computed: {
    lang: () => document.documentElement.lang || "en",
  },
  methods: {
    day(at) {
      const here = new Date().getFullYear() === new Date(at * 1000).getFullYear();
      return this.date(at, { day: "numeric", month: "short", year: here ? undefined : "numeric" });
    },
    exact(at) {
      return this.date(at, { dateStyle: "long", timeStyle: "short" });
    },
    date(at, style) {
      return new Intl.DateTimeFormat(this.lang, style).format(at * 1000);
    },
    signed(amount) {
      return new Intl.NumberFormat(this.lang, { signDisplay: "always" }).format(amount).replace("-", "\u2212");
    },
  },
};

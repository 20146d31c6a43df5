// A form that is sent by HTTP, so that a cookie can come back; it turns between ways to fill it in.
const ENTRANCE = "/entrance/";
let forms = 0;

export default {
  props: { ways: Array, providers: Array, leadsTo: String, words: Object },
  data() {
    return { name: this.ways[0].name, from: "", values: {}, wrong: null, note: "", busy: false, shown: false, id: `entry-${++forms}` };
  },
  template: `
    <form class="entry-form" novalidate :aria-busy="busy" @submit.prevent="send">
      <h1 v-if="way.title" ref="title" tabindex="-1">{{ way.title }}</h1>
      <p v-if="note" class="note" role="status">{{ note }}</p>
      <p v-if="way.says" class="quiet">{{ way.says }}</p>
      <div v-for="field in way.fields" :key="way.name + field.name" class="line">
        <label :for="id + field.name">{{ field.label }}</label>
        <div class="typed">
          <input :id="id + field.name" v-model="values[field.name]" class="field" :name="field.name" :type="type(field)"
            :autocomplete="field.complete" :inputmode="field.kind === 'code' ? 'numeric' : null" maxlength="254" spellcheck="false"
            autocapitalize="none" :aria-invalid="at(field)" :aria-describedby="told(field)" @input="forget(field)">
          <button v-if="field.kind === 'password'" type="button" class="icon-button" :aria-pressed="shown" :title="eye" :aria-label="eye"
            @click="shown = !shown">
            <span class="material-symbols-outlined" aria-hidden="true">{{ shown ? "visibility_off" : "visibility" }}</span>
          </button>
        </div>
        <p v-if="at(field)" :id="id + field.name + 'wrong'" class="wrong">{{ wrong.says }}</p>
        <p v-else-if="field.hint" :id="id + field.name + 'hint'" class="quiet">{{ field.hint }}</p>
      </div>
      <p class="wrong" role="alert">{{ apart }}</p>
      <button type="submit" class="button" :class="way.look" :disabled="busy">{{ way.yes }}</button>
      <template v-if="providers.length && way.name !== 'code' && way.name !== 'reset'">
        <p class="or"><span>{{ words.or }}</span></p>
        <button v-for="one in providers" :key="one.name" type="button" class="button" :disabled="busy" @click="leave(one.name)">{{ one.label }}</button>
      </template>
      <p v-if="way.turns.length" class="turns">
        <button v-for="[to, text] in way.turns" :key="to" type="button" class="link" @click="turn(to)">{{ text }}</button>
      </p>
    </form>`,
  computed: {
    way() {
      return this.ways.find((way) => way.name === this.name);
    },
    apart() {
      const named = this.way.fields.some((field) => field.name === this.wrong?.field);
      return this.wrong && !named ? this.wrong.says : "";
    },
    eye() {
      return this.shown ? this.words.hide : this.words.show;
    },
  },
  mounted() {
    if (this.$el.closest(".q-dialog") || location.hash.slice(1) === this.name) this.$nextTick(() => this.first()?.focus());
  },
  methods: {
    type(field) {
      if (field.kind === "password") return this.shown ? "text" : "password";
      return field.kind === "email" ? "email" : "text";
    },
    at(field) {
      return this.wrong?.field === field.name;
    },
    told(field) {
      if (this.at(field)) return `${this.id}${field.name}wrong`;
      return field.hint ? `${this.id}${field.name}hint` : null;
    },
    forget(field) {
      if (this.at(field)) this.wrong = null;
      this.note = this.name === "code" ? this.note : "";
    },
    turn(to, note = "") {
      this.from = this.name;
      this.name = to;
      this.note = note;
      this.wrong = null;
      this.shown = false;
      this.$nextTick(() => this.first()?.focus());
    },
    first() {
      const inputs = [...this.$el.querySelectorAll("input")];
      return inputs.find((input) => input.getAttribute("aria-invalid") === "true") ?? inputs.find((input) => !input.value) ?? inputs[0];
    },
    send() {
      const given = Object.fromEntries(this.way.fields.map((field) => [field.name, this.values[field.name] ?? ""]));
      if (this.name === "code") Object.assign(given, { email: this.values.email ?? "", for: this.from });
      return this.post(this.way.action, given);
    },
    leave(provider) {
      return this.post("elsewhere", { provider });
    },
    async post(action, given) {
      if (this.busy) return;
      this.busy = true;
      this.wrong = null;
      try {
        const body = JSON.stringify({ ...given, leads_to: this.leadsTo });
        const answer = await fetch(ENTRANCE + action, { method: "POST", headers: { "Content-Type": "application/json" }, body });
        this.take(await answer.json(), given);
      } catch {
        this.refuse({ says: this.words.failed, field: "" });
      }
    },
    take(answer, given) {
      if (answer.goes_to) {
        localStorage.setItem("coveshot-cookie", Date.now()); // other tabs have shown somebody else: see tabs.js
        location.assign(answer.goes_to);
        if (answer.goes_to.startsWith(location.pathname + "#")) location.reload();
        return; // stays busy until the page is another one
      }
      if (answer.says) return this.refuse(answer);
      this.busy = false;
      const sent = this.words.sent.replace("{email}", given.email ?? "");
      if (answer.sent && this.way.then) return this.turn(this.way.then, sent);
      for (const field of this.way.fields) this.values[field.name] = "";
      this.note = answer.sent ? sent : this.way.done;
    },
    refuse(wrong) {
      this.busy = false;
      this.wrong = wrong;
      this.$nextTick(() => this.first()?.focus());
    },
  },
};

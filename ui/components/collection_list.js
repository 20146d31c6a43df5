// Where photos are: all, collections, the trash. Photos are dropped on them.
import { PHOTOS } from "/components/photo_grid.js";

export default {
  props: { collections: String, chosen: String, trashed: Number, words: Object }, // collections as JSON
  emits: ["choose", "put", "create", "rename", "remove"],
  data: () => ({ over: null, editing: null, text: "" }), // editing: the id of a collection, or "new"
  template: `
    <nav class="collections" :aria-label="words.places">
      <button v-for="place in places" :key="place.id" type="button" :class="['place', { over: over === place.id }]"
        :aria-current="place.id === chosen ? 'page' : null" @click="$emit('choose', place.id)"
        @dragover="hover($event, place.id)" @dragleave="over = null" @drop.prevent="drop(place.id)">
        <span class="material-symbols-outlined" aria-hidden="true">{{ place.sign }}</span>
        <span class="name">{{ place.name }}</span><span v-if="place.count" class="count">{{ place.count }}</span>
      </button>
      <div class="head"><h2>{{ words.collections }}</h2>
        <button type="button" class="icon-button" :aria-label="words.create" :title="words.create" @click="edit('new', '')">
          <span class="material-symbols-outlined" aria-hidden="true">add</span></button></div>
      <template v-for="one in items" :key="one.id">
        <input v-if="editing === one.id" ref="field" v-model="text" class="field" :aria-label="words.name" maxlength="120"
          @keydown.enter.prevent="save" @keydown.esc.stop.prevent="editing = null" @blur="save">
        <div v-else :class="['row', { over: over === one.id }]" @dragover="hover($event, one.id)" @dragleave="leave"
          @drop.prevent="drop(one.id)">
          <button type="button" class="place" :aria-current="one.id === chosen ? 'page' : null" :title="one.name"
            @click="$emit('choose', one.id)" @dblclick="edit(one.id, one.name)" @keydown.f2.prevent="edit(one.id, one.name)">
            <span class="material-symbols-outlined" aria-hidden="true">folder</span>
            <span class="name">{{ one.name }}</span><span class="count">{{ one.count }}</span></button>
          <span v-if="one.id === chosen" class="tools">
            <button type="button" class="icon-button" :aria-label="words.rename + ' ' + one.name" :title="words.rename" @click="edit(one.id, one.name)">
              <span class="material-symbols-outlined" aria-hidden="true">edit</span></button>
            <button type="button" class="icon-button" :aria-label="words.remove + ' ' + one.name" :title="words.remove" @click="$emit('remove', one.id)">
              <span class="material-symbols-outlined" aria-hidden="true">close</span></button></span>
        </div>
      </template>
      <input v-if="editing === 'new'" ref="field" v-model="text" class="field" :placeholder="words.name" :aria-label="words.name"
        maxlength="120" @keydown.enter.prevent="save" @keydown.esc.stop.prevent="editing = null" @blur="save">
      <p v-else-if="!items.length" class="hint quiet">{{ words.hint }}</p>
      <button type="button" :class="['place', 'trash', { over: over === 'trash' }]" :aria-current="chosen === 'trash' ? 'page' : null"
        @click="$emit('choose', 'trash')" @dragover="hover($event, 'trash')" @dragleave="over = null" @drop.prevent="drop('trash')">
        <span class="material-symbols-outlined" aria-hidden="true">delete</span>
        <span class="name">{{ words.trash }}</span><span v-if="trashed" class="count">{{ trashed }}</span></button>
    </nav>`,
  computed: {
    items() {
      return JSON.parse(this.collections);
    },
    places() {
      return [{ id: "", sign: "photo_library", name: this.words.all }];
    },
  },
  methods: {
    hover(event, id) {
      if (!id || !event.dataTransfer.types.includes(PHOTOS)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = id === "trash" ? "move" : "copy";
      this.over = id;
    },
    leave(event) {
      if (!event.currentTarget.contains(event.relatedTarget)) this.over = null;
    },
    drop(id) {
      this.over = null;
      this.$emit("put", id);
    },
    edit(id, name) {
      Object.assign(this, { editing: id, text: name });
      this.$nextTick(() => {
        const field = [this.$refs.field].flat()[0];
        field.focus();
        field.select();
      });
    },
    save() {
      const [id, name] = [this.editing, this.text.trim()];
      if (id === null) return;
      this.editing = null;
      const known = this.items.find((one) => one.id === id)?.name;
      if (!name || name === known) return;
      if (id === "new") this.$emit("create", name);
      else this.$emit("rename", { id, name });
    },
  },
};

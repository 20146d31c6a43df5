// What was said to the server comes back from it. An answer to an earlier word is no news: it would take back a later one.
const PATIENCE = 5000; // milliseconds: what has not come back by then, does not

export class Echo {
  constructor() {
    this.said = []; // and has not come back
    this.at = 0;
  }

  say(value) {
    this.said.push(value);
    this.at = performance.now();
    return value;
  }

  // Whether a value that comes is another one than was said here.
  isNews(value) {
    if (performance.now() - this.at > PATIENCE) this.said = [];
    const at = this.said.lastIndexOf(value);
    this.said = at < 0 ? [] : this.said.slice(at + 1); // the server may have passed over some
    return at < 0;
  }
}

// How long something is still there, in words that change by themselves.
import { reactive } from "vue";

const STEP = 5000; // milliseconds between two looks
const LAST = 15 * 60; // seconds in which it is urgent
const MINUTE = 60, HOUR = 3600, DAY = 86400;

// The time as the server has it, in Unix seconds: the clock of a computer may be wrong.
const clock = reactive({ now: Date.now() / 1000 });
let skew = 0;
let running = false;

// Take on what time it is on the server.
export function set(now) {
  skew = now - Date.now() / 1000;
  tick();
}

export function isOver(expires, early = 0) {
  return Boolean(expires) && expires - early <= clock.now;
}

export function isUrgent(expires) {
  return Boolean(expires) && expires - clock.now < LAST;
}

// "47 hours", in the language of the page; "" once there is less than a minute.
export function left(expires) {
  if (!running) {
    running = true; // nothing ticks where nothing ends
    setInterval(tick, STEP);
  }
  const seconds = expires - clock.now;
  if (seconds >= 3 * DAY) return span(seconds / DAY, "day");
  if (seconds >= 2 * HOUR) return span(seconds / HOUR, "hour");
  return seconds >= MINUTE ? span(seconds / MINUTE, "minute") : "";
}

function span(count, unit) {
  const style = { style: "unit", unit, unitDisplay: "long" };
  return new Intl.NumberFormat(document.documentElement.lang || "en", style).format(Math.floor(count));
}

function tick() {
  clock.now = Date.now() / 1000 + skew;
}

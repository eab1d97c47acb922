/** Follows the server's events. Its own reader, as EventSource sends no Authorization header. */

import { headers, url } from "./api.js";

const SILENCE_MILLIS = 15_000;
const FIRST_WAIT_MILLIS = 500;
const LONGEST_WAIT_MILLIS = 5_000;

/** Takes text in whatever pieces it comes and calls `emit({type, id, data})` for every complete event. */
export function parser(emit) {
  let rest = "";
  let type = "";
  let data = [];
  let id = null;

  function line(text) {
    if (text === "") {
      if (data.length > 0) {
        emit({ type: type || "message", id, data: data.join("\n") });
      }
      type = "";
      data = [];
      id = null;
      return;
    }
    const colon = text.indexOf(":");
    if (colon === 0) {
      return;
    }
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + (text[colon + 1] === " " ? 2 : 1));
    if (field === "event") {
      type = value;
    } else if (field === "data") {
      data.push(value);
    } else if (field === "id") {
      id = value;
    }
  }

  return (text) => {
    rest += text;
    for (;;) {
      const end = /\r\n|\n|\r/.exec(rest);
      if (!end || (end[0] === "\r" && end.index === rest.length - 1)) {
        return; // a line feed may follow
      }
      const complete = rest.slice(0, end.index);
      rest = rest.slice(end.index + end[0].length);
      line(complete);
    }
  };
}

/**
 * Connects, and connects again whenever that ends, continuing after the last entry that was heard.
 *
 * @param on `opened(afresh)`, `event(type, data)`, `heard()`, `lost()`, `refused()`
 */
export class Feed {
  #on;
  #lastId = "";
  #wait = FIRST_WAIT_MILLIS;
  #control = null;
  #timer = 0;
  #closed = false;

  constructor(on) {
    this.#on = on;
    this.#connect();
  }

  /** Tries again now rather than when its time has come. */
  hurry() {
    if (!this.#control && !this.#closed) {
      clearTimeout(this.#timer);
      this.#connect();
    }
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#control?.abort();
  }

  async #connect() {
    const control = new AbortController();
    this.#control = control;
    let watchdog = 0;
    const watch = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => control.abort(), SILENCE_MILLIS);
    };
    try {
      watch();
      const afresh = this.#lastId === "";
      const response = await fetch(url("events"), {
        cache: "no-store",
        redirect: "error",
        headers: headers(afresh ? {} : { "Last-Event-ID": this.#lastId }),
        signal: control.signal,
      });
      if (response.status === 401 || response.status === 403) {
        this.close();
        this.#on.refused();
        return;
      }
      if (!response.ok) {
        throw new Error("status " + response.status);
      }
      this.#on.opened(afresh);
      const feed = parser((event) => this.#take(event));
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) {
          break;
        }
        watch();
        this.#wait = FIRST_WAIT_MILLIS;
        this.#on.heard();
        feed(value);
      }
    } catch {
      // However it ended, it is begun again.
    } finally {
      clearTimeout(watchdog);
      control.abort();
      this.#control = null;
    }
    if (!this.#closed) {
      this.#on.lost();
      // Half of the time at least, so that the pages of a whole team do not come back at once.
      const pause = this.#wait * (0.5 + Math.random() / 2);
      this.#wait = Math.min(LONGEST_WAIT_MILLIS, this.#wait * 2);
      this.#timer = setTimeout(() => this.#connect(), Math.max(FIRST_WAIT_MILLIS, pause));
    }
  }

  #take(event) {
    let data;
    try {
      data = JSON.parse(event.data);
    } catch {
      return; // not from a console
    }
    if (event.type === "reset") {
      this.#lastId = "";
    }
    this.#on.event(event.type, data);
    if (event.id) {
      this.#lastId = event.id; // once it is taken, so that what failed comes again
    }
  }
}

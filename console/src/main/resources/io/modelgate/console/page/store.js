/** What the page knows, when it heard of it, and whether that is still to be believed. */

const SILENT_MILLIS = 7_000;
const BEHIND_MILLIS = 5_000;
const ROLES = ["VIEWER", "OPERATOR", "APPROVER", "ADMIN"];

export const store = {
  me: null,
  signIn: null, // why somebody has to sign in; null if nobody has to
  state: null,
  stateAt: null,
  heardAt: null,
  connected: false,
  caughtUp: false, // whether the state is of this connection
  kills: [],
  route: { name: "gates", arg: "", query: new URLSearchParams() },
  screen: null, // {key, data, at, problem}
  dialog: null,
  said: "", // for screen readers
};

let show = () => {};
let due = false;

export function onChange(render) {
  show = render;
}

/** Draws anew, soon and once for all that changed. Not in an animation frame: a tab in the background has a title too. */
export function changed() {
  if (!due) {
    due = true;
    setTimeout(() => {
      due = false;
      show();
    });
  }
}

/** Now, by two clocks: one of them stands still while the machine sleeps, the other may be set. */
export function now() {
  return { steady: performance.now(), wall: Date.now() };
}

export function since(then) {
  return then === null ? Infinity : Math.max(0, performance.now() - then.steady, Date.now() - then.wall);
}

export function heard() {
  store.heardAt = now();
}

export function take(state) {
  store.state = state;
  store.stateAt = now();
}

/** What time it is at the server, whose times are shown. */
export function serverNow() {
  return store.state ? Date.parse(store.state.asOf) + since(store.stateAt) : Date.now();
}

/** Why what is on the screen may not be so, the worst first; empty if it is fresh. Each is {text, age} or {text}. */
export function doubts() {
  const found = [];
  if (store.heardAt !== null && since(store.heardAt) > SILENT_MILLIS) {
    found.push({ before: "last heard", age: since(store.heardAt), text: "what you see may be old" });
  }
  const state = store.state;
  if (state) {
    const log = state.log;
    if (state.closed) {
      found.push({ text: "the gates of this process are closed: nothing can be decided here" });
    }
    if (log.problem) {
      found.push({ text: "the control log has a problem: " + log.problem });
    }
    if (!log.known) {
      found.push({ text: "this process has not reached the control log since it started: kills may be missing here" });
    } else if (log.stalenessMillis > BEHIND_MILLIS) {
      found.push({
        before: "this process last had every entry of the control log",
        age: log.stalenessMillis + since(store.stateAt),
        text: "kills made elsewhere may be missing here",
      });
    }
    if (state.unstoredKills > 0) {
      const many = state.unstoredKills === 1 ? "1 kill is" : state.unstoredKills + " kills are";
      found.push({ text: many + " in force in this process and not stored yet: a restart would lose that" });
    }
  }
  const screen = store.screen;
  const polled = screen && screen.at !== null && (screen.polled || screen.problem);
  if (found.length === 0 && polled && !document.hidden && since(screen.at) > SILENT_MILLIS) {
    found.push({ before: "this screen was loaded", age: since(screen.at), text: screen.problem ?? "what you see may be old" });
  }
  return found;
}

/** Whether anything may be shown as being well. */
export function fresh() {
  return store.state !== null && store.heardAt !== null && doubts().length === 0;
}

export function may(role) {
  return store.me !== null && ROLES.indexOf(store.me.role) >= ROLES.indexOf(role);
}

/** Why somebody may not, or null. */
export function mayNot(role, what) {
  return may(role) ? null : `You are ${store.me?.role ?? "nobody"}; ${what} takes ${role}.`;
}

/** Lets a screen reader say something once. */
export function say(text) {
  store.said = text;
  changed();
}

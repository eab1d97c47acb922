/** What the page knows, when it heard of it, and whether that is still to be believed. */

const SILENT_MILLIS = 7_000;
const BEHIND_MILLIS = 5_000;
const ROLES = ["VIEWER", "OPERATOR", "APPROVER", "ADMIN"];

/** What takes which role at least, as the contract has it; and how a sentence about it begins. */
export const TAKES = {
  kill: ["OPERATOR", "the switch"],
  rollback: ["OPERATOR", "rolling back"],
  pause: ["OPERATOR", "pausing"],
  abort: ["OPERATOR", "aborting"],
  resume: ["APPROVER", "resuming"],
  approve: ["APPROVER", "approving"],
  promote: ["APPROVER", "promoting"],
  revive: ["APPROVER", "reviving"],
  reviveSession: ["APPROVER", "reviving a session"],
  reviveFleet: ["ADMIN", "reviving a kill of the fleet"],
};

const NOTHING = {
  me: null,
  signIn: null, // why somebody has to sign in; null if nobody has to
  offered: "", // a token of the address that waits for a yes, as there is one already
  state: null,
  stateAt: null,
  heardAt: null,
  connected: false,
  caughtUp: false, // whether the state is of this connection
  kills: [],
  killsAt: null, // when they were loaded
  killsDueAt: null, // since when they are known to be others; null if they are not
  screen: null, // {key, data, at, problem, pollMillis}
  dialog: null,
  said: "", // for screen readers
};

export const store = { ...NOTHING, route: { name: "gates", arg: "", query: new URLSearchParams() } };

/** Forgets all but where one is. */
export function forget() {
  Object.assign(store, NOTHING);
}

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

/** Whether nothing was heard for too long. */
export function silent() {
  return store.heardAt !== null && since(store.heardAt) > SILENT_MILLIS;
}

/** Why what is on the screen may not be so, the worst first; empty if it is fresh. Each is {text, age} or {text}. */
export function doubts() {
  const found = [];
  if (silent()) {
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
      const many = state.unstoredKills === 1 ? "1 kill" : state.unstoredKills + " kills";
      const are = state.unstoredKills === 1 ? " is" : " are";
      found.push({
        text: state.standalone
          ? `NOT KILLED yet: of ${many} that${are} not stored no process that serves has heard`
          : many + are + " in force in this process and not stored yet: a restart would lose that",
      });
    }
  }
  if (store.killsDueAt !== null && since(store.killsDueAt) > BEHIND_MILLIS) {
    found.push(store.killsAt === null
      ? { text: "the engaged kills could not be loaded: none is listed here" }
      : { before: "the engaged kills were loaded", age: since(store.killsAt), text: "they are others by now" });
  }
  const screen = store.screen;
  const loaded = screen && screen.at !== null && (screen.pollMillis > 0 || screen.problem);
  if (found.length === 0 && loaded && !document.hidden && since(screen.at) > screen.pollMillis + BEHIND_MILLIS) {
    found.push({ before: "this screen was loaded", age: since(screen.at), text: screen.problem ?? "what you see may be old" });
  }
  return found;
}

/** Whether anything may be shown as being well. */
export function fresh() {
  return store.state !== null && store.heardAt !== null && doubts().length === 0;
}

/** Why somebody may not do one of what TAKES a role, or null. */
export function mayNot(action) {
  const [role, what] = TAKES[action];
  const may = store.me !== null && ROLES.indexOf(store.me.role) >= ROLES.indexOf(role);
  return may ? null : `You are ${store.me?.role ?? "nobody"}; ${what} takes ${role}.`;
}

/** What reviving a kill is, of what TAKES a role. */
export function reviving(kill) {
  return kill.scope.gate === "*" ? "reviveFleet" : "revive";
}

/** Lets a screen reader say something once: whatever changes is announced by this and by nothing else. */
export function say(text) {
  store.said = text;
  changed();
}

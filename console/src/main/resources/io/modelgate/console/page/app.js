/** The page: who is signed in, which screen is shown, what the server says. */

import { forgetToken, get, Refused, signInWith, token, tokenFromAddress } from "./api.js";
import { budgets } from "./budgets.js";
import { dialog } from "./dialogs.js";
import { h, render } from "./dom.js";
import { Feed } from "./events.js";
import { fleet } from "./fleet.js";
import { duration } from "./format.js";
import { gate, gates, headline } from "./gates.js";
import { log } from "./log.js";
import { rollout, rollouts } from "./rollouts.js";
import { reloadsBy } from "./screens.js";
import { changed, doubts, fresh, heard, mayNot, now, onChange, since, store, take } from "./store.js";

const SCREENS = { gates, gate, rollouts, rollout, budgets, log, fleet };
const NAVIGATION = [
  ["gates", "Gates"],
  ["rollouts", "Rollouts"],
  ["budgets", "Budgets"],
  ["log", "Log"],
  ["fleet", "Fleet"],
];
const SOON_MILLIS = 250;

let feed = null;
let turn = 0;
let soon = 0;
let polled = 0;

function readAddress() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const slash = path.indexOf("/");
  const first = slash < 0 ? path : path.slice(0, slash);
  let arg = "";
  try {
    arg = slash < 0 ? "" : decodeURIComponent(path.slice(slash + 1));
  } catch {
    // No name of a gate.
  }
  const one = { gates: "gate", rollouts: "rollout" };
  const name = arg !== "" && one[first] ? one[first] : first;
  return { name: SCREENS[name] ? name : "gates", arg, query: new URLSearchParams(query ?? "") };
}

/** Loads what the screen shows. An answer that was overtaken by a later question is thrown away. */
async function load() {
  const mine = ++turn;
  polled = performance.now();
  const screen = SCREENS[store.route.name];
  const key = store.route.name + "/" + store.route.arg;
  if (store.screen?.key !== key) {
    store.screen = { key, data: null, at: null, problem: null, polled: Boolean(screen.pollMillis) };
  }
  try {
    const data = await screen.load(store.route);
    if (mine === turn) {
      store.screen = { key, data, at: now(), problem: null, polled: Boolean(screen.pollMillis) };
    }
  } catch (e) {
    if (mine === turn) {
      store.screen = { ...store.screen, problem: e.message };
      if (e instanceof Refused && e.status === 404) {
        store.screen.data = null;
      }
    }
    unauthenticated(e);
  }
  changed();
}

/** Loads anew in a moment, once for all that happens until then. */
function loadSoon() {
  if (!soon) {
    soon = setTimeout(() => {
      soon = 0;
      load();
    }, SOON_MILLIS);
  }
}

async function loadKills() {
  try {
    store.kills = (await get("kills")).kills;
    changed();
  } catch (e) {
    unauthenticated(e);
  }
}

function unauthenticated(e) {
  if (e instanceof Refused && e.status === 401) {
    signOut(token() ? "This token is not known here." : "");
  }
}

function signOut(why) {
  turn++;
  feed?.close();
  feed = null;
  forgetToken();
  store.me = null;
  store.signIn = why;
  store.dialog = null;
  store.screen = null;
  store.state = null;
  store.caughtUp = false;
  store.heardAt = null;
  changed();
}

async function signIn() {
  try {
    store.me = await get("me");
    store.signIn = null;
    follow();
    loadKills();
    load();
  } catch (e) {
    if (e instanceof Refused && e.status === 401) {
      signOut(token() ? "This token is not known here." : "");
    } else {
      store.signIn = e.message;
    }
  }
  changed();
}

function follow() {
  feed?.close();
  feed = new Feed({
    opened: (afresh) => {
      store.connected = true;
      if (afresh) {
        loadKills();
      }
      load(); // figures are no entries: what they became meanwhile does not come after
      changed();
    },
    heard: () => {
      if (store.caughtUp) {
        heard();
      }
    },
    event: (type, data) => {
      takeEvent(type, data);
      changed();
    },
    lost: () => {
      store.connected = false;
      store.caughtUp = false;
      changed();
    },
    refused: () => signOut("This token is not known here any more."),
  });
}

function takeEvent(type, data) {
  if (type === "state") {
    take(data);
    store.caughtUp = true;
    heard();
  } else if (type === "reset") {
    loadKills();
    load();
  }
  if (type === "entry" && (data.type === "kill" || data.type === "revive")) {
    loadKills();
  }
  const screen = SCREENS[store.route.name];
  if (store.screen?.data && screen.event?.(type, data, store.screen.data, store.route)) {
    loadSoon();
  }
}

function tick() {
  if (!store.me) {
    return;
  }
  const poll = SCREENS[store.route.name].pollMillis;
  if (poll && performance.now() - polled >= poll) {
    load();
  }
  changed();
}

/* What is drawn */

function banner() {
  const found = doubts();
  if (found.length === 0) {
    return null;
  }
  return h("div", { class: "banner", id: "stale" },
      h("span", { class: "shape", "aria-hidden": "true" }),
      h("div", {},
          found.map((doubt) => h("p", { key: doubt.text },
              // The age is outside what is read aloud when it changes: it does so every second.
              doubt.before
                ? h("span", { class: "age" }, capital(doubt.before) + " " + duration(doubt.age) + " ago: ")
                : null,
              h("span", { role: "alert" }, doubt.before ? doubt.text : capital(doubt.text)), "."))));
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function bar() {
  const here = store.route.name;
  return h("header", { class: "bar" },
      h("a", { class: "brand", href: "#/gates" }, h("img", { src: "page/icon.svg", alt: "" }), "ModelGate"),
      h("nav", { "aria-label": "Screens" },
          h("ul", {}, NAVIGATION.map(([name, label]) =>
            h("li", { key: name },
                h("a", { href: "#/" + name, "aria-current": here === name || here + "s" === name ? "page" : undefined }, label))))),
      h("div", { class: "who" },
          h("span", { id: "connection" }, connection()),
          h("span", {}, h("strong", {}, store.me.actor), " ", store.me.role.toLowerCase()),
          token() ? h("button", { type: "button", class: "link", onClick: () => signOut("") }, "Sign out") : null));
}

function connection() {
  if (store.heardAt === null) {
    return "connecting…";
  }
  return fresh() && store.connected ? "up to date" : "last heard " + duration(since(store.heardAt)) + " ago";
}

function signInScreen() {
  return h("main", { class: "sign-in", id: "main" },
      h("h1", {}, "ModelGate"),
      h("form",
          {
            class: "panel",
            onSubmit: (event) => {
              event.preventDefault();
              signInWith(event.target.elements.token.value);
              signIn();
            },
          },
          h("div", { class: "problem", role: "alert" }, store.signIn),
          h("div", { class: "field" },
              h("label", { for: "token" }, "Token"),
              h("input", { id: "token", name: "token", type: "password", required: true, autocomplete: "off", spellcheck: false, "aria-describedby": "token-hint" }),
              h("p", { class: "hint", id: "token-hint" },
                  "As `modelgate token` printed it. It is kept until this tab is closed.")),
          h("button", { class: "button button-main", type: "submit" }, "Sign in")));
}

function screenBody() {
  const screen = SCREENS[store.route.name];
  const { data, problem } = store.screen ?? {};
  return [
    problem ? h("div", { key: "problem", class: "problem", role: "alert" }, problem) : null,
    data ? h("div", { key: store.screen.key }, screen.view(data, store.route))
      : problem ? null : h("p", { key: "wait", class: "quiet" }, "Loading…"),
  ];
}

function view() {
  if (store.signIn !== null) {
    return signInScreen();
  }
  if (store.me === null) {
    return h("main", { id: "main" }, h("p", {}, "Loading…"));
  }
  const why = mayNot("OPERATOR", "the switch");
  return h("div", {},
      h("a", { class: "skip", href: "#main", onClick: skip }, "Skip to the content"),
      bar(),
      h("div", { "aria-live": "polite" }, banner()),
      headline(),
      h("main", { id: "main", tabindex: -1 },
          h("p", { class: why ? "note" : "unseen", id: "may-not" }, why ?? "Not with your role, or not as things stand."),
          screenBody()),
      h("div", { class: "unseen", role: "status" }, store.said),
      dialog());
}

function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

function title() {
  if (!store.me || !store.state) {
    return "ModelGate";
  }
  const { killed, gates: all } = store.state;
  const what = killed === 0 ? (all === 0 ? "no gates" : "all live") : `${killed} of ${all} killed`;
  return fresh()
    ? what + " · ModelGate"
    : `? ${duration(since(store.heardAt))} old (${killed === 0 ? "nothing was killed" : "was: " + what}) · ModelGate`;
}

onChange(() => {
  render(view(), document.getElementById("app"));
  const text = title();
  if (document.title !== text) {
    document.title = text;
  }
});

addEventListener("hashchange", () => {
  if (tokenFromAddress()) {
    signIn();
  }
  store.route = readAddress();
  store.dialog = null;
  load();
  changed();
});
addEventListener("online", () => feed?.hurry());
document.addEventListener("visibilitychange", () => {
  if (store.me && !document.hidden) {
    feed?.hurry();
    load();
  }
  changed();
});
setInterval(tick, 1_000);

reloadsBy({ screen: load, kills: loadKills });
tokenFromAddress();
store.route = readAddress();
signIn();
changed();



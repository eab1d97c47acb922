/** The page: who is signed in, which screen is shown, what the server says. */

import { forgetToken, get, Refused, signInWith, token, tokenFromAddress } from "./api.js";
import { budgets } from "./budgets.js";
import { close, dialog } from "./dialogs.js";
import { h, render } from "./dom.js";
import { Feed } from "./events.js";
import { fleet } from "./fleet.js";
import { capital, duration } from "./format.js";
import { gate, gates, headline } from "./gates.js";
import { log } from "./log.js";
import { rollout, rollouts } from "./rollouts.js";
import { Loader, reloadsBy } from "./screens.js";
import { changed, doubts, forget, fresh, heard, mayNot, now, onChange, say, silent, since, store, take } from "./store.js";

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
let screenSoon = 0;
let killsSoon = 0;
let loadedAt = 0; // when the screen was, or could not be
let warned = ""; // what was doubted when it was read aloud last
let arriving = false; // at a screen that is not drawn yet

const screenLoader = new Loader(loadNow);
const killsLoader = new Loader(loadKillsNow);

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
  const name = arg === "" ? first : first === "gates" ? "gate" : first === "rollouts" ? "rollout" : first;
  return { name: Object.hasOwn(SCREENS, name) ? name : "gates", arg, query: new URLSearchParams(query ?? "") };
}

/** Loads what the screen shows. */
function load() {
  const screen = SCREENS[store.route.name];
  const key = store.route.name + "/" + store.route.arg;
  if (store.screen?.key !== key) {
    store.screen = { key, data: null, at: null, problem: null, pollMillis: screen.pollMillis ?? 0 };
  }
  return screenLoader.load(key + " " + (screen.question?.(store.route) ?? ""));
}

async function loadNow(question, overtaken) {
  const { route } = store;
  const shown = store.screen;
  try {
    const data = await SCREENS[route.name].load(route);
    if (!overtaken()) {
      store.screen = { ...shown, data, at: now(), problem: null };
    }
  } catch (e) {
    if (!overtaken()) {
      const gone = e instanceof Refused && e.status === 404;
      store.screen = { ...store.screen, problem: e.message, data: gone ? null : store.screen.data };
      unauthenticated(e);
    }
  }
  loadedAt = performance.now();
  changed();
}

/** Loads the screen anew in a moment, once for all that happens until then. */
function loadSoon() {
  screenSoon ||= setTimeout(() => {
    screenSoon = 0;
    load();
  }, SOON_MILLIS);
}

function loadKills() {
  return killsLoader.load();
}

function loadKillsSoon() {
  store.killsDueAt ??= now();
  killsSoon ||= setTimeout(() => {
    killsSoon = 0;
    loadKills();
  }, SOON_MILLIS);
}

async function loadKillsNow(question, overtaken) {
  store.killsDueAt ??= now();
  try {
    const { kills } = await get("kills");
    if (!overtaken()) {
      store.kills = kills;
      store.killsAt = now();
      store.killsDueAt = null;
      store.dialog?.kills?.(kills);
    }
  } catch (e) {
    if (!overtaken()) {
      unauthenticated(e);
    }
  }
  changed();
}

function unauthenticated(e) {
  if (e instanceof Refused && e.status === 401) {
    signOut(token() ? "This token is not known here." : "");
  }
}

/** Forgets who was signed in, and all that was shown to them. */
function signOut(why) {
  leave();
  forgetToken();
  store.signIn = why;
  changed();
}

function leave() {
  close();
  feed?.close();
  feed = null;
  clearTimeout(screenSoon);
  clearTimeout(killsSoon);
  screenSoon = 0;
  killsSoon = 0;
  screenLoader.forget();
  killsLoader.forget();
  forget();
  Object.values(SCREENS).forEach((screen) => screen.forget?.());
  warned = "";
}

/** Signs in with what the address brings; with a question first, where another token would be given up for it. */
function takeOffered(offered) {
  if (offered && token() && token() !== offered) {
    store.offered = offered;
    return false;
  }
  if (offered) {
    signInWith(offered);
  }
  return offered !== "";
}

function answerOffer(yes) {
  const { offered } = store;
  store.offered = "";
  if (yes) {
    leave();
    signInWith(offered);
    signIn();
  }
  changed();
}

async function signIn() {
  const asked = token();
  try {
    const me = await get("me");
    if (asked !== token()) {
      return; // it is about somebody else by now
    }
    store.me = me;
    store.signIn = null;
    follow();
    loadKills();
    load();
  } catch (e) {
    if (asked !== token()) {
      return;
    }
    const { offered } = store;
    if (!(e instanceof Refused && e.status === 401)) {
      store.signIn = e.message;
    } else {
      signOut(token() ? "This token is not known here." : "");
      if (offered) { // there is nothing to give up for it
        signInWith(offered);
        signIn();
      }
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
    if (data.kills !== store.kills.length) {
      loadKillsSoon(); // however that came about
    }
  } else if (type === "reset") {
    loadKills();
    load();
  }
  if (type === "entry" && (data.type === "kill" || data.type === "revive")) {
    loadKillsSoon();
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
  const poll = SCREENS[store.route.name].pollMillis; // for what no event carries
  if (poll && !document.hidden && !screenLoader.busy && performance.now() - loadedAt >= poll) {
    load();
  }
  if (store.killsDueAt !== null && !killsLoader.busy && !killsSoon) {
    loadKills(); // it failed
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
              doubt.before ? h("span", { class: "age" }, capital(doubt.before) + " " + duration(doubt.age) + " ago: ") : null,
              doubt.before ? doubt.text : capital(doubt.text), "."))));
}

/** Says what is newly doubted, or that nothing is any more; not the ages, which change every second. */
function warn() {
  if (!store.me) {
    return;
  }
  const text = doubts().map((doubt) => capital(doubt.text) + ".").join(" ");
  if (text !== warned) {
    warned = text;
    say(text || "What you see is up to date again.");
  }
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
          h("span", {}, h("strong", {}, store.me.actor), " ", store.me.role),
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

function offerScreen() {
  return h("main", { class: "sign-in", id: "main" },
      h("h1", { tabindex: -1 }, "Sign in anew?"),
      h("div", { class: "panel" },
          h("p", {}, "A link brings another token than the one that you are signed in with",
              store.me ? [", as ", h("strong", { key: "me" }, store.me.actor)] : null,
              ". If you did not follow such a link on purpose, stay as you are."),
          h("div", { class: "actions" },
              h("button", { type: "button", class: "button", id: "stay", onClick: () => answerOffer(false) }, "Stay as I am"),
              h("button", { type: "button", class: "button", id: "take-offered", onClick: () => answerOffer(true) }, "Use the link's token"))));
}

function view() {
  if (store.offered) {
    return offerScreen();
  }
  if (store.signIn !== null) {
    return signInScreen();
  }
  if (store.me === null) {
    return h("main", { id: "main" }, h("p", {}, "Loading…"));
  }
  const why = mayNot("kill");
  return h("div", {},
      h("a", { class: "skip", href: "#main", onClick: skip }, "Skip to the content"),
      bar(),
      banner(),
      headline(),
      h("main", { id: "main", tabindex: -1 },
          why ? h("p", { key: "may-not", class: "note", id: "may-not" }, why) : null,
          screenBody()),
      h("div", { class: "unseen", role: "status", key: "said" }, store.dialog ? "" : store.said),
      dialog());
}

function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

/** What the tab is called: how things are, and what is on the screen. */
function title() {
  if (!store.me || !store.state) {
    return "ModelGate";
  }
  const { killed, partlyKilled, gates: all, standalone, unstoredKills } = store.state;
  const parts = partlyKilled > 0 ? `${partlyKilled} part killed` : "";
  const off = standalone && unstoredKills > 0 ? "NOT KILLED yet"
    : killed > 0 ? [`${killed} of ${all} killed`, parts].filter(Boolean).join(", ") : parts;
  const what = off || (all === 0 ? "no gates" : "all live");
  const where = screenName() + " · ModelGate";
  return fresh() ? `${what} · ${where}`
    : silent() ? `? ${duration(since(store.heardAt))} old (${off ? "was: " + off : "nothing was killed"}) · ${where}`
      : `? ${off || "not known"} · ${where}`;
}

function screenName() {
  const { name, arg } = store.route;
  const [, label] = NAVIGATION.find(([screen]) => screen === name || screen === name + "s");
  return arg ? `${label}: ${arg}` : label;
}

/** Puts whoever came to a screen at its heading, so that it is read aloud and the next Tab goes on from there. */
function arrive() {
  const heading = arriving && store.screen?.data && !store.dialog ? document.querySelector("main h1") : null;
  if (heading) {
    heading.focus();
  }
  if (heading || store.screen?.problem) {
    arriving = false;
  }
}

onChange(() => {
  warn();
  render(view(), document.getElementById("app"));
  arrive();
  const text = title();
  if (document.title !== text) {
    document.title = text;
  }
});

addEventListener("hashchange", () => {
  const brought = tokenFromAddress();
  close();
  if (takeOffered(brought)) {
    leave();
    signIn();
  }
  store.route = readAddress();
  arriving = true;
  if (store.me) {
    load();
  }
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
takeOffered(tokenFromAddress());
store.route = readAddress();
signIn();
changed();

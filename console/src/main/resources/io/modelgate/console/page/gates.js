/** The first screen, and one gate. */

import { get } from "./api.js";
import { openRevive, openRollback } from "./dialogs.js";
import { h } from "./dom.js";
import { count, percent, plural, rate, stageWords } from "./format.js";
import { openKill } from "./kill.js";
import { ago, badge, button, facts, field, heading, stateBadge, table } from "./parts.js";
import { loadScreen } from "./screens.js";
import { fresh, mayNot, reviving, store } from "./store.js";

const PAGE = 50;
const HIGH_ERROR_RATE = 0.05;

/** How many are off, and how many in part; empty if none is. */
function off({ gates: all, killed, partlyKilled, kills }) {
  if (killed > 0 && killed === all) {
    return all === 1 ? "The gate is killed" : "Every gate is killed";
  }
  const parts = partlyKilled === 0 ? "" : killed > 0 ? count(partlyKilled) + " part killed" : `${count(partlyKilled)} of ${plural(all, "gate")} part killed`;
  const whole = killed === 0 ? "" : `${count(killed)} of ${plural(all, "gate")} killed`;
  return [whole, parts].filter(Boolean).join(", ") || (kills > 0 ? plural(kills, "kill") + " engaged" : "");
}

/** What is so, in large letters, on every screen; and the widest switch. */
export function headline() {
  const state = store.state;
  if (!state) {
    return null;
  }
  const isFresh = fresh();
  const untold = state.standalone && state.unstoredKills > 0;
  const wrong = untold || state.killed + state.partlyKilled + state.kills > 0;
  const what = off(state) || (state.gates === 0 ? "No gates" : state.gates === 1 ? "The gate is live" : `All ${count(state.gates)} gates are live`);
  const big = untold ? "NOT KILLED yet: no process that serves has heard of " + plural(state.unstoredKills, "kill")
    : isFresh ? what : "Was: " + what.charAt(0).toLowerCase() + what.slice(1);
  return h("section", { class: "headline " + (isFresh ? (wrong ? "is-wrong" : "is-well") : "is-stale"), "aria-label": "State" },
      h("div", { class: "big", id: "headline" },
          badge(untold ? "warn" : state.killed > 0 ? "killed" : wrong ? "part" : state.gates === 0 ? "off" : "live", big)),
      h("p", { class: "rest" },
          h("span", {}, state.kills === 0 ? "no kill is engaged" : plural(state.kills, "kill") + " engaged"),
          h("span", {}, state.rollouts === 0 ? "no rollout runs" : plural(state.rollouts, "rollout runs", "rollouts run")),
          h("span", {}, `log verified through ${count(state.log.verifiedSeq)} of ${count(state.log.seq)}`),
          h("span", {}, state.standalone ? "console on the log" : "process " + state.process)),
      button("Kill the fleet…", {
        kind: "button-off",
        id: "kill-fleet",
        why: mayNot("kill"),
        onClick: () => openKill({ gate: "*" }),
      }));
}

function killsOf(name) {
  return store.kills.filter((kill) => kill.scope.gate === name || kill.scope.gate === "*");
}

/** The kills, with what ends them. */
function killsPanel(kills, title) {
  if (kills.length === 0) {
    return null;
  }
  return h("section", { class: "panel is-wrong", "aria-labelledby": "kills-title", key: "kills" },
      h("h2", { id: "kills-title" }, title),
      table(title,
          [{ name: "Killed" }, { name: "Why" }, { name: "Who" }, { name: "When", kind: "tight" }, { name: "Revive", kind: "tight" }],
          kills.map((kill) => ({
            key: kill.id,
            name: kill.id,
            cells: [
              h("code", {}, kill.on),
              kill.reason,
              kill.actor,
              ago(kill.at),
              button("Revive…", {
                kind: "button-small",
                "aria-label": "Revive " + kill.on + "…",
                why: mayNot(reviving(kill)),
                onClick: () => openRevive(kill),
              }),
            ],
          })),
          { id: "kills", hideCaption: true }));
}

/** Whether a kill is for every caller of a version: one that is narrowed by what no caller can have is so too. */
function isWhole(kill, version, attributes) {
  const { version: only, attribute } = kill.scope;
  return (!only || only === version) && (!attribute || (attributes !== null && !attributes.includes(attribute)));
}

function serves(gate) {
  const { stable, candidate, serves: version } = gate;
  if (version === undefined) {
    return gate.state === "LIVE" ? "not known here" : stable ? `no version (stable is ${stable})` : "no version";
  }
  const served = version === stable || !stable ? version : `${version}, not ${stable}`;
  const shared = version === stable && candidate && gate.weight > 0 && !killsOf(gate.name).some((kill) => isWhole(kill, candidate, null));
  return shared ? `${served}, and ${candidate} for ${percent(gate.weight)}` : served;
}

function rolloutOf(gate) {
  const running = gate.rollout;
  if (!running) {
    return "";
  }
  return h("a", { href: "#/rollouts/" + encodeURIComponent(gate.name) }, `${running.candidate} at ${percent(running.weight)}, ${stageWords(running)}`);
}

function traffic(gate, figure) {
  return gate.traffic && gate.traffic.calls > 0 ? figure(gate.traffic) : "–";
}

function errorRate(figures) {
  return h("span", { class: figures.errorRate >= HIGH_ERROR_RATE ? "is-high" : "" }, percent(figures.errorRate));
}

function killButton(gate) {
  const kills = killsOf(gate.name);
  if (gate.state === "KILLED" && kills.length === 1) {
    return button("Revive…", {
      kind: "button-small",
      "aria-label": "Revive " + gate.name + "…",
      why: mayNot(reviving(kills[0])),
      onClick: () => openRevive(kills[0]),
    });
  }
  return button("Kill…", {
    kind: "button-off button-small",
    "aria-label": "Kill " + gate.name + "…",
    why: mayNot("kill"),
    onClick: () => openKill({ gate: gate.name }),
  });
}

/* The list */

const NOTHING_ASKED = { q: "", state: "", offset: 0 };

let asked = NOTHING_ASKED;
let typing = 0;

function ask(change) {
  asked = { ...asked, offset: 0, ...change };
  loadScreen();
}

/** Keeps the rows where they are while somebody points at one: a row must not slip away from under a finger. */
function settle(before, after) {
  const main = document.getElementById("gates");
  const pointed = main && (main.matches(":hover") || main.contains(document.activeElement));
  if (!pointed || !before || before.asked !== after.asked) {
    return after;
  }
  const byName = new Map(after.gates.map((gate) => [gate.name, gate]));
  const same = before.gates.length === after.gates.length && before.gates.every((gate) => byName.has(gate.name));
  return same ? { ...after, gates: before.gates.map((gate) => byName.get(gate.name)) } : after;
}

export const gates = {
  pollMillis: 20_000, // the order by error rate: what changes of a gate comes as it changes

  forget() {
    clearTimeout(typing);
    asked = NOTHING_ASKED;
  },

  question() {
    return JSON.stringify(asked);
  },

  async load() {
    const now = asked;
    const page = await get("gates", { ...now, offset: now.offset || undefined, limit: PAGE });
    return settle(store.screen?.data, { ...page, asked: now });
  },

  event(type, data, shown) {
    if (type === "gates") {
      const byName = new Map(data.gates.map((gate) => [gate.name, gate]));
      let moved = data.total !== undefined && shown.asked.q === "" && shown.asked.state === "" && data.total !== shown.total;
      shown.gates = shown.gates.map((gate) => {
        const news = byName.get(gate.name);
        byName.delete(gate.name);
        moved ||= news !== undefined && news.state !== gate.state;
        return news ?? gate;
      });
      return moved || [...byName.values()].some((gate) => gate.state !== "LIVE");
    }
    return type === "entry" && (data.type === "kill" || data.type === "revive");
  },

  view(page) {
    const first = page.asked.offset;
    const standalone = store.state?.standalone;
    return [
      h("div", { class: "title", key: "title" }, heading("Gates")),
      killsPanel(store.kills.slice(0, 20), store.kills.length > 20 ? `The latest 20 of ${store.kills.length} kills` : "Engaged kills"),
      h("form", { class: "filters", key: "filters", role: "search", onSubmit: (event) => event.preventDefault() },
          field("Find a gate", "find", h("input", {
            id: "find",
            type: "search",
            autocomplete: "off",
            value: asked.q,
            onInput: (event) => {
              const q = event.target.value;
              asked = { ...asked, q };
              clearTimeout(typing);
              typing = setTimeout(() => ask({ q }), 150);
            },
          })),
          field("State", "of-state", h("select", { id: "of-state", value: asked.state, onChange: (event) => ask({ state: event.target.value }) },
              h("option", { value: "" }, "any"),
              h("option", { value: "KILLED" }, "killed"),
              h("option", { value: "PARTLY_KILLED" }, "part killed"),
              h("option", { value: "LIVE" }, "live")))),
      standalone ? h("p", { key: "standalone", class: "quiet" }, "This console serves no model and so knows no traffic: see each process's own console.") : null,
      table("Gates, those that need attention first",
          [
            { name: "Gate" },
            { name: "State", kind: "tight" },
            { name: "Serves now" },
            ...(standalone ? [] : [
              { name: "Calls", kind: "number" },
              { name: "Errors", kind: "number" },
              { name: "By fallback", kind: "number" },
            ]),
            { name: "Rollout" },
            { name: "Switch", kind: "tight" },
          ],
          page.gates.map((gate) => ({
            key: gate.name,
            name: gate.name,
            kind: gate.state === "LIVE" ? "" : "is-wrong",
            cells: [
              h("a", { href: "#/gates/" + encodeURIComponent(gate.name) }, gate.name),
              stateBadge(gate.state),
              serves(gate),
              ...(standalone ? [] : [
                traffic(gate, (figures) => rate(figures.callsPerSecond)),
                traffic(gate, errorRate),
                traffic(gate, (figures) => percent(figures.fallbackRate)),
              ]),
              rolloutOf(gate),
              killButton(gate),
            ],
          })),
          { id: "gates", hideCaption: true, empty: page.total === 0 && asked.q === "" && asked.state === "" ? "There are no gates yet." : "No gate is like this." }),
      h("div", { class: "pages", key: "pages" },
          h("span", { class: "quiet", "aria-live": "polite" }, page.total === 0 ? "" : `${count(first + 1)} to ${count(first + page.gates.length)} of ${plural(page.total, "gate")}`),
          page.total > PAGE ? [
            button("Back", { key: "back", id: "gates-back", kind: "button-small", disabled: first === 0, onClick: () => ask({ offset: Math.max(0, first - PAGE) }) }),
            button("More", { key: "more", id: "gates-more", kind: "button-small", disabled: first + PAGE >= page.total, onClick: () => ask({ offset: first + PAGE }) }),
          ] : null),
    ];
  },
};

/* One of them */

function versions(data) {
  const { summary, shares = {} } = data;
  return table("Versions",
      [{ name: "Version" }, { name: "State", kind: "tight" }, { name: "Role" }, { name: "Answered", kind: "number" }, { name: "Running", kind: "number" }, { name: "Switch", kind: "tight" }],
      data.versions.map((version) => ({
        key: version.id,
        name: version.id,
        kind: version.live ? "" : "is-wrong",
        cells: [
          version.id,
          version.live ? stateBadge("LIVE") : stateBadge(data.kills.some((kill) => isWhole(kill, version.id, data.attributes)) ? "KILLED" : "PARTLY_KILLED"),
          [
            version.id === summary.stable ? "stable" : version.id === summary.candidate ? "candidate" : "",
            version.registered || !summary.here ? "" : " not in this process",
            version.breaker && version.breaker !== "CLOSED" ? h("span", { class: "is-high" }, " breaker " + version.breaker.toLowerCase()) : "",
          ].filter((part) => part !== "").map((part, i) => h("span", { key: i }, part)),
          shares[version.id] === undefined ? "–" : percent(shares[version.id]),
          summary.here ? count(version.inFlight) + (version.overdue > 0 ? ", overdue " + count(version.overdue) : "") : "–",
          button("Kill…", {
            kind: "button-off button-small",
            "aria-label": `Kill ${summary.name}/${version.id}…`,
            why: mayNot("kill"),
            onClick: () => openKill({ gate: summary.name, version: version.id }, data),
          }),
        ],
      })),
      { id: "versions", hideCaption: true });
}

function shareTable(title, id, shares) {
  const sorted = Object.entries(shares ?? {}).sort((a, b) => b[1] - a[1]);
  return table(title, [{ name: title }, { name: "Share of calls", kind: "number" }],
      sorted.map(([name, share]) => ({ key: name, cells: [name, percent(share)] })),
      { id, hideCaption: true, empty: "No calls in the last minute." });
}

export const gate = {
  pollMillis: 2_000, // who answered, and what runs

  load(route) {
    return get("gates/" + encodeURIComponent(route.arg));
  },

  event(type, data, shown, route) {
    const news = type === "gates" ? data.gates.find((each) => each.name === route.arg) : undefined;
    const moved = news !== undefined && news.state !== shown.summary.state;
    shown.summary = news ?? shown.summary;
    return moved || (type === "entry" && (data.gate === route.arg || data.gate === "*"));
  },

  view(data) {
    const { summary } = data;
    const figures = summary.traffic;
    return [
      h("div", { class: "title", key: "title" },
          heading(summary.name),
          stateBadge(summary.state),
          h("div", { class: "actions" },
              button("Roll back…", { why: mayNot("rollback"), id: "roll-back", onClick: () => openRollback(summary.name, summary) }),
              button(`Kill ${summary.name}…`, {
                kind: "button-off",
                id: "kill-gate",
                why: mayNot("kill"),
                onClick: () => openKill({ gate: summary.name }, data),
              }))),
      killsPanel(data.kills, "Kills that bear on it"),
      h("section", { class: "panel", key: "facts", "aria-label": "Now" },
          facts([
            ["Serves now", serves(summary)],
            summary.rollout && ["Rollout", rolloutOf(summary)],
            figures && ["Calls", traffic(summary, (f) => rate(f.callsPerSecond))],
            figures && ["Errors", traffic(summary, errorRate)],
            figures && ["By fallback", traffic(summary, (f) => percent(f.fallbackRate))],
            ["Switches may be narrowed by", data.attributes.length === 0 ? "nothing" : data.attributes.join(", ")],
          ]),
          summary.here ? null : h("p", { class: "hint" }, "This process does not serve it: its traffic is in the consoles of those that do.")),
      h("div", { class: "columns", key: "columns" },
          h("section", { class: "panel", "aria-labelledby": "versions-title" }, h("h2", { id: "versions-title" }, "Versions"), versions(data)),
          h("section", { class: "panel", "aria-labelledby": "ladder-title" },
              h("h2", { id: "ladder-title" }, "What answers when no version may"),
              data.rungs.length === 0
                ? h("p", { class: "empty" }, summary.here ? "Nothing: callers get an error." : "Not known here.")
                : h("ol", { class: "ladder" }, data.rungs.map((rung) => h("li", { key: rung }, rung)))),
          summary.here ? h("section", { class: "panel", "aria-labelledby": "shares-title" },
              h("h2", { id: "shares-title" }, "Who answered in the last minute"), shareTable("Version or rung", "shares", data.shares)) : null,
          summary.here ? h("section", { class: "panel", "aria-labelledby": "causes-title" },
              h("h2", { id: "causes-title" }, "Why the routed version did not"), shareTable("Cause", "causes", data.causes)) : null),
      h("p", { key: "log" }, h("a", { href: "#/log?gate=" + encodeURIComponent(summary.name) }, "Its entries in the control log")),
    ];
  },
};


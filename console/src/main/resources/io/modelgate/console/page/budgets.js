/** Budgets: what is spent, by whom most, and the sessions that a limit on runaways killed. */

import { get, post } from "./api.js";
import { NOT_KNOWN_YET, openReason } from "./dialogs.js";
import { h } from "./dom.js";
import { amount, count, percent, plural } from "./format.js";
import { button, facts, heading, table, time } from "./parts.js";
import { mayNot } from "./store.js";

const NEAR = 0.9;

function reviveSession(session) {
  openReason({
    title: "Let this session go on?",
    about: ["A limit on runaways killed the session ", h("code", { key: "s" }, session), "."],
    label: "Let it go on",
    action: "reviveSession",
    send: (reason) => post("budgets/sessions/revive", { session, reason }),
    done: (decided) => ({
      title: decided.stored ? "The session may go on" : "It is decided, and not stored yet",
      body: h("p", {}, (decided.stored ? "" : NOT_KNOWN_YET + " ") + "If it runs away again, it is killed again."),
    }),
  });
}

function account(each) {
  const used = each.ceiling > 0 ? (each.spent + each.reserved) / each.ceiling : 0;
  const near = used >= NEAR;
  return {
    key: each.key,
    name: each.key,
    kind: near ? "is-wrong" : "",
    cells: [
      each.key,
      h("span", {},
          h("span", { class: near ? "is-high" : "" }, percent(used)),
          h("progress", { class: "meter" + (near ? " is-wrong" : ""), max: 1, value: Math.min(1, used), "aria-label": "used of " + each.key })),
      amount(each.spent, each.unit),
      amount(each.reserved, each.unit),
      amount(each.remaining, each.unit),
      `${amount(each.ceiling, each.unit)} ${each.unit}`,
      each.end ? time(each.end) : "–",
    ],
  };
}

export const budgets = {
  pollMillis: 4_000,

  load() {
    return get("budgets");
  },

  view(data) {
    const why = mayNot("reviveSession");
    return [
      h("div", { class: "title", key: "title" }, heading("Budgets")),
      h("p", { class: "quiet", key: "about" }, `As this process counts them. ${plural(data.reservations, "reservation")} held for calls that run.`),
      data.killedSessions.length > 0 ? h("section", { class: "panel is-wrong", key: "sessions", "aria-labelledby": "sessions-title" },
          h("h2", { id: "sessions-title" }, plural(data.killedSessions.length, "killed session")),
          table("Killed sessions", [{ name: "Session" }, { name: "Revive", kind: "tight" }],
              data.killedSessions.slice(0, 100).map((session) => ({
                key: session,
                name: session,
                cells: [h("code", {}, session), button("Let it go on…", { kind: "button-small", "aria-label": `Let session ${session} go on…`, why, onClick: () => reviveSession(session) })],
              })),
              { id: "sessions", hideCaption: true })) : null,
      data.budgets.length === 0 ? h("p", { key: "none", class: "empty" }, "No budget is declared in this process.") : null,
      data.budgets.map((budget) => h("section", { class: "panel", key: budget.name, "aria-label": "Budget " + budget.name },
          h("h2", {}, budget.name),
          facts([
            ["Calls refused", count(budget.refused)],
            ["Overruns", count(budget.overruns)],
            ["Estimated", count(budget.estimated)],
            ["Reservations expired", count(budget.expired)],
            ["Accounts evicted", count(budget.evicted)],
          ]),
          h("h3", {}, "Accounts that are used most"),
          table("Accounts of " + budget.name,
              [{ name: "Account" }, { name: "Used" }, { name: "Spent", kind: "number" }, { name: "Reserved", kind: "number" }, { name: "Remaining", kind: "number" }, { name: "Ceiling", kind: "number" }, { name: "Until", kind: "tight" }],
              budget.top.map(account),
              { hideCaption: true, empty: "Nobody has spent anything." }))),
    ];
  },
};

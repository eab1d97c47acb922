/** What changes something: each in a dialog of its own, with a reason. */

import { get, post, Unreachable } from "./api.js";
import { h } from "./dom.js";
import { count, scopeInWords } from "./format.js";
import { facts, field, table, time } from "./parts.js";
import { loadKills, loadScreen } from "./screens.js";
import { changed, mayNot, reviving, say, store } from "./store.js";

const LONGEST_REASON = 2000;

/** Of a decision that was taken and is not stored. */
export const NOT_KNOWN_YET = "Whether it will be stored is not known yet: look again in the control log before you decide anew.";

let opener = null;

/** Shows a dialog by its `view(dialog)`, and remembers where to go back to. */
export function open(state) {
  store.dialog?.closed?.();
  opener = document.activeElement;
  store.said = "";
  store.dialog = { problem: "", sending: false, reason: "", ...state };
  changed();
  return store.dialog;
}

/** Closes the dialog that is open, if one is, and has it end what it does. */
export function close() {
  store.dialog?.closed?.();
  store.dialog = null;
  changed();
}

/** Changes what an open dialog says; nothing once it is closed or another one is open. */
export function update(dialog, change) {
  if (store.dialog === dialog) {
    Object.assign(dialog, change);
    changed();
  }
}

let shown = null;

function mount(element) {
  if (element && shown !== element) {
    shown = element;
    element.showModal();
  } else if (!element && shown) {
    shown.close(); // while it is open, nothing outside can be where one is
    shown = null;
    // The row may have gone meanwhile, or have become another: then the screen itself is where one is.
    const back = opener?.isConnected && !opener.disabled ? opener : document.getElementById("main");
    back?.focus();
  }
}

/** Puts the focus on an element when it comes to be. */
function focused(element) {
  element?.focus();
}

/** Sends something once, and says what came of it. */
export async function sending(dialog, what, then) {
  if (dialog.sending) {
    return;
  }
  update(dialog, { sending: true, problem: "" });
  try {
    const answer = await what();
    loadKills();
    loadScreen();
    update(dialog, { sending: false, ...then(answer) });
  } catch (e) {
    loadKills();
    loadScreen();
    update(dialog, {
      sending: false,
      problem: e instanceof Unreachable
        ? e.message + ". It may or may not have been done: look before you send it again."
        : e.message,
    });
  }
}

export function frame(dialog, { title, steps, wrong = false, body, foot, onSubmit }) {
  return h("dialog",
      {
        key: "dialog",
        ref: mount,
        id: "dialog",
        "aria-labelledby": "dialog-title",
        onCancel: (event) => {
          event.preventDefault();
          close();
        },
      },
      h("form", { method: "dialog", novalidate: true, onSubmit: (event) => {
        event.preventDefault();
        onSubmit?.();
      } },
          h("div", { class: "dialog-head" + (wrong ? " is-wrong" : "") },
              steps ? h("p", { class: "steps" }, steps) : null,
              h("h2", { id: "dialog-title", key: title, tabindex: -1, ref: focused }, title)),
          h("div", { class: "dialog-body" },
              body,
              h("div", { class: "problem", role: "alert", id: "dialog-problem" }, dialog.problem),
              // What is outside of an open dialog is not read aloud.
              h("div", { class: "unseen", role: "status" }, store.said)),
          h("div", { class: "dialog-foot" }, foot)));
}

export function reasonField(dialog, hint) {
  return field("Reason", "reason", h("textarea", {
    id: "reason",
    required: true,
    maxlength: LONGEST_REASON,
    value: dialog.reason,
    "aria-describedby": "reason-hint",
    onInput: (event) => update(dialog, { reason: event.target.value }),
  }), hint);
}

/** The reason as it is sent: on one line, as entries have no control characters. */
export function reasonOf(dialog) {
  return dialog.reason.replace(/\s+/g, " ").trim();
}

export function cancelButton(label = "Cancel") {
  return h("button", { type: "button", class: "button", id: "cancel", onClick: close }, label);
}

export function submitButton(label, { enabled, kind = "button-do" }) {
  return h("button", { type: "submit", class: "button " + kind, id: "submit", disabled: !enabled }, label);
}

/* Revive */

export async function openRevive(kill) {
  const dialog = open({ view: reviveDialog, kill, preview: null, typed: "", done: null });
  try {
    update(dialog, { preview: await get("kills/" + encodeURIComponent(kill.id)) });
  } catch (e) {
    update(dialog, { problem: e.message });
  }
}

function stillEngaged(kills) {
  return kills.length === 0
    ? h("p", {}, "Nothing else: its callers are served again.")
    : table("What stays killed", [{ name: "Killed" }, { name: "Why" }, { name: "Who" }],
        kills.map((each) => ({ key: each.id, cells: [h("code", {}, each.on), each.reason, each.actor] })),
        { id: "still-engaged", hideCaption: true });
}

function reviveDialog(dialog) {
  const { kill, preview, done } = dialog;
  if (done) {
    return frame(dialog, {
      title: done.stored ? `${kill.on} is revived` : `The revive of ${kill.on} is not stored yet`,
      body: [
        h("p", { key: "what" }, done.stored
          ? "The kill is released, in every process that follows the log."
          : "The kill stays in force until the revive is stored. " + NOT_KNOWN_YET),
        h("h3", { key: "still" }, "What stays killed"),
        h("div", { key: "list" }, stillEngaged(done.stillEngaged)),
      ],
      foot: cancelButton("Close"),
    });
  }
  const why = mayNot(reviving(kill));
  const typed = dialog.typed === kill.on;
  return frame(dialog, {
    title: `Revive ${kill.on}?`,
    body: [
      h("p", { key: "what" }, "This lets traffic return to ", h("strong", {}, scopeInWords(kill.scope)), "."),
      h("div", { key: "facts", class: "preview" }, facts([
        ["Killed by", `${kill.actor} (${kill.authentication})`],
        ["When", time(kill.at)],
        ["Why", kill.reason],
        ["Kill", h("code", {}, kill.id)],
      ])),
      h("h3", { key: "still" }, "What stays killed"),
      h("div", { key: "list" }, preview ? stillEngaged(preview.stillEngaged) : h("p", { class: "quiet" }, "Loading…")),
      why ? h("p", { key: "why", class: "warning" }, why) : null,
      h("div", { key: "confirm" }, field(`Type ${kill.on} to confirm`, "typed", h("input", {
        id: "typed",
        type: "text",
        autocomplete: "off",
        autocapitalize: "off",
        spellcheck: false,
        class: "mono",
        value: dialog.typed,
        disabled: why !== null,
        onInput: (event) => update(dialog, { typed: event.target.value }),
      }))),
      h("div", { key: "reason" }, reasonField(dialog, "Why it is safe again. It is kept in the control log.")),
    ],
    foot: [
      cancelButton(),
      submitButton(`Revive ${kill.on}`, { enabled: why === null && typed && reasonOf(dialog) !== "" && preview !== null && !dialog.sending }),
    ],
    onSubmit: () => {
      if (typed && reasonOf(dialog) !== "") {
        sending(dialog,
            () => post(`kills/${encodeURIComponent(kill.id)}/revive`, { confirm: dialog.typed, reason: reasonOf(dialog) }),
            (revived) => {
              say(revived.stored ? kill.on + " is revived" : "The revive is not stored yet");
              return { done: revived };
            });
      }
    },
  });
}

/* Everything else that takes a reason and nothing more */

/** @param ask `{title, about, label, action, wrong, body, send(reason), done(answer)}`; the action is one that takes a role */
export function openReason(ask) {
  open({ view: reasonDialog, ask, done: null });
}

function reasonDialog(dialog) {
  const { ask, done } = dialog;
  if (done) {
    return frame(dialog, { title: done.title, body: done.body, foot: cancelButton("Close") });
  }
  const why = mayNot(ask.action);
  return frame(dialog, {
    title: ask.title,
    wrong: ask.wrong,
    body: [
      h("p", { key: "about" }, ask.about),
      h("div", { key: "body" }, ask.body),
      why ? h("p", { key: "why", class: "warning" }, why) : null,
      h("div", { key: "reason" }, reasonField(dialog, "It is kept in the control log.")),
    ],
    foot: [
      cancelButton(),
      submitButton(ask.label, {
        kind: ask.wrong ? "button-do" : "button-main",
        enabled: why === null && reasonOf(dialog) !== "" && !dialog.sending,
      }),
    ],
    onSubmit: () => {
      if (reasonOf(dialog) !== "") {
        sending(dialog, () => ask.send(reasonOf(dialog)), (answer) => {
          const what = ask.done(answer);
          say(what.title);
          return { done: what };
        });
      }
    },
  });
}

export function openRollback(gate, summary) {
  openReason({
    title: `Roll back ${gate}?`,
    about: summary.rollout?.running
      ? `Its rollout is undone: ${summary.rollout.candidate} gets no more callers.`
      : "The latest change of what callers get is undone: the version before is stable again.",
    label: `Roll back ${gate} now`,
    action: "rollback",
    wrong: true,
    send: (reason) => post(`gates/${encodeURIComponent(gate)}/rollback`, { reason }),
    done: (back) => ({
      title: `${gate} is rolled back to ${back.restored}`,
      body: [
        facts([
          ["Taken back", back.bad],
          ["It had served since", time(back.since)],
          ["Callers it answered", back.reached === undefined ? "not known here" : count(back.reached)],
          ["Calls it answered", back.calls === undefined ? "not known here" : count(back.calls)],
        ]),
        back.remedies.length > 0 ? h("h3", {}, "What is left to do") : null,
        h("ul", {}, back.remedies.map((remedy) => h("li", { key: remedy }, remedy))),
      ],
    }),
  });
}

/** The dialog that is open. */
export function dialog() {
  return store.dialog?.view(store.dialog) ?? null;
}

/** The switch: choose what, seeing what comes of it; say why; see each instance confirm. */

import { get, post, Refused } from "./api.js";
import { cancelButton, frame, open, reasonField, reasonOf, sending, submitButton, update } from "./dialogs.js";
import { h } from "./dom.js";
import { count, duration, percent, plural, rate, scope, scopeInWords } from "./format.js";
import { badge, facts, field, table } from "./parts.js";
import { fresh, mayNot, say, store } from "./store.js";

const PAUSE_MILLIS = 250;
const WAIT_MILLIS = 1_000;

function pause(millis) {
  return new Promise((done) => setTimeout(done, millis));
}

/** Opens the switch on a scope; `detail` is the gate, if it is loaded already. */
export function openKill(of, detail = null) {
  const dialog = open({
    view: killDialog,
    step: "scope",
    what: of.version ? "version" : of.gate === "*" ? "fleet" : "gate",
    gate: of.gate === "*" ? "" : of.gate,
    version: of.version ?? "",
    narrow: false,
    attribute: "",
    value: "",
    detail,
    preview: null,
    previewProblem: null,
    turn: 0,
    timer: 0,
    killed: null,
    confirmation: null,
    inFlight: null,
    revived: "",
    asking: false,
    lost: "",
    closed: () => clearTimeout(dialog.timer),
    kills: (kills) => lookForRevive(dialog, kills),
  });
  if (dialog.gate && !detail) {
    get("gates/" + encodeURIComponent(dialog.gate)).then(
        (loaded) => {
          update(dialog, { detail: loaded });
        },
        (e) => update(dialog, { previewProblem: e }));
  }
  look(dialog);
}

/** The scope as chosen; null while something is missing. */
function chosen(dialog) {
  const of = { gate: dialog.what === "fleet" ? "*" : dialog.gate };
  if (dialog.what === "version") {
    if (!dialog.version) {
      return null;
    }
    of.version = dialog.version;
  }
  if (dialog.narrow) {
    if (!dialog.attribute || !dialog.value) {
      return null;
    }
    of.attribute = dialog.attribute;
    of.value = dialog.value;
  }
  return of;
}

async function look(dialog) {
  const of = chosen(dialog);
  const mine = ++dialog.turn;
  if (!of) {
    update(dialog, { preview: null, previewProblem: null });
    return;
  }
  try {
    const preview = await post("kills/preview", of);
    if (mine === dialog.turn) {
      update(dialog, { preview, previewProblem: null });
    }
  } catch (e) {
    if (mine === dialog.turn) {
      update(dialog, { preview: null, previewProblem: e });
    }
  }
}

function choose(dialog, change) {
  update(dialog, { ...change, preview: null, previewProblem: null });
  dialog.turn++;
  clearTimeout(dialog.timer);
  dialog.timer = setTimeout(() => look(dialog), PAUSE_MILLIS);
}

/* Step 1 */

function choice(dialog, value, label) {
  const id = "what-" + value;
  return h("div", { class: "choice", key: value },
      h("input", { type: "radio", name: "what", id, value, checked: dialog.what === value, onChange: () => choose(dialog, { what: value }) }),
      h("label", { for: id }, label));
}

function scopeFields(dialog) {
  const versions = dialog.detail?.versions.map((version) => version.id) ?? (dialog.version ? [dialog.version] : []);
  const attributes = dialog.what === "fleet" ? [] : dialog.detail?.attributes ?? [];
  const nothing = dialog.what !== "fleet" && dialog.detail !== null && attributes.length === 0;
  return [
    h("fieldset", { key: "what" },
        h("legend", {}, "What to kill"),
        dialog.gate ? [
          choice(dialog, "version", "one version of " + dialog.gate),
          choice(dialog, "gate", `all of ${dialog.gate}: no version answers`),
        ] : null,
        choice(dialog, "fleet", "the whole fleet: every gate, in every process")),
    dialog.what === "version" ? h("div", { key: "version" }, field("Version", "version",
        h("select", { id: "version", value: dialog.version, onChange: (event) => choose(dialog, { version: event.target.value }) },
            h("option", { value: "" }, "choose…"),
            versions.map((id) => h("option", { key: id, value: id }, id))))) : null,
    h("div", { key: "narrow", class: "choice" },
        h("input", { type: "checkbox", id: "narrow", checked: dialog.narrow, disabled: nothing, onChange: (event) => choose(dialog, { narrow: event.target.checked, attribute: event.target.checked && attributes.length === 1 ? attributes[0] : dialog.attribute }) }),
        h("label", { for: "narrow" }, nothing ? "only for some callers (this gate declares no attribute to tell them by)" : "only for some callers")),
    dialog.narrow ? h("div", { key: "pair", class: "pair" },
        field("Attribute", "attribute", attributes.length > 0
          ? h("select", { id: "attribute", value: dialog.attribute, onChange: (event) => choose(dialog, { attribute: event.target.value }) },
              h("option", { value: "" }, "choose…"), attributes.map((name) => h("option", { key: name, value: name }, name)))
          : h("input", { id: "attribute", autocomplete: "off", value: dialog.attribute, onInput: (event) => choose(dialog, { attribute: event.target.value }) })),
        field("Value", "value", h("input", { id: "value", autocomplete: "off", autocapitalize: "off", spellcheck: false, value: dialog.value, onInput: (event) => choose(dialog, { value: event.target.value }) }))) : null,
  ];
}

function answers(each) {
  if (!each.known) {
    return "not known here: other processes serve it";
  }
  if (each.answers.length === 0) {
    return h("strong", { class: "is-high" }, "nothing: callers get an error");
  }
  return each.answers.join(", else ") + (each.certain ? "" : " (the first may fail)");
}

/** How many a narrowed kill is for; one that is not is for every caller. */
function callers(dialog) {
  const recent = dialog.preview.recent;
  if (!dialog.narrow) {
    return "It is for every caller.";
  }
  if (recent === undefined) {
    return "How many callers it is for is not known here: this process samples none of them.";
  }
  if (recent.sampled === 0) {
    return "Nobody called lately, as far as this process knows.";
  }
  const lacking = recent.lacking > 0 ? ` ${count(recent.lacking)} of them lack the attribute, and count as killed too.` : "";
  return `${count(recent.matching)} of the ${count(recent.sampled)} recent callers match (${percent(recent.matching / recent.sampled)}).` + lacking;
}

/** Whether a sample was taken and nobody in it is meant: then a value may be misspelt. */
function none(recent) {
  return recent !== undefined && recent.sampled > 0 && recent.matching === 0;
}

function previewPart(dialog) {
  const { preview, previewProblem } = dialog;
  if (previewProblem) {
    return h("p", { class: "problem" }, previewProblem instanceof Refused ? previewProblem.message
      : previewProblem.message + ". You can go on without: the switch needs no preview.");
  }
  if (!chosen(dialog)) {
    return h("p", { class: "quiet" }, "Choose what to kill to see what answers instead.");
  }
  if (!preview) {
    return h("p", { class: "quiet" }, "Looking…");
  }
  return [
    h("h3", { key: "title" }, "What answers instead"),
    table("What answers instead", [{ name: "Gate" }, { name: "Answers instead" }, { name: "Calls", kind: "number" }],
        preview.gates.slice(0, 20).map((each) => ({
          key: each.gate,
          cells: [each.gate, answers(each), each.callsPerSecond === undefined ? "–" : rate(each.callsPerSecond)],
        })),
        { id: "answers", hideCaption: true, empty: "It concerns no gate." }),
    preview.totalGates > 20 ? h("p", { key: "more", class: "hint" }, `and ${plural(preview.totalGates - 20, "other gate")}`) : null,
    h("h3", { key: "who" }, "Whom it concerns"),
    h("p", { key: "callers", id: "callers" }, callers(dialog)),
    none(preview.recent) ? h("p", { key: "none", class: "warning" }, "None of the recent callers matches. Is the value spelt as callers send it?") : null,
    preview.already.length > 0 ? h("div", { key: "already", class: "note" },
        h("p", {}, "It is killed already, at least in part; each kill has to be revived by itself:"),
        h("ul", {}, preview.already.slice(0, 10).map((kill) => h("li", { key: kill.id }, h("code", {}, kill.on), ` by ${kill.actor}: ${kill.reason}`)))) : null,
  ];
}

function scopeStep(dialog) {
  const of = chosen(dialog);
  const why = mayNot("kill");
  const refused = dialog.previewProblem instanceof Refused && dialog.previewProblem.status < 500;
  const go = of !== null && !refused && why === null;
  return frame(dialog, {
    title: "What is to be killed?",
    steps: "Step 1 of 2",
    wrong: true,
    body: [
      h("div", { key: "fields" }, scopeFields(dialog)),
      h("div", { key: "preview", class: "preview", id: "preview", "aria-live": "polite" }, previewPart(dialog)),
    ],
    foot: [cancelButton(), submitButton("Next: say why", { enabled: go, kind: "button-off" })],
    onSubmit: () => {
      if (go) {
        update(dialog, { step: "reason" });
      }
    },
  });
}

/* Step 2 */

function reasonStep(dialog) {
  const of = chosen(dialog);
  const words = scope(of);
  const name = of.gate === "*" && !of.version && !of.attribute ? "the whole fleet" : words;
  const ready = reasonOf(dialog) !== "" && !dialog.sending;
  return frame(dialog, {
    title: `Kill ${name}?`,
    steps: "Step 2 of 2",
    wrong: true,
    body: [
      h("p", { key: "target" }, "No model is called any more for ", h("strong", {}, scopeInWords(of)), ", in every process, until somebody revives it."),
      dialog.preview ? h("p", { key: "instead" }, dialog.preview.gates.length === 1
        ? ["Instead answers ", h("strong", { key: "a" }, answers(dialog.preview.gates[0])), ". "]
        : `It concerns ${plural(dialog.preview.totalGates, "gate")}. `, callers(dialog)) : null,
      h("div", { key: "reason" }, reasonField(dialog, "What you see. It is kept in the control log, with your name.")),
    ],
    foot: [
      h("button", { type: "button", class: "button", id: "back", onClick: () => update(dialog, { step: "scope", problem: "" }) }, "Back"),
      cancelButton(),
      submitButton(dialog.sending ? "Killing…" : `Kill ${name} now`, { enabled: ready }),
    ],
    onSubmit: () => {
      if (ready) {
        sending(dialog, () => post("kills", { ...of, reason: reasonOf(dialog) }), (killed) => {
          say(killed.stored || killed.serving ? `${killed.kill.on} is killed in this process` : `${killed.kill.on} is NOT KILLED yet`);
          setTimeout(() => confirmations(dialog));
          return { killed, step: "done", inFlight: killed.inFlight };
        });
      }
    },
  });
}

/* What came of it */

/** Whether it takes effect somewhere: a console on the log alone has told nobody before the kill is stored. */
function told(dialog) {
  return dialog.killed.serving || stored(dialog);
}

function stored(dialog) {
  return dialog.killed.stored || (dialog.confirmation?.seq ?? 0) > 0;
}

/** Asks who has it in force until everybody has and nothing of it runs any more, it is revived, or the dialog is closed. */
async function confirmations(dialog) {
  const id = encodeURIComponent(dialog.killed.kill.id);
  const of = dialog.killed.kill.scope;
  dialog.asking = true;
  while (store.dialog === dialog && !dialog.revived) {
    try {
      const complete = dialog.confirmation?.complete;
      const confirmation = await get(`kills/${id}/confirmation`, { wait: complete ? 0 : WAIT_MILLIS });
      const before = dialog.confirmation && outcome(dialog);
      update(dialog, { confirmation, lost: "" });
      if (before !== outcome(dialog)) {
        say(outcome(dialog));
      }
      if (dialog.inFlight > 0 && of.gate !== "*" && !of.attribute) {
        const gate = await get("gates/" + encodeURIComponent(of.gate));
        const running = gate.versions.filter((version) => !of.version || version.id === of.version);
        update(dialog, { inFlight: running.reduce((sum, version) => sum + version.inFlight, 0) });
      }
      if (confirmation.complete && confirmation.seq > 0 && (dialog.inFlight === 0 || of.gate === "*" || of.attribute)) {
        break;
      }
    } catch (e) {
      if (e instanceof Refused && e.status === 404) {
        revived(dialog, e.message);
      } else {
        update(dialog, { lost: e.message });
      }
    }
    await pause(PAUSE_MILLIS);
  }
  dialog.asking = false;
}

function revived(dialog, why) {
  if (store.dialog === dialog) {
    update(dialog, { revived: why, lost: "" });
    say(outcome(dialog));
  }
}

/** Of the kills that were loaded: if this one is not among them, asks whether it was revived, as they may be from before it. */
async function lookForRevive(dialog, kills) {
  if (!dialog.killed || dialog.revived || dialog.asking || kills.some((kill) => kill.id === dialog.killed.kill.id)) {
    return;
  }
  try {
    await get("kills/" + encodeURIComponent(dialog.killed.kill.id));
  } catch (e) {
    if (e instanceof Refused && e.status === 404) {
      revived(dialog, e.message);
    }
  }
}

/** What came of it so far, in a sentence. */
function outcome(dialog) {
  const { confirmation } = dialog;
  if (dialog.revived) {
    return "REVIVED meanwhile: it is in force no more";
  }
  if (!told(dialog)) {
    return "NOT KILLED yet: no process that serves has heard of it";
  }
  if (!confirmation) {
    return dialog.killed.serving ? "In force in this process; asking the others…" : "Stored; asking the instances…";
  }
  const all = instances(confirmation);
  return confirmation.complete ? `In force in ${all === 1 ? "the only instance" : "all " + all + " instances"}`
    : `In force in ${confirmation.confirmed.length} of ${plural(all, "instance")}`;
}

function instances(confirmation) {
  return confirmation.confirmed.length + confirmation.pending.length + confirmation.silent.length;
}

function instanceRows(confirmation) {
  const rows = [
    ...confirmation.pending.map((each) => [each, badge("wait", "waiting")]),
    ...confirmation.silent.map((each) => [each, badge("warn", "silent: not known")]),
    ...confirmation.confirmed.map((each) => [each, badge("live", "confirmed")]),
  ];
  return rows.map(([each, state]) => ({
    key: each.name,
    name: each.name,
    cells: [each.name + (each.self ? " (this process)" : ""), state, count(each.applied), duration(each.silentForMillis) + " ago"],
  }));
}

function doneStep(dialog) {
  const { killed, confirmation } = dialog;
  const on = killed.kill.on;
  const gone = dialog.revived !== "";
  const good = !gone && told(dialog) && (confirmation?.complete ?? false) && fresh();
  return frame(dialog, {
    title: gone ? `${on} is revived` : told(dialog) ? `${on} is killed` : `${on} is NOT KILLED yet`,
    wrong: true,
    body: [
      h("p", { key: "outcome", class: "outcome", id: "outcome" }, badge(good ? "live" : gone || !told(dialog) ? "warn" : "wait", outcome(dialog))),
      gone ? h("p", { key: "gone", class: "warning" }, `Somebody revived it after you killed it: ${dialog.revived}. The control log says who, and why.`) : null,
      facts([
        ["Stored", stored(dialog) ? "yes: it survives a restart" : killed.problem ? "no, and it will not be: " + killed.problem : "not yet: it is tried on"],
        killed.serving && ["Still running here", dialog.inFlight === 0 ? "nothing" : plural(dialog.inFlight, "call")],
        killed.recent && ["Recent callers it is for", `${count(killed.recent.matching)} of ${count(killed.recent.sampled)}`],
        ["Kill", h("code", {}, killed.kill.id)],
      ]),
      none(killed.recent)
        ? h("p", { key: "none", class: "warning" }, "None of the recent callers matches: check that the value is spelt as callers send it.") : null,
      dialog.lost ? h("p", { key: "lost", class: "problem", role: "alert" }, dialog.lost) : null,
      gone || !told(dialog) ? null : h("div", { key: "instances" }, confirmation
        ? table("Instances", [{ name: "Instance" }, { name: "State" }, { name: "Last entry", kind: "number" }, { name: "Heard", kind: "tight" }], instanceRows(confirmation), { id: "confirmations" })
        : h("p", { class: "quiet" }, "Waiting for the instances…")),
    ],
    foot: cancelButton("Close"),
  });
}

function killDialog(dialog) {
  return dialog.step === "scope" ? scopeStep(dialog) : dialog.step === "reason" ? reasonStep(dialog) : doneStep(dialog);
}

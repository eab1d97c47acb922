/** Rollouts: how far each is, what the data says, and what a person may do about it. */

import { get, post } from "./api.js";
import { band, chart, steps } from "./chart.js";
import { NOT_KNOWN_YET, openReason, openRollback } from "./dialogs.js";
import { h } from "./dom.js";
import { capital, count, duration, percent, plural, stageWords, utc, writer } from "./format.js";
import { badge, button, facts, heading, table, time } from "./parts.js";
import { shadowPart } from "./shadow.js";
import { mayNot, serverNow, store } from "./store.js";

function howBadge(summary) {
  return badge(!summary.running ? "off" : summary.paused || summary.waiting ? "wait" : "live", stageWords(summary));
}

export const rollouts = {
  load() {
    return get("rollouts");
  },

  event(type) {
    return type === "rollouts";
  },

  view(data) {
    return [
      h("div", { class: "title", key: "title" }, heading("Rollouts")),
      table("Rollouts", [{ name: "Gate" }, { name: "Candidate" }, { name: "From" }, { name: "Weight", kind: "number" }, { name: "Stage" }],
          data.rollouts.map((each) => ({
            key: each.gate,
            name: each.gate,
            cells: [
              h("a", { href: "#/rollouts/" + encodeURIComponent(each.gate) }, each.gate),
              each.candidate,
              each.baseline,
              percent(each.weight),
              howBadge(each),
            ],
          })),
          { id: "rollouts", hideCaption: true, empty: "No gate has had a rollout under a policy." }),
    ];
  },
};

/* One of them */

const FINDINGS = {
  REGRESSED: ["killed", "regressed"],
  NOT_WORSE: ["live", "not worse"],
  INCONCLUSIVE: ["wait", "inconclusive"],
};

function finding(evidence) {
  const [shape, word] = FINDINGS[evidence.finding];
  return badge(shape, word);
}

function bandSentence(evidence) {
  const { band: now } = evidence;
  if (!now) {
    return "There is no band yet.";
  }
  const write = writer(now.unit);
  const worse = now.worse === "LOWER" ? "lower" : "higher";
  const place = (now.worse === "LOWER" ? now.high < now.limit : now.low > now.limit) ? "all of it is beyond the limit"
    : (now.worse === "LOWER" ? now.low >= now.limit : now.high <= now.limit) ? "all of it is within the limit"
      : "the limit lies inside it";
  return `${capital(now.quantity)}: between ${write(now.low)} and ${write(now.high)}; the limit is ${write(now.limit)}, and ${worse} is worse: ${place}.`;
}

function evidencePart(evidence) {
  const write = writer(evidence.band?.unit);
  const samples = evidence.samples.length > 0 ? evidence.samples
    : evidence.band ? [{ at: new Date(serverNow()).toISOString(), ...evidence.band }] : [];
  const id = "band-" + evidence.guardrail.replace(/[^A-Za-z0-9]+/g, "-");
  const sentence = bandSentence(evidence);
  return h("section", { class: "evidence", key: evidence.guardrail, "data-guardrail": evidence.guardrail, "aria-label": "Guardrail " + evidence.guardrail },
      h("header", {},
          h("h3", {}, evidence.guardrail),
          finding(evidence),
          evidence.required ? h("span", { class: "quiet" }, "needed for promotion") : null),
      h("p", {}, evidence.text),
      samples.length === 0 ? null : [
        h("p", { key: "sentence", class: "quiet" }, sentence),
        samples.length < 2 ? null : chart(id, sentence,
            [
              samples.map((each) => Date.parse(each.at) / 1e3),
              samples.map((each) => each.low),
              samples.map((each) => each.high),
              samples.map((each) => each.limit),
            ],
            band(write)),
        h("details", { key: "table" },
            h("summary", {}, `The band as figures (${evidence.guardrail})`),
            table("The band of " + evidence.guardrail, [{ name: "At" }, { name: "Low", kind: "number" }, { name: "High", kind: "number" }, { name: "Limit", kind: "number" }],
                samples.slice(-100).map((each) => ({ key: each.at, cells: [utc(each.at), write(each.low), write(each.high), write(each.limit)] })),
                { id: id + "-figures", hideCaption: true })),
      ]);
}

function weightPart(data) {
  const points = data.history.map((each) => [Date.parse(each.at) / 1e3, each.weight]);
  const end = data.summary.running ? serverNow() / 1e3 : (points.at(-1)?.[0] ?? 0);
  const line = points.length === 0 ? [] : [...points, [Math.max(end, points.at(-1)[0] + 1), points.at(-1)[1]]];
  const sentence = data.history.length === 0 ? "It has no entries yet."
    : `From ${percent(data.history[0].weight)} to ${percent(data.summary.weight)} in ${plural(data.history.length, "entry", "entries")}.`;
  return h("section", { class: "panel", "aria-labelledby": "weight-title", key: "weight" },
      h("h2", { id: "weight-title" }, "Weight over time"),
      h("p", { class: "quiet" }, sentence),
      line.length < 2 ? null : chart("weight", "The candidate's weight over time. " + sentence,
          [line.map(([at]) => at), line.map(([, weight]) => weight)], steps(percent)),
      table("History", [{ name: "When" }, { name: "What" }, { name: "Weight", kind: "number" }, { name: "Who" }, { name: "Why" }],
          data.history.map((each) => ({ key: each.seq, name: each.type, cells: [time(each.at), each.type, percent(each.weight), each.actor, each.reason] })),
          { id: "history", hideCaption: true }));
}

function stepsTable(data) {
  return table("Steps", [{ name: "Step" }, { name: "Weight", kind: "number" }, { name: "At least" }, { name: "Begins" }],
      data.steps.map((each, i) => ({
        key: i,
        cells: [
          h("span", {}, String(i + 1), i === data.step && data.summary.running ? h("strong", {}, " now") : null),
          percent(each.weight),
          [each.leastSeconds > 0 ? duration(each.leastSeconds * 1000) : null, each.leastCallers > 0 ? plural(each.leastCallers, "caller") : null].filter(Boolean).join(", ") || "nothing",
          each.manual ? "when a person approves it" : "by itself",
        ],
      })),
      { id: "steps", hideCaption: true });
}

/* What a person may do */

function steer(action, name, { title, about, label, wrong = false, body = null }) {
  openReason({
    title,
    about,
    label,
    action,
    wrong,
    body,
    send: (reason) => post(`gates/${encodeURIComponent(name)}/rollout/${action}`, { reason }),
    done: (decided) => ({
      title: decided.stored ? `Done: ${title.replace(/\?$/, "")}` : "It is decided, and not stored yet",
      body: h("p", {}, decided.stored ? "It is in force." : "It takes effect once it is stored. " + NOT_KNOWN_YET),
    }),
  });
}

/** Why nobody can promote by what is known here, or null. */
function unknown(data) {
  return data.evidenceKnown ? null
    : store.state?.standalone
      ? "The evidence is not known here: this console stands on the log alone. Promote on the console of a process that serves."
      : "The evidence is not known here yet: this process has not looked at it.";
}

/** What somebody who promotes answers for: of the evidence that is known here. */
function missing(data) {
  const lacking = data.evidence.filter((each) => each.required && each.finding !== "NOT_WORSE");
  const regressed = data.evidence.filter((each) => each.finding === "REGRESSED");
  if (lacking.length === 0 && regressed.length === 0 && data.risks.length === 0) {
    return h("p", { id: "missing" }, data.evidence.some((each) => each.required)
      ? "All evidence that its policy asks for is there."
      : "Its policy asks for no evidence: nothing shows that the candidate is not worse. You answer for that.");
  }
  return h("div", { class: "warning", id: "missing" },
      h("p", {}, regressed.length > 0 ? "A guardrail has regressed: promotion will be refused." : "You answer for what is not there yet:"),
      h("ul", {},
          [...new Set([...regressed, ...lacking])].map((each) => h("li", { key: each.guardrail }, `${each.guardrail}: ${FINDINGS[each.finding][1]}. ${each.text}`)),
          data.risks.map((risk) => h("li", { key: risk }, risk))));
}

function actions(data) {
  const { summary } = data;
  const { gate: name, candidate, baseline } = summary;
  const off = summary.running ? null : "This rollout has ended.";
  return h("div", { class: "actions", role: "group", "aria-label": "Steer the rollout" },
      summary.paused
        ? button("Resume…", {
          id: "resume",
          why: off ?? mayNot("resume"),
          onClick: () => steer("resume", name, {
            title: `Resume the rollout of ${candidate}?`,
            about: "It steps up again when its policy says so.",
            label: "Resume it",
          }),
        })
        : button("Pause…", {
          id: "pause",
          why: off ?? mayNot("pause"),
          onClick: () => steer("pause", name, {
            title: `Pause the rollout of ${candidate}?`,
            about: `It stays at ${percent(summary.weight)} and is still aborted if a guardrail says so.`,
            label: "Pause it",
          }),
        }),
      button("Approve…", {
        id: "approve",
        why: off ?? (summary.waiting ? mayNot("approve") : "It waits for nobody's approval."),
        onClick: () => steer("approve", name, {
          title: `Approve the next step of ${candidate}?`,
          about: nextStep(data),
          label: "Approve it",
        }),
      }),
      button("Promote…", {
        id: "promote",
        why: off ?? mayNot("promote") ?? unknown(data),
        onClick: () => steer("promote", name, {
          title: `Promote ${candidate}?`,
          about: `Callers of ${name} get ${candidate} instead of ${baseline}, but for those that its policy holds back.`,
          label: `Promote ${candidate}`,
          body: missing(data),
        }),
      }),
      button("Abort…", {
        id: "abort",
        kind: "button-off",
        why: off ?? mayNot("abort"),
        onClick: () => steer("abort", name, {
          title: `Abort the rollout of ${candidate}?`,
          about: `All callers of ${name} get ${baseline} again.`,
          label: `Abort it now`,
          wrong: true,
        }),
      }),
      button("Roll back…", {
        id: "roll-back",
        kind: "button-off",
        why: mayNot("rollback"),
        onClick: () => openRollback(name, { rollout: summary }),
      }));
}

function nextStep(data) {
  const next = data.steps[data.step + 1];
  return next ? `The next step is ${percent(next.weight)}. It begins once its other conditions are met too.` : "It goes on to promotion.";
}

export const rollout = {
  pollMillis: 4_000, // the evidence

  load(route) {
    return get(`gates/${encodeURIComponent(route.arg)}/rollout`);
  },

  event(type, data, shown, route) {
    return (type === "rollouts" && data.rollouts.some((each) => each.gate === route.arg)) || (type === "entry" && data.gate === route.arg);
  },

  view(data) {
    const { summary } = data;
    return [
      h("div", { class: "title", key: "title" },
          heading(`${summary.gate}: ${summary.candidate} instead of ${summary.baseline}`),
          howBadge(summary),
          actions(data)),
      data.risks.length > 0 ? h("div", { class: "warning", key: "risks" },
          h("p", {}, "What would keep a rollback from working:"), h("ul", {}, data.risks.map((risk) => h("li", { key: risk }, risk)))) : null,
      h("section", { class: "panel", key: "facts", "aria-label": "Who is exposed" },
          facts([
            ["Weight", percent(summary.weight)],
            ["Callers that the candidate answered", count(data.reached)],
            ["Step", data.step < 0 ? "not begun" : `${Math.min(data.step + 1, data.steps.length)} of ${data.steps.length}`],
            ["In it for", duration(data.inStepSeconds * 1000)],
            ["Since", time(data.since)],
            ["Policy", data.policy],
            ["Where it stands", data.reason],
            ["Gate", h("a", { href: "#/gates/" + encodeURIComponent(summary.gate) }, summary.gate)],
          ])),
      h("div", { class: "columns", key: "columns" },
          h("section", { class: "panel", "aria-labelledby": "evidence-title", key: "evidence" },
              h("h2", { id: "evidence-title" }, "What the data says"),
              !data.evidenceKnown ? h("p", { class: "warning", id: "evidence-unknown" }, unknown(data)) : null,
              data.evidence.length > 0 ? data.evidence.map(evidencePart)
                : data.evidenceKnown ? h("p", { class: "empty" }, "Its policy has no guardrail.") : null),
          weightPart(data),
          h("section", { class: "panel", "aria-labelledby": "steps-title", key: "steps" },
              h("h2", { id: "steps-title" }, "Steps"), stepsTable(data))),
      data.shadow ? shadowPart(data.shadow) : null,
    ];
  },
};

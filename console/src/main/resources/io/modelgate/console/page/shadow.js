/** A rollout's shadow: how often its answers agreed, how far they were off, and the worst of them, for a person to look at. */

import { h } from "./dom.js";
import { count, percent, plural, writer } from "./format.js";
import { facts, table, time } from "./parts.js";

function causes(counts) {
  return counts.length === 0 ? "none" : counts.map((each) => `${count(each.calls)} ${each.cause}`).join(", ");
}

function sentence(shadow) {
  return shadow.compared === 0 ? "Nothing was compared yet."
    : `${count(shadow.agreed)} of ${plural(shadow.compared, "answer")} agreed, and the first to ${count(shadow.callersAgreed)} of ${plural(shadow.callers, "caller")}. Shown of callers: at least ${percent(shadow.atLeast)}; the policy asks for ${percent(shadow.needed)}.`;
}

function differences(shadow) {
  const write = writer();
  const figure = (number) => number == null ? "no number" : write(number);
  return table("Differences", [{ name: "Of" }, { name: "Calls", kind: "number" }, { name: "Mean", kind: "number" }, { name: "Half at most", kind: "number" },
    { name: "90 % at most", kind: "number" }, { name: "99 % at most", kind: "number" }, { name: "Largest", kind: "number" }],
      shadow.differences.map((each) => ({
        key: each.of,
        name: each.of,
        cells: [each.of, count(each.count), figure(each.mean), figure(each.p50), figure(each.p90), figure(each.p99), figure(each.most)],
      })),
      { id: "differences", empty: "Its answers have no numbers." });
}

/** Enough to tell it from others, without the name of its function; the whole of it is in the title. */
function digest(text) {
  const at = text == null ? 0 : text.indexOf(":") + 1;
  return text == null ? "none" : h("code", { title: text }, text.slice(at, at + 12));
}

function worst(shadow) {
  const write = writer();
  return table("The worst disagreements", [{ name: "When" }, { name: "Difference", kind: "number" }, { name: "Asked" }, { name: "Stable answered" }, { name: "Candidate answered" }],
      shadow.worst.map((each, i) => ({
        key: i,
        cells: [time(each.at), each.difference == null ? "no number" : write(each.difference), digest(each.input), digest(each.stable), each.failed ?? digest(each.shadow)],
      })),
      { id: "worst", empty: "No disagreement is kept." });
}

export function shadowPart(shadow) {
  return h("section", { class: "panel", id: "shadow", "aria-labelledby": "shadow-title", key: "shadow" },
      h("h2", { id: "shadow-title" }, "Shadow"),
      h("p", {}, sentence(shadow)),
      facts([
        ["Calls", shadow.running ? "are mirrored" : "are mirrored no more"],
        ["Callers, by their first call", `${count(shadow.callersAgreed)} of ${count(shadow.callers)} agreed`],
        ["Sampled", count(shadow.sampled)],
        ["Dropped", count(shadow.dropped)],
        ["Not asked", causes(shadow.refused)],
        ["Without a usable answer", causes(shadow.failed)],
        shadow.uncompared > 0 ? ["Not compared, by an error of a function", count(shadow.uncompared)] : null,
      ]),
      differences(shadow),
      worst(shadow),
      shadow.worst.length > 0
        ? h("p", { class: "quiet" }, "What was asked and answered is shown as digests, by which decision records are found.") : null);
}

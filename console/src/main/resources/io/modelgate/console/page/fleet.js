/** The processes that serve from the control log, and how far each has come. */

import { get } from "./api.js";
import { h } from "./dom.js";
import { count, duration } from "./format.js";
import { badge, heading, table } from "./parts.js";
import { store } from "./store.js";

export const fleet = {
  pollMillis: 2_000,

  load() {
    return get("instances");
  },

  view(data) {
    const head = store.state?.log.seq ?? 0;
    const state = (each) => !each.live ? badge("warn", "silent") : each.applied >= head ? badge("live", "up to date") : badge("wait", `${count(head - each.applied)} behind`);
    return [
      h("div", { class: "title", key: "title" }, heading("Fleet")),
      h("p", { key: "about", class: "quiet" }, `The processes that follow this control log, whose last entry is ${count(head)}.`),
      table("Instances", [{ name: "Instance" }, { name: "State", kind: "tight" }, { name: "Last entry in force", kind: "number" }, { name: "Heard", kind: "number" }],
          data.instances.map((each) => ({
            key: each.name,
            name: each.name,
            kind: each.live ? "" : "is-wrong",
            cells: [each.name + (each.self ? " (this process)" : ""), state(each), count(each.applied), duration(each.silentForMillis) + " ago"],
          })),
          { id: "instances", hideCaption: true, empty: "No process has said how far it is." }),
    ];
  },
};

/** Pieces that several screens share. */

import { h } from "./dom.js";
import { duration, utc } from "./format.js";
import { fresh, serverNow } from "./store.js";

const STATES = {
  LIVE: { name: "live", stale: "was live", shape: "live" },
  PARTLY_KILLED: { name: "part killed", stale: "was part killed", shape: "part" },
  KILLED: { name: "KILLED", stale: "was KILLED", shape: "killed" },
};

/** The state of a gate: words and a shape, and a colour only while that is known to be so. */
export function stateBadge(state) {
  const known = STATES[state] ?? { name: state, stale: state, shape: "unknown" };
  const isFresh = fresh();
  return badge(known.shape, isFresh ? known.name : known.stale);
}

/** A word with a shape: live, part, killed, warn, wait, off. Without colour while what is shown may be old. */
export function badge(shape, word) {
  return h("span", { class: `badge badge-${shape}` + (fresh() ? "" : " badge-stale") },
      h("span", { class: "shape", "aria-hidden": "true" }), word);
}

export function time(iso) {
  return h("time", { datetime: iso, title: utc(iso) }, utc(iso));
}

export function ago(iso) {
  return h("time", { datetime: iso, title: utc(iso) }, duration(Math.max(0, serverNow() - Date.parse(iso))) + " ago");
}

/** A button that says why it is off. */
export function button(label, { why = null, kind = "", onClick, ...more }) {
  return h("button",
      {
        type: "button",
        class: "button " + kind,
        disabled: why !== null,
        title: why ?? undefined,
        "aria-describedby": why !== null ? "may-not" : undefined,
        onClick,
        ...more,
      },
      label);
}

/** A table that a phone shows as cards; its rows are arrays of cells, each as its column, and may have a key. */
export function table(caption, columns, rows, { id, empty = "None.", hideCaption = false } = {}) {
  if (rows.length === 0) {
    return h("p", { class: "empty", id }, empty);
  }
  return h("table", { class: "table", role: "table", id },
      h("caption", { class: hideCaption ? "quiet-label" : "" }, caption),
      h("thead", { role: "rowgroup" },
          h("tr", { role: "row" }, columns.map((column) =>
            h("th", { key: column.name, scope: "col", role: "columnheader", class: column.kind ?? "" }, column.name)))),
      h("tbody", { role: "rowgroup" }, rows.map((row) =>
        h("tr", { key: row.key, role: "row", class: row.kind ?? "", "data-name": row.name },
            row.cells.map((cell, i) => i === 0
              ? h("th", { key: i, scope: "row", role: "rowheader", class: columns[i].kind ?? "" }, cell)
              : h("td", { key: i, role: "cell", class: columns[i].kind ?? "", "data-column": columns[i].name }, cell))))));
}

/** Names and values. */
export function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.filter(Boolean).map(([name, value]) =>
    h("div", { key: name }, h("dt", {}, name), h("dd", {}, value))));
}

export function field(label, id, control, hint) {
  return h("div", { class: "field" },
      h("label", { for: id }, label),
      control,
      hint ? h("p", { class: "hint", id: id + "-hint" }, hint) : null);
}

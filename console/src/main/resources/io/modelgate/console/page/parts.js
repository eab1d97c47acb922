/** Pieces that several screens share. */

import { Component, h } from "./dom.js";
import { duration, utc } from "./format.js";
import { fresh, serverNow } from "./store.js";

const STATES = {
  LIVE: { name: "live", stale: "was live", shape: "live" },
  PARTLY_KILLED: { name: "part killed", stale: "was part killed", shape: "part" },
  KILLED: { name: "KILLED", stale: "was KILLED", shape: "killed" },
};

/** The state of a gate: words and a shape, and a colour only while that is known to be so. */
export function stateBadge(state) {
  const { shape, name, stale } = STATES[state];
  return badge(shape, fresh() ? name : stale);
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

/** What a screen is called: where one is, once one has come to it. */
export function heading(text) {
  return h("h1", { tabindex: -1 }, text);
}

let buttons = 0;

class Button extends Component {
  constructor(props) {
    super(props);
    this.id = "why-" + ++buttons;
  }

  render({ label, why, kind, onClick, more }) {
    return [
      h("button",
          {
            type: "button",
            class: "button " + kind,
            // Not disabled: then nobody could come to it by keyboard and hear why.
            "aria-disabled": why === null ? undefined : "true",
            "aria-describedby": why === null ? undefined : this.id,
            onClick: why === null ? onClick : undefined,
            ...more,
          },
          label),
      why === null ? null : h("span", { id: this.id, class: "unseen why" }, why),
    ];
  }
}

/** A button that says why it is off, to whoever comes to it or points at it. */
export function button(label, { why = null, kind = "", key, onClick, ...more }) {
  return h(Button, { key, label, why, kind, onClick, more });
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

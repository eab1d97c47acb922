/** The control log: what was decided, by whom and why; and how far its chain is verified. */

import { file, get } from "./api.js";
import { h } from "./dom.js";
import { count } from "./format.js";
import { badge, button, facts, field, heading, table, time } from "./parts.js";
import { loadScreen } from "./screens.js";
import { changed, say, store } from "./store.js";

const PAGE = 50;
const MOST_ROWS = 1_000;
const LONGEST_LINE = 2 << 20;
const NO_FILTER = { gate: "", type: "", actor: "", text: "" };

let filter = NO_FILTER;
let fromAddress = null;
let typing = 0;
let exporting = "";

const FETCHING = "Fetching…";

function search(change) {
  filter = { ...filter, ...change };
  changed();
  clearTimeout(typing);
  typing = setTimeout(loadScreen, 200);
}

function plain() {
  return Object.values(filter).every((value) => value === "");
}

/** Takes the filter of a link to this screen, once. */
function adopt(route) {
  const given = route.query.toString();
  if (given !== fromAddress) {
    fromAddress = given;
    filter = { ...NO_FILTER, ...Object.fromEntries([...route.query].filter(([name]) => Object.hasOwn(NO_FILTER, name))) };
  }
}

async function older(data) {
  const page = await get("log", { ...data.asked, before: data.next, limit: PAGE });
  const shown = store.screen?.data;
  if (shown?.asked === data.asked && shown.next === data.next) { // else it came twice, or for what is shown no more
    shown.entries = [...shown.entries, ...page.entries].slice(0, MOST_ROWS);
    shown.next = page.next;
    changed();
  }
}

/** Says why a file that was fetched is not the whole log, or null: its last line has to be the one that was announced. */
async function cutShort({ blob, headers }) {
  const through = headers.get("X-ModelGate-Through");
  if (through === null) {
    return "the server did not say where it ends";
  }
  if (through === "0" && blob.size === 0) {
    return null;
  }
  const lines = (await blob.slice(-LONGEST_LINE).text()).split("\n");
  const rest = lines.pop();
  let last = {};
  try {
    last = JSON.parse(lines.at(-1));
  } catch {
    // Not even that.
  }
  return rest === "" && String(last.seq) === through && last.hash === headers.get("X-ModelGate-Hash") ? null
    : `it was cut short: it ends at entry ${last.seq ?? "none"}, not ${through}`;
}

function nameOf(headers) {
  return /filename="([^"/\\]+)"/.exec(headers.get("Content-Disposition") ?? "")?.[1] ?? "modelgate-log.ndjson";
}

/** Saves the log as it is stored. A link would not send the token, so it is fetched, checked, and then saved. */
async function save() {
  if (exporting === FETCHING) {
    return;
  }
  exporting = FETCHING;
  changed();
  try {
    const fetched = await file("log/export");
    const wrong = await cutShort(fetched);
    if (wrong !== null) {
      throw new Error(wrong);
    }
    const address = URL.createObjectURL(fetched.blob);
    const link = document.createElement("a");
    link.href = address;
    link.download = nameOf(fetched.headers);
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    exporting = `Saved as ${link.download}.`;
  } catch (e) {
    exporting = "Not saved: " + e.message;
  }
  say(exporting);
}

/** What is shown goes on being shown, and what came meanwhile stands above it, without a gap. */
async function join(page, before) {
  if (before?.asked !== page.asked || before.entries.length === 0) {
    return page;
  }
  const top = before.entries[0].seq;
  while (page.next !== undefined && page.entries.at(-1)?.seq > top + 1 && page.entries.length < MOST_ROWS) {
    const more = await get("log", { ...page.asked, before: page.next, limit: 500 });
    page = { ...more, asked: page.asked, entries: [...page.entries, ...more.entries] };
  }
  const last = page.entries.at(-1)?.seq ?? 0;
  const same = before.entries.find((entry) => entry.seq === last);
  if (same?.hash !== page.entries.at(-1)?.hash) {
    return page; // another log, or so much of it that it begins anew here
  }
  return { ...before, entries: [...page.entries, ...before.entries.filter((entry) => entry.seq < last)].slice(0, MOST_ROWS) };
}

function verified() {
  const head = store.state?.log;
  if (!head) {
    return null;
  }
  const all = head.verifiedSeq >= head.seq;
  return h("section", { class: "panel" + (head.problem ? " is-wrong" : ""), key: "head", "aria-label": "Head" },
      h("p", { class: "outcome", id: "verified" },
          head.problem ? badge("killed", "Not verified: " + head.problem)
            : badge(all ? "live" : "wait", `Verified through entry ${count(head.verifiedSeq)} of ${count(head.seq)}`)),
      facts([
        ["Head", h("code", {}, head.hash)],
        ["In force in this process", "through entry " + count(head.applied)],
      ]));
}

function row(entry) {
  const details = Object.keys(entry.data).length > 0;
  return {
    key: entry.seq,
    name: String(entry.seq),
    kind: entry.type === "kill" ? "is-wrong" : "",
    cells: [
      String(entry.seq),
      time(entry.at),
      entry.type,
      entry.gate === "*" ? "the fleet" : entry.gate ? h("a", { href: "#/gates/" + encodeURIComponent(entry.gate) }, entry.gate) : "",
      h("span", { title: entry.authentication }, entry.actor),
      entry.reason,
      h("details", {},
          h("summary", {}, h("span", { class: "unseen" }, `Entry ${entry.seq}: `), "more"),
          facts([
            ["Id", h("code", {}, entry.id)],
            ["Authenticated by", entry.authentication],
            ["Hash", h("code", {}, entry.hash)],
            details && ["Data", h("code", {}, JSON.stringify(entry.data))],
          ])),
    ],
  };
}

export const log = {
  forget() {
    filter = NO_FILTER;
    fromAddress = null;
    exporting = "";
    clearTimeout(typing);
  },

  question(route) {
    adopt(route);
    return JSON.stringify(filter);
  },

  async load(route) {
    adopt(route);
    const asked = filter;
    const page = await get("log", { ...asked, limit: PAGE });
    return join({ ...page, asked }, store.screen?.data);
  },

  event(type, data, shown) {
    if (type !== "entry") {
      return false;
    }
    if (!plain()) {
      return true;
    }
    const top = shown.entries[0]?.seq ?? 0;
    if (data.seq === top + 1) {
      shown.entries = [data, ...shown.entries].slice(0, MOST_ROWS);
      return false;
    }
    return data.seq > top;
  },

  view(data) {
    const input = (name, label) => field(label, "log-" + name, h("input", {
      id: "log-" + name,
      type: "search",
      autocomplete: "off",
      value: filter[name],
      onInput: (event) => search({ [name]: event.target.value }),
    }));
    return [
      h("div", { class: "title", key: "title" },
          heading("Control log"),
          h("div", { class: "actions" },
              h("span", { class: "quiet", id: "exported" }, exporting),
              button("Export…", { id: "export", onClick: save, "aria-label": "Export the log for auditors" }))),
      verified(),
      h("form", { key: "filters", class: "filters", role: "search", onSubmit: (event) => event.preventDefault() },
          input("gate", "Gate"), input("type", "Type"), input("actor", "Who"), input("text", "Reason or id")),
      table("Entries, the latest first",
          [{ name: "Entry", kind: "tight" }, { name: "When", kind: "tight" }, { name: "What", kind: "tight" }, { name: "Gate" }, { name: "Who" }, { name: "Why" }, { name: "More" }],
          data.entries.map(row),
          { id: "entries", hideCaption: true, empty: "No entry is like this." }),
      h("div", { key: "pages", class: "pages" }, data.next === undefined
        ? h("span", { class: "quiet" }, "That is the beginning of the log.")
        : button("Older entries", { id: "older", onClick: () => older(data).catch((e) => say(e.message)) })),
    ];
  },
};

/** Asks the API. Every answer is JSON, every refusal a Refused, and no answer at all an Unreachable. */

const KEY = "modelgate-token";
const ROOT = new URL("api/v1/", new URL(".", location.href));
const PATIENCE_MILLIS = 10_000;
const LONGEST_FILE_MILLIS = 300_000;

/** The server said no, and why. */
export class Refused extends Error {
  constructor(status, title, detail) {
    super(detail);
    this.status = status;
    this.title = title;
  }
}

/** Nothing was heard: whether something was done is not known. */
export class Unreachable extends Error {}

export function token() {
  return sessionStorage.getItem(KEY);
}

/** Keeps a token for as long as this tab is open, and nowhere else. */
export function signInWith(text) {
  sessionStorage.setItem(KEY, text.trim());
}

export function forgetToken() {
  sessionStorage.removeItem(KEY);
}

/** The token that the address brings, or an empty text. It is taken out of there before anything else is done. */
export function tokenFromAddress() {
  if (!location.hash.startsWith("#token=")) {
    return "";
  }
  const text = location.hash.slice("#token=".length);
  history.replaceState(null, "", location.pathname + location.search + "#/gates");
  try {
    return decodeURIComponent(text).trim();
  } catch {
    return ""; // not one that we printed
  }
}

export function url(path, query = {}) {
  const to = new URL(path, ROOT);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") {
      to.searchParams.set(name, value);
    }
  }
  return to;
}

export function headers(more = {}) {
  const all = { ...more };
  if (token()) {
    all.Authorization = "Bearer " + token();
  }
  return all;
}

async function send(to, options) {
  try {
    const response = await fetch(to, {
      cache: "no-store",
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE_MILLIS),
      ...options,
    });
    if (response.ok) {
      return response;
    }
    const text = await response.text();
    let problem = {};
    try {
      problem = JSON.parse(text);
    } catch {
      // A proxy's own page, for instance.
    }
    throw new Refused(
        response.status,
        problem.title ?? "Status " + response.status,
        problem.detail ?? "The server answered with status " + response.status + " and no reason.");
  } catch (e) {
    throw e instanceof Refused ? e : new Unreachable("No answer from the console: " + e.message);
  }
}

async function json(response) {
  try {
    return await response.json();
  } catch (e) {
    throw new Unreachable("The answer broke off: " + e.message);
  }
}

export async function get(path, query) {
  return json(await send(url(path, query), { headers: headers({ Accept: "application/json" }) }));
}

/** Asks for a change. The header is one that no page of another site can send. */
export async function post(path, body) {
  const response = await send(url(path), {
    method: "POST",
    headers: headers({ "Content-Type": "application/json", "X-ModelGate": "console" }),
    body: JSON.stringify(body),
  });
  return json(response);
}

/** A file of the API, which a plain link cannot fetch as it sends no token; `{blob, headers}`. */
export async function file(path) {
  const response = await send(url(path), { headers: headers(), signal: AbortSignal.timeout(LONGEST_FILE_MILLIS) });
  try {
    return { blob: await response.blob(), headers: response.headers };
  } catch (e) {
    throw new Unreachable("The file broke off: " + e.message);
  }
}

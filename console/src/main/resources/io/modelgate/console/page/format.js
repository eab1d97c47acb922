/** Figures and times in words. */

const COUNT = new Intl.NumberFormat("en");
const SMALL = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
const FIGURE = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const MONEY = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export function count(number) {
  return COUNT.format(number);
}

export function plural(number, one, many = one + "s") {
  return count(number) + " " + (number === 1 ? one : many);
}

/** A share or a weight, 0 to 1. */
export function percent(share) {
  const hundred = share * 100;
  if (hundred === 0 || hundred === 100 || Math.abs(hundred) >= 10) {
    return COUNT.format(Math.round(hundred * 10) / 10) + " %";
  }
  return SMALL.format(hundred) + " %";
}

export function rate(perSecond) {
  return (perSecond >= 100 ? COUNT.format(Math.round(perSecond)) : SMALL.format(perSecond)) + "/s";
}

/** How a quantity of a unit of the contract's is written. */
export function writer(unit) {
  return {
    SHARE: percent,
    RATIO: (number) => FIGURE.format(number) + " times",
    SECONDS: (number) => FIGURE.format(number) + " s",
  }[unit] ?? ((number) => FIGURE.format(number));
}

export function duration(millis) {
  const seconds = Math.floor(millis / 1000);
  if (seconds < 120) {
    return seconds + " s";
  }
  if (seconds < 7_200) {
    return Math.floor(seconds / 60) + " min";
  }
  return seconds < 172_800 ? Math.floor(seconds / 3600) + " h" : Math.floor(seconds / 86_400) + " days";
}

/** A time in UTC, which is what the log says. */
export function utc(iso) {
  const text = new Date(iso).toISOString();
  return text.slice(0, 10) + " " + text.slice(11, 19) + " UTC";
}

/** An amount of an account: tokens, or millionths of a currency. */
export function amount(number, unit) {
  return unit === "tokens" ? count(number) : MONEY.format(number / 1e6);
}

/** How far a rollout is. */
export function stageWords(rollout) {
  return !rollout.running ? "ended: " + rollout.stage.toLowerCase()
    : rollout.paused ? "paused"
      : rollout.waiting ? "waits for approval"
        : rollout.stage.toLowerCase();
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function scope(of) {
  return of.gate + (of.version ? "/" + of.version : "") + (of.attribute ? `[${of.attribute}=${of.value}]` : "");
}

/** A scope for somebody who does not read scopes every day. */
export function scopeInWords(of) {
  const who = of.attribute ? ` for callers whose ${of.attribute} is ${of.value}` : "";
  if (of.gate === "*") {
    return "the whole fleet" + (of.version ? ", every version " + of.version : "") + who;
  }
  return (of.version ? `version ${of.version} of ${of.gate}` : `all of ${of.gate}`) + who;
}

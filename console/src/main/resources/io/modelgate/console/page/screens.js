/** Loads things, and lets a dialog or a screen have them loaded anew without knowing the page that does. */

let reload = { screen: () => {}, kills: () => {} };

export function reloadsBy(functions) {
  reload = functions;
}

export function loadScreen() {
  return reload.screen();
}

export function loadKills() {
  return reload.kills();
}

/**
 * Work that is asked for more often than it gets done, as over a slow link: what is under way is not thrown away, and whatever is asked
 * meanwhile is answered by one more time after it. Only work for another question overtakes.
 */
export class Loader {
  #work;
  #turn = 0;
  #question = null;
  #again = false;

  /** @param work `(question, overtaken)`, where `overtaken()` says whether what it got is still wanted */
  constructor(work) {
    this.#work = work;
  }

  get busy() {
    return this.#question !== null;
  }

  async load(question = "") {
    if (this.#question === question) {
      this.#again = true;
      return;
    }
    const mine = ++this.#turn;
    const overtaken = () => mine !== this.#turn;
    this.#question = question;
    do {
      this.#again = false;
      await this.#work(question, overtaken);
    } while (this.#again && !overtaken());
    if (!overtaken()) {
      this.#question = null;
    }
  }

  /** What is under way is not wanted any more. */
  forget() {
    this.#turn++;
    this.#question = null;
    this.#again = false;
  }
}

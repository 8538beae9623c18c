/** Asks again and again: never twice at once, and not while nobody can see the page. */

const RETRY_SECONDS = 5;

export class Poll {
  #ask;
  #seconds;
  #timer = 0;
  #asking = null;
  #failed = false;

  /**
   * @param {() => Promise<boolean>} ask tells whether it went well; after a failure it is called again sooner
   * @param {number} seconds between two calls; 0 pauses
   */
  constructor(ask, seconds) {
    this.#ask = ask;
    this.#seconds = seconds;
    document.addEventListener("visibilitychange", () => this.#seen());
  }

  /** Changes the pace. */
  set seconds(seconds) {
    this.#seconds = seconds;
    this.#plan();
  }

  /** Asks now, or waits for the answer that is under way. */
  now() {
    clearTimeout(this.#timer);
    this.#asking ??= this.#once().finally(() => {
      this.#asking = null;
      this.#plan();
    });
    return this.#asking;
  }

  async #once() {
    this.#failed = !(await this.#ask());
  }

  #plan() {
    clearTimeout(this.#timer);
    if (this.#seconds === 0 || document.hidden || this.#asking) return;
    const wait = this.#failed ? Math.min(RETRY_SECONDS, this.#seconds) : this.#seconds;
    this.#timer = setTimeout(() => this.now(), 1000 * wait);
  }

  #seen() {
    if (document.hidden || this.#seconds === 0) clearTimeout(this.#timer);
    else this.now();
  }
}

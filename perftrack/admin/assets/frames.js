/** Long work in short pieces, so that the page stays quick. */

const BUDGET_MS = 4;

export class Frames {
  #frame = 0;

  /** Does *work* for 0 up to *count*, over as many frames as it takes; a later call replaces this one. */
  run(count, work) {
    cancelAnimationFrame(this.#frame);
    let next = 0;
    const piece = () => {
      const end = performance.now() + BUDGET_MS;
      while (next < count && performance.now() < end) work(next++);
      if (next < count) this.#frame = requestAnimationFrame(piece);
    };
    this.#frame = requestAnimationFrame(piece);
  }
}

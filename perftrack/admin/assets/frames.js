/** Long work in short pieces, so that the page stays quick. */

const BUDGET_MS = 5;

/** Does *work* on each of *items*, over as many frames as it takes, then *done*; a later call replaces this one. */
export class Frames {
  #frame = 0;

  run(items, work, done) {
    cancelAnimationFrame(this.#frame);
    const left = items[Symbol.iterator]();
    const piece = () => {
      const end = performance.now() + BUDGET_MS;
      for (let next = left.next(); !next.done; next = left.next()) {
        work(next.value);
        if (performance.now() > end) {
          this.#frame = requestAnimationFrame(piece);
          return;
        }
      }
      done();
    };
    piece();
  }
}

/** The moment that all charts point at: a slot of the window, or none. */

export class Crosshair extends EventTarget {
  /** Index of the slot; null for none. */
  at = null;

  /** Points at slot *at*; null at none. */
  point(at) {
    if (at === this.at) return;
    this.at = at;
    this.dispatchEvent(new Event("moved"));
  }

  /** Follows pointer and keys over *node*; *slotAt* says which slot is under a pointer, *last* which is the last. */
  follow(node, slotAt, last) {
    node.addEventListener("pointermove", (event) => this.point(slotAt(event)));
    node.addEventListener("pointerleave", () => this.point(null));
    node.addEventListener("blur", () => this.point(null));
    node.addEventListener("keydown", (event) => {
      const at = this.#moved(event.key, last());
      if (at === undefined) return;
      event.preventDefault();
      this.point(at);
    });
  }

  #moved(key, last) {
    const now = this.at ?? last;
    const moves = {
      ArrowLeft: now - 1,
      ArrowDown: now - 1,
      ArrowRight: now + 1,
      ArrowUp: now + 1,
      PageDown: now - 6,
      PageUp: now + 6,
      Home: 0,
      End: last,
    };
    if (key === "Escape") return null;
    return key in moves ? Math.min(last, Math.max(0, moves[key])) : undefined;
  }
}

// Runs once, when the source panel is on the page. The panel follows the reader: the marked words are brought into view,
// and where the columns are stacked the panel itself is, but only after a click, never when a citation opens by itself.
const narrow = window.matchMedia("(max-width: 60rem)");
const behavior = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

element.addEventListener("click", (event) => {
  const chip = event.target.closest(".chip");
  if (chip) {
    window.openedByKey = event.detail === 0;
    const { document, label, quote, start } = chip.dataset;
    trigger("cite", { document, label, quote, start: Number(start) });
  } else if (event.target.closest(".copy")) {
    const copy = event.target.closest(".copy");
    window.copyFrom(copy, copy.dataset.copy);
  } else if (event.target.closest(".collect")) {
    const { document, label } = element.querySelector(".source").dataset;
    trigger("collect", { document, label });
  } else if (event.target.closest(".shut")) {
    window.shutSource();
  } else if (event.target.closest(".back")) {
    toOrigin();
  }
});

element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") window.shutSource();
});

// To the reference that was opened; where an answer opened its first by itself, to that one.
function toOrigin() {
  const opened = window.openedFrom?.isConnected ? window.openedFrom : document.querySelector("#transcript .chip[aria-current]");
  const origin = opened ?? document.querySelector("#question textarea");
  origin?.scrollIntoView({ block: "center", behavior });
  origin?.focus({ preventScroll: true });
}

window.shutSource = () => {
  if (!element.querySelector(".cited, .problem")) return;
  toOrigin();
  window.openedByKey = false;
  trigger("shut", {});
};

// Marks the chips whose words the panel shows; also called when the transcript was written anew.
window.showOpened = () => {
  const opened = element.querySelector(".source")?.dataset ?? {};
  for (const chip of document.querySelectorAll("#transcript .chip")) {
    const shown = ["document", "label", "quote"].every((key) => chip.dataset[key] === opened[key]);
    shown ? chip.setAttribute("aria-current", "true") : chip.removeAttribute("aria-current");
  }
};

// Brings what is opened into view: the panel where the columns are stacked, else the marked words within it.
window.revealSource = () => {
  const panel = element.querySelector(".source");
  if (window.openedByKey) {  // who opened it by a key reads on there, and comes back with Escape
    window.openedByKey = false;
    panel.focus({ preventScroll: true });
  }
  if (narrow.matches) {
    if (window.openedFrom) panel.scrollIntoView({ block: "start", behavior });
    return;
  }
  const cited = panel.querySelector("mark") ?? panel.querySelector(".cited");
  const column = document.getElementById("source-column");
  if (cited && column) {
    const box = cited.getBoundingClientRect();
    const view = column.getBoundingClientRect();
    const hidden = box.top < view.top + 120 || box.bottom > Math.min(view.bottom, window.innerHeight);
    if (hidden) column.scrollTo({ top: column.scrollTop + box.top - view.top - view.height / 3, behavior });
  }
};

watch("value", () => {
  if (!element.querySelector(".source")) return;
  window.showOpened();
  window.revealSource();
});

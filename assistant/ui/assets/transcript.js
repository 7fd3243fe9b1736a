// Runs once, when the transcript is on the page: `element` is its root, `trigger` reaches Python, `watch` sees new answers.
// One listener on the root serves every chip of every turn, those that arrive later included.
const seen = { turns: 0 };

element.addEventListener("click", (event) => {
  const chip = event.target.closest(".chip");
  const example = event.target.closest(".example");
  const copy = event.target.closest(".copy");
  const collect = event.target.closest(".collect");
  if (chip) {
    window.openedFrom = chip;
    const { document, label, quote, start } = chip.dataset;
    trigger("cite", { document, label, quote, start: Number(start) });
  } else if (example) {
    trigger("example", { question: example.dataset.question });
  } else if (collect) {
    trigger("collect", { question: collect.dataset.question });
  } else if (copy) {
    write(copy.dataset.copy).then(
      () => { copy.textContent = "Copied"; },
      () => { copy.textContent = "The browser did not allow copying"; },
    );
  }
});

// Browsers offer the clipboard to secure pages only; a page on a local network is not one.
async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy");
}

// A new question goes to the top of the view and stays there while its answer grows, so that nobody reads a moving text.
watch("value", () => {
  const turns = element.querySelectorAll(".turn");
  window.showOpened?.();
  if (turns.length > seen.turns) {
    window.openedFrom = null;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const newest = turns[turns.length - 1];
    const visible = turns.length === 1 && newest.getBoundingClientRect().top >= 0;
    if (!visible) newest.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }
  seen.turns = turns.length;
});

// Runs once, when the transcript is on the page: `element` is its root, `trigger` reaches Python, `watch` sees new answers.
// One listener on the root serves every chip of every turn, those that arrive later included.
const seen = { turns: 0 };

element.addEventListener("click", (event) => {
  const chip = event.target.closest(".chip");
  const example = event.target.closest(".example");
  const find = (name) => event.target.closest(name);
  const [copy, link, again, edit, judge, collect] = [".copy", ".link", ".again", ".edit", ".judge", ".collect"].map(find);
  if (chip) {
    window.openedFrom = chip;
    const { document, label, quote, start } = chip.dataset;
    trigger("cite", { document, label, quote, start: Number(start) });
  } else if (example) {
    trigger("example", { question: example.dataset.question });
  } else if (collect) {
    trigger("collect", { question: collect.dataset.question });
  } else if (copy) {
    window.copyFrom(copy, copy.dataset.copy);
  } else if (link) {
    window.copyFrom(link, window.location.origin + window.location.pathname + link.dataset.link);
  } else if (again) {
    trigger("example", { question: again.dataset.question });
  } else if (edit) {
    trigger("edit", { question: edit.dataset.question });
    document.querySelector("#question textarea")?.focus();
  } else if (judge) {
    const opened = document.querySelector("#source .source")?.dataset ?? {};
    const turn = Number(judge.closest(".turn").dataset.turn);
    trigger("judge", { turn, verdict: judge.dataset.verdict, document: opened.document ?? "", label: opened.label ?? "" });
  } else if (event.target.closest(".anew")) {
    window.history.replaceState(null, "", window.location.pathname);  // a link that was opened must not come back
    trigger("anew", {});
  }
});

// Copies `text`, and says on the button what came of it.
window.copyFrom = (button, text) => {
  const said = button.dataset.said ?? (button.dataset.said = button.textContent);
  write(text).then(
    () => { button.textContent = "Copied"; },
    () => { button.textContent = "The browser did not allow copying"; },
  ).then(() => setTimeout(() => { button.textContent = said; }, 4000));
};

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

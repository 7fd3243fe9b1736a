// Runs once, when the transcript is on the page: `element` is its root, `trigger` reaches Python, parcels bring what is new.
// One listener on the root serves every chip of every turn, those that arrive later included.
const seen = { turns: 0 };

element.addEventListener("click", (event) => {
  const chip = event.target.closest(".chip");
  const example = event.target.closest(".example");
  const find = (name) => event.target.closest(name);
  const [copy, link, again, edit, judge, collect] = [".copy", ".link", ".again", ".edit", ".judge", ".collect"].map(find);
  if (chip) {
    window.openedFrom = chip;
    window.openedByKey = event.detail === 0;  // Enter or Space, not a pointer
    if (chip.ariaCurrent === "true") {  // it is open already, and may be out of view
      window.revealSource();
      return;
    }
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
  } else if (find(".take")) {
    trigger("take", {});
  } else if (find(".anew")) {
    window.history.replaceState(null, "", window.location.pathname);  // a link that was opened must not come back
    trigger("anew", {});
  }
});

// Copies `text`, and says on the button what came of it; a screen reader hears it too.
window.copyFrom = async (button, text) => {
  button.dataset.said ??= button.textContent;
  button.setAttribute("aria-live", "polite");
  const done = (await bySystem(text)) || bySelection(button, text);
  button.textContent = done ? "Copied" : "The browser did not allow copying";
  clearTimeout(button.timer);
  button.timer = setTimeout(() => { button.textContent = button.dataset.said; }, 4000);
};

// The clipboard's own interface is for secure pages that the browser permits; where it asks and nobody answers, its promise never ends.
async function bySystem(text) {
  if (!navigator.clipboard) return false;
  const late = new Promise((resolve) => setTimeout(resolve, 700, false));
  const written = navigator.clipboard.writeText(text).then(() => true, () => false);
  return Promise.race([written, late]);
}

// The older way, which needs no permission after a click: a selection is copied. The focus goes back to the button.
function bySelection(button, text) {
  const area = Object.assign(document.createElement("textarea"), { value: text, ariaHidden: "true" });
  Object.assign(area.style, { position: "fixed", opacity: "0" });
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  button.focus({ preventScroll: true });
  return done;
}

// Escape in the conversation closes what was opened from it.
element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") window.shutSource?.();
});

// Puts what came from the server in its place: all of it, or the newest turn over its former self. The others stay as they are, with
// what is focused or unfolded in them.
window.receive = (parcel) => {
  const came = document.createRange().createContextualFragment(parcel.dataset.markup);
  const log = element.querySelector(".log");
  if (parcel.dataset.whole) {
    log.replaceChildren(...came.querySelector(".log").childNodes);
  } else {
    log.querySelector(".welcome")?.remove();
    for (const part of [...came.children]) {
      const former = log.querySelector(part.matches(".turn") ? `.turn[data-turn="${part.dataset.turn}"]` : ".begins");
      former ? former.replaceWith(part) : log.append(part);
    }
  }
  arrived();
};

// A new question goes to the top of the view and stays there while its answer grows, so that nobody reads a moving text.
function arrived() {
  const turns = element.querySelectorAll(".turn");
  window.showOpened?.();
  if (turns.length > seen.turns) {
    window.openedFrom = null;
    window.openedByKey = false;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const newest = turns[turns.length - 1];
    const visible = turns.length === 1 && newest.getBoundingClientRect().top >= 0;
    if (!visible) newest.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }
  seen.turns = turns.length;
}

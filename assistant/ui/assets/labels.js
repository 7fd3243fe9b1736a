// Runs once. Says what Gradio's own parts leave unsaid: which filter a cross takes away ("Remove 7" there), that no filter means every
// document, and whether a panel is open.
const put = (part, name, value) => {
  if (part && part.getAttribute(name) !== value) part.setAttribute(name, value);
};

function say() {
  const only = document.getElementById("only");
  const chosen = only?.querySelectorAll(".token") ?? [];
  for (const token of chosen) {
    const cross = token.querySelector(".token-remove");
    for (const name of ["title", "aria-label"]) put(cross, name, `Remove ${token.textContent.trim()}`);
  }
  for (const name of ["title", "aria-label"]) put(only?.querySelector(".remove-all"), name, "Remove all filters");
  put(only?.querySelector("input"), "placeholder", chosen.length ? "" : "all documents (or a speaker, a standing, a year…)");
  for (const panel of document.querySelectorAll("#model-panel, #documents-panel")) {
    const button = panel.querySelector(".label-wrap");
    put(button, "aria-expanded", String(button?.classList.contains("open") ?? false));
  }
}

const watched = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["title", "class"] };
for (const part of document.querySelectorAll("#composer, #model-panel, #documents-panel")) new MutationObserver(say).observe(part, watched);
say();

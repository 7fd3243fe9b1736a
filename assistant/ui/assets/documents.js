// Runs once, when the list of documents is on the page. Removing takes two clicks on the same button.
element.addEventListener("click", (event) => {
  const remove = event.target.closest(".remove");
  if (!remove) return;
  if (remove.dataset.sure) {
    remove.disabled = true;
    trigger("remove", { source: remove.dataset.source });
    return;
  }
  remove.dataset.sure = "yes";
  remove.textContent = "Click again to remove";
  setTimeout(() => { delete remove.dataset.sure; remove.textContent = "Remove"; }, 5000);
});

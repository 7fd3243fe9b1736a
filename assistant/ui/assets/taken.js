// Runs once. When the server has written the conversation as Markdown, the browser saves it as a file; nothing leaves this page.
watch("value", () => {
  const taken = element.querySelector("[data-markdown]");
  if (!taken) return;
  const address = URL.createObjectURL(new Blob([taken.dataset.markdown], { type: "text/markdown;charset=utf-8" }));
  Object.assign(document.createElement("a"), { href: address, download: taken.dataset.name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
});

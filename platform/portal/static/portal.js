// The pages work without this: it only offers to print, and takes a reader to what is wrong.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
document.querySelector(".mistakes")?.focus();

// What the theme leaves out for people who use a keyboard or a screen reader.
window.addEventListener("load", () => {
  const mend = () => {
    document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
    for (const table of document.querySelectorAll(".md-typeset__scrollwrap")) {
      table.tabIndex = 0; // it scrolls where the window is narrow
    }
    document.querySelectorAll(".md-code__nav").forEach((buttons, n) => {
      buttons.setAttribute("aria-label", `Code block ${n + 1}`);
    });
    document.querySelectorAll(".md-nav .md-nav[aria-labelledby]").forEach((section, n) => {
      const title = section.querySelector("label")?.textContent.trim() || "Section";
      section.removeAttribute("aria-labelledby");
      section.setAttribute("aria-label", `${title}, part ${n + 1} of the navigation`);
    });
  };
  mend();
  new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
});

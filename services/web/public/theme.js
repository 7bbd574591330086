// Sets the theme before the first paint. A file of its own and not a module: the content security policy forbids inline
// scripts, and modules run only after the document is parsed. src/theme.ts uses the same key and values.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem("stepwell.theme");
  } catch {
    // Storage can be forbidden; then the system's preference decides.
  }
  const dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();

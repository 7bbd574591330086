// Asks for what the experiment page needs first, the tags, while its program is still on the way: src/api/early.ts hands the
// answer on. A file of its own and not a module, for the same reasons as theme.js.
(() => {
  const page = location.pathname.match(/^\/w\/[^/]+\/e\/([^/]+)$/);
  if (page === null) return;
  const path = `/api/v1/experiments/${page[1]}/tags?limit=1000`;
  const answer = fetch(path, { headers: { accept: "application/json" } }).catch(() => null);
  window.stepwellEarly = new Map([[path, answer]]);
})();

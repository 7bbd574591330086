// Asks for what the experiment page needs first while its program is still on the way: src/api/early.ts hands it on. A file
// of its own and not a module, for the same reasons as theme.js.
(() => {
  const page = location.pathname.match(/^\/w\/[^/]+\/e\/([^/]+)$/);
  if (page === null) return;
  const answers = new Map();
  for (const path of [
    `/api/v1/experiments/${page[1]}/tags?limit=1000`,
    `/api/v1/runs?experiment=${page[1]}&limit=1000`,
  ])
    answers.set(
      path,
      fetch(path, { headers: { accept: "application/json" } }).catch(() => null),
    );
  window.stepwellEarly = answers;
})();

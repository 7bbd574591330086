// Asks for what the experiment page needs first, its tags and its runs with the column of the first of them, while its program
// is still on the way: src/experiment/early.ts puts the answers where the program looks for them. A file of its own and not a
// module, for the same reasons as theme.js.
(() => {
  const page = location.pathname.match(/^\/w\/[^/]+\/e\/([^/]+)$/);
  if (page === null) return;
  const get = async (path) => {
    const answer = await fetch(path, { headers: { accept: "application/json" } });
    return answer.ok ? answer.text() : null;
  };
  const tags = get(`/api/v1/experiments/${page[1]}/tags?limit=1000`);
  const runs = tags.then(async (list) => {
    // The address may ask for other runs or columns, and some tags have to be quoted: then the program asks itself.
    const first = JSON.parse(list).items.find((item) => item.kind === "scalar");
    if (/[?&](q|arc|g|sort|cols|c)=/.test(location.search)) return null;
    if (first === undefined || first.tag_base64 !== undefined || !/^[\w/][\w/-]*$/.test(first.tag)) return null;
    const column = encodeURIComponent(`metrics.${first.tag}`);
    const order = "order=-created";
    return get(`/api/v1/runs?experiment=${page[1]}&${order}&columns=${column}&total=true&limit=200`);
  });
  const none = () => null;
  window.stepwellEarly = { experiment: page[1], tags: tags.catch(none), runs: runs.catch(none) };
})();

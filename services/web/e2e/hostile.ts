// Everything that a page could try on whoever looks at it.

/** `elsewhere`: address of a server that no part of the page may reach. */
export const hostilePage = (elsewhere: string) => `<!doctype html>
<noscript><meta http-equiv="refresh" content="0;url=${elsewhere}/refresh"></noscript>
<link rel="stylesheet" href="${elsewhere}/style">
<link rel="prefetch" href="${elsewhere}/prefetch">
<base href="${elsewhere}/">
<h1>Hostile</h1>
<img src="${elsewhere}/img" onerror="parent.postMessage('onerror', '*')">
<iframe src="${elsewhere}/frame"></iframe>
<object data="${elsewhere}/object"></object>
<a id="top" href="${elsewhere}/top" target="_top">leave</a>
<a id="blank" href="${elsewhere}/blank" target="_blank">open</a>
<a href="${elsewhere}/self">stay</a>
<button onclick="location = '${elsewhere}/self'">move</button>
<form id="form" action="${elsewhere}/form" target="_top"><button>send</button></form>
<script src="${elsewhere}/script"></script>
<script>
  const tries = {
    parent: () => (parent.pwned = true),
    title: () => (parent.document.title = "pwned"),
    storage: () => localStorage.setItem("pwned", "1"),
    cookie: () => (document.cookie = "pwned=1"),
    api: () => fetch("/api/v1/experiments").catch(() => {}),
    fetch: () => fetch("${elsewhere}/fetch").catch(() => {}),
    beacon: () => navigator.sendBeacon("${elsewhere}/beacon"),
    socket: () => new WebSocket("${elsewhere}/socket".replace("http", "ws")),
    worker: () => new Worker("${elsewhere}/worker"),
    popup: () => open("${elsewhere}/popup"),
    form: () => document.getElementById("form").submit(),
    top: () => (top.location = "${elsewhere}/top"),
  };
  const done = [];
  for (const [name, go] of Object.entries(tries)) {
    try {
      go();
    } catch {
      done.push(name);
    }
  }
  document.body.append("Refused at once: " + done.join(" "));
</script>
`;

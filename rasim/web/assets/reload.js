// Only in a page that `rasim explore --serve` gives out: when a file it was made of has changed, the page is loaded again.
//
// Under a policy the way stays and is taken under the new one; that of a trace is that of the old file, and is followed anew.

(async () => {
  const given = document.getElementById("given");
  for (;;) {
    try {
      const answer = await fetch(`changed?${document.documentElement.dataset.served}`, { cache: "no-store" });
      if (answer.status === 205) {
        if (given && "trace" in JSON.parse(given.textContent || "{}")) {
          history.replaceState(null, "", `#${location.hash.match(/l=\w+/) || ""}`);
        }
        location.reload();
        return; // the page that comes asks anew; a second question would be answered at once, and reload over the reload
      } else if (answer.status !== 204) return;
    } catch {
      return; // the server has ended
    }
  }
})();

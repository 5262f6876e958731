// Only in a page that `rasim explore --serve` gives out: when a file it was made of has changed, the page is loaded again.

(async () => {
  for (;;) {
    try {
      const answer = await fetch("changed", { cache: "no-store" });
      if (answer.status === 205) location.reload();
      else if (answer.status !== 204) return;
    } catch {
      return; // the server has ended
    }
  }
})();
